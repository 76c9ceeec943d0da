import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { watchHandles } from "@seatrial/fakecloud/kernel/handles.ts";
import { expect, test } from "vitest";
import { Recorder } from "../report/recorder.ts";
import { loadScenario } from "./load-scenario.ts";
import { runScenario } from "./run-scenario.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const quickStart = fileURLToPath(new URL("../quick-start.yaml", import.meta.url));
const full = process.env["SEATRIAL_FULL"] !== undefined;
const secondNode = process.env["SEATRIAL_SECOND_NODE"] ?? "";

/** What the environment of a developer may hold. None of it may reach a simulation. */
const otherEnvironment = {
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_REGION: "ap-southeast-2",
  AWS_PROFILE: "other",
  KUBECONFIG: "other",
  LANG: "tr_TR.UTF-8",
  TZ: "Pacific/Chatham",
};

const sources = [process.execPath, "scenarios/cli/main.ts"] as const;
/** As `npm ci` prepared it, if nothing has been edited since. */
const prepared = [process.execPath, "bin/seatrial.js"] as const;

function hashInOwnProcess(
  [node, main]: readonly [string, string],
  seed: string,
  environment: Readonly<Record<string, string>> = {},
): string {
  const output = execFileSync(
    node,
    [main, "run", "scenarios/quick-start.yaml", "--seed", seed, "--json"],
    { cwd: root, encoding: "utf8", env: { ...process.env, ...environment, NODE_NO_WARNINGS: "1" } },
  );
  return (JSON.parse(output) as { traceHash: string }).traceHash;
}

test("a run opens no libuv handle and loads no module, not even the first one of a process", async () => {
  const loaded = loadScenario(quickStart);
  const watch = watchHandles();
  const result = await runScenario(loaded, { seed: "1" });
  expect(watch.stop()).toEqual([]);
  expect(result.violations).toEqual([]);
});

// Turns red if `ignoreConfiguredEndpointUrls` is taken from the isolated AWS clients.
test("a seed gives the same trace in two processes with different environments, from the sources and prepared, and another one for another seed", () => {
  const first = hashInOwnProcess(sources, "7");
  expect(hashInOwnProcess(prepared, "7", otherEnvironment)).toBe(first);
  expect(hashInOwnProcess(prepared, "8")).not.toBe(first);
});

test.skipIf(!existsSync(secondNode))(
  "a seed gives the same trace on two versions of Node (skipped where SEATRIAL_SECOND_NODE names none)",
  () => {
    const first = hashInOwnProcess(sources, "7");
    expect(hashInOwnProcess([secondNode, "bin/seatrial.js"], "7")).toBe(first);
  },
);

// Turns red if a call past the wire takes another latency, or if its errors are not told as the SDK tells them.
test("a run whose AWS calls take no wire has the same trace", async () => {
  const loaded = loadScenario(quickStart);
  const wire = await runScenario(loaded, { seed: "3" });
  const past = await runScenario(loaded, { seed: "3", awsWire: false });
  expect(past.traceHash).toBe(wire.traceHash);
});

// Turns red if the recorder of a report keeps an event of a watch to itself.
test("many seeds of the quick start, each twice and watched the second time, show no difference and no violation", async () => {
  const loaded = loadScenario(quickStart);
  const hashes = new Set<string>();
  const count = full ? 1_000 : 4;
  for (let seed = 1; seed <= count; seed += 1) {
    const first = await runScenario(loaded, { seed: `${seed}` });
    const second = await runScenario(loaded, { seed: `${seed}`, observer: new Recorder() });
    expect(second.traceHash, `seed ${seed}`).toBe(first.traceHash);
    expect(first.violations, `seed ${seed}`).toEqual([]);
    hashes.add(first.traceHash);
  }
  expect(hashes.size).toBe(count);
});
