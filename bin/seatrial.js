#!/usr/bin/env node
// The launcher: uses the machine's own Node if it is new enough, else the pinned one, else says what is missing.
import { spawn } from "node:child_process";
import module from "node:module";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { explain, isNewEnough, pinnedNode } from "./node-version.js";
import { openPrepared } from "./prepared.js";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What only asks a running `up` needs so little of the house that its sources start sooner than the prepared program. */
const small = ["describe", "why", "logs", "kubeconfig", "fault", "inventory", "reset"];

if (isNewEnough()) {
  const isSmall = small.includes(process.argv[2]);
  const { main } = (isSmall ? undefined : openPrepared(root)) ?? (await openSources());
  await main(process.argv);
} else {
  runWith(pinnedNode());
}

/** The sources as they are. Their compiled code is kept between runs; a folder that can't be written is no harm. */
async function openSources() {
  const cache = join(root, "node_modules/.cache/seatrial/sources");
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE ?? cache);
  return await import(new URL("../scenarios/cli/main.ts", import.meta.url).href);
}

/** The same launcher on another Node. */
function runWith(binary) {
  if (binary === undefined) {
    console.error(explain());
    process.exit(3);
  }
  const child = spawn(binary, process.argv.slice(1), { stdio: "inherit" });
  // The terminal sends Ctrl-C to both processes; the parent only waits for the child to finish its clean stop.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    if (signal !== null) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
    process.exit(code ?? 1);
  });
}
