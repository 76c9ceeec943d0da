import { expect, test } from "vitest";
import { type BatchRun, bucketsOf, spreadsOf } from "./batch.ts";

const wrote = (author: string) =>
  `delete machines/default/a by ${author} in management: too few are left`;

function run(
  seed: string,
  convergedMs: number | undefined,
  ...messages: readonly string[]
): BatchRun {
  const violations = messages.map((message) => ({ id: "REP-3", message, atMs: 1 }));
  const result = { seed, violations, traceHash: "", events: 1, virtualMs: 10, convergedMs };
  return {
    name: "story",
    seed,
    replay: `seatrial run story.yaml --seed ${seed}`,
    realMs: 1,
    result,
  };
}

// Turns red if a run that breaks a promise three times counts three times.
test("failures of one promise by one author are one, the most frequent first, and each run counts once", () => {
  const runs = [
    run("1", 5, wrote("seatrial-manager/machineset")),
    run("2", 3),
    run(
      "3",
      undefined,
      wrote("seatrial-manager/machine"),
      wrote("seatrial-manager/machine"),
      "it is late",
    ),
    run("4", 9, wrote("seatrial-manager/machine")),
  ];
  const told = bucketsOf(runs).map(({ id, author, runs: own }) => [
    id,
    author,
    own.map(({ seed }) => seed),
  ]);
  expect(told).toEqual([
    ["REP-3", "machine", ["3", "4"]],
    ["REP-3", "machineset", ["1"]],
    ["REP-3", "nobody in particular", ["3"]],
  ]);
  expect(spreadsOf(runs)).toEqual([{ name: "story", runs: 4, broken: 3, convergedMs: [3, 5, 9] }]);
});
