#!/usr/bin/env node
// The launcher: uses the machine's own Node if it is new enough, else the pinned one, else says what is missing.
import { spawn } from "node:child_process";
import module from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { explain, isNewEnough, pinnedNode } from "./node-version.js";

const main = new URL("../scenarios/cli/main.ts", import.meta.url);

// Compiled code is kept between runs: a start then takes well under half of the time. A folder that can't be written is no harm.
const cache =
  process.env.NODE_COMPILE_CACHE ??
  fileURLToPath(new URL("../node_modules/.cache/seatrial", import.meta.url));

if (isNewEnough()) {
  module.enableCompileCache(cache);
  await import(main.href);
} else {
  const binary = pinnedNode();
  if (binary === undefined) {
    console.error(explain());
    process.exit(3);
  }
  const child = spawn(binary, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
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
