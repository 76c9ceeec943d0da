import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadScenario } from "./load-scenario.ts";
import { runScenario } from "./run-scenario.ts";
import { differences } from "./twin.ts";

test("a story whose fault costs a Machine differs from its twin, in words that say by what", async () => {
  const file = "../regressions/d32-learner-that-never-starts.yaml";
  const loaded = loadScenario(fileURLToPath(new URL(file, import.meta.url)));
  const alone = await runScenario(loaded, { seed: "1", awsWire: false });
  expect(alone.violations).toEqual([]);
  const scenario = {
    ...loaded.scenario,
    expect: { ...loaded.scenario.expect, twin: "faultFree" as const },
  };
  const { violations, traceHash } = await runScenario(
    { ...loaded, scenario },
    { seed: "1", awsWire: false },
  );
  expect(new Set(violations.map(({ id }) => id))).toEqual(new Set(["MET-1"]));
  const messages = violations.map(({ message }) => message);
  expect(messages).toContain("machines created: 5, without faults 4");
  expect(messages).toContain("instances launched: 5, without faults 4");
  // The twin is a run of its own: nothing of it is in the trace of the story.
  expect(traceHash).toBe(alone.traceHash);
});

test("what only one of two runs has come to is a difference, too", () => {
  const one = new Map([["clusters at the end", 1]]);
  const other = new Map([["vpc in AWS at the end", 1]]);
  expect(differences(one, other)).toEqual([
    "clusters at the end: 1, without faults 0",
    "vpc in AWS at the end: 0, without faults 1",
  ]);
  expect(differences(one, one)).toEqual([]);
});
