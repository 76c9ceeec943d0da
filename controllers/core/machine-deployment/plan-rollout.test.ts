import { describe, expect, test } from "vitest";
import { decideRollout, planRollout } from "./plan-rollout.ts";
import { breakDeadlock, planOldSets } from "./plan-rolling-update.ts";
import { planInPlaceMoves } from "./plan-in-place.ts";
import { type PlannedSet, RolloutPlan } from "./rollout-plan.ts";
import { type RolloutSequence, rolloutSequences } from "./tables/rollout-sequences.ts";
import { rolloutVectors } from "./tables/rollout-vectors.ts";

describe("the planner decides as upstream's", () => {
  for (const vector of rolloutVectors) {
    test(`${vector.step}: ${vector.name}`, () => {
      const plan = new RolloutPlan();
      for (const [name, replicas] of Object.entries(vector.intents))
        plan.intend({ name }, replicas);
      let moves: readonly string[] = [];
      if (vector.step === "oldSets") planOldSets(vector, plan);
      if (vector.step === "breakDeadlock") breakDeadlock(vector, plan);
      if (vector.step === "inPlace") {
        moves = planInPlaceMoves(vector, plan, {
          canMove: ({ name }) => vector.eligible.includes(name) && vector.updatable.includes(name),
          isUpdating: vector.updating,
        });
      }
      expect(plan.intents()).toEqual(vector.expect);
      expect(moves).toEqual(vector.moveFrom);
      if (Object.keys(vector.notes).length > 0) expect(plan.notes()).toEqual(vector.notes);
    });
  }
});

interface Call {
  readonly sets: readonly PlannedSet[];
  /** What each MachineSet is asked for afterwards. */
  readonly specs: Readonly<Record<string, number>>;
  readonly facts: ReadonlyMap<string, readonly string[]>;
}

function parseCall(line: string): Call {
  const [sets = "", ...facts] = line.split("; ");
  const specs: Record<string, number> = {};
  const planned = sets.split(", ").map((text) => {
    const [, name = "", ...numbers] = /^(\w+) (\d+)\/(\d+)\/(\d+)\/(\d+)(?:>(\d+))?$/.exec(text)!;
    const [spec = 0, status = 0, available = 0, upToDate = 0, to = spec] = numbers
      .filter((each) => each !== undefined)
      .map(Number);
    specs[name] = to;
    return { name, spec, status, available, upToDate };
  });
  return {
    sets: planned,
    specs,
    facts: new Map(facts.map((fact) => fact.split(" ")).map(([word = "", ...of]) => [word, of])),
  };
}

function replay(sequence: RolloutSequence, line: string): { actual: unknown; expected: unknown } {
  const { sets, specs, facts } = parseCall(line);
  const newSet = sets.at(-1)!;
  const inPlace = {
    updatable: sets.slice(0, -1).map(({ name }) => name),
    pending: facts.get("pending") ?? [],
    counted: facts.get("counted") ?? [],
    isUpdating: facts.has("updating"),
  };
  const observed = {
    ...sequence,
    newSet,
    oldSets: sets.slice(0, -1),
    ...(sequence.isInPlace ? { inPlace } : {}),
  };
  const { steps, moveFrom } = decideRollout(observed);
  expect(planRollout(observed)).toEqual(steps);
  const after = Object.fromEntries(sets.map(({ name, spec }) => [name, spec]));
  for (const { machineSet, to } of steps) after[machineSet] = to;
  return {
    actual: { line, after, moveFrom },
    expected: { line, after: specs, moveFrom: facts.get("moves") ?? [] },
  };
}

// Red when the budget of the old MachineSets forgets scale-downs under way, or when in-place moves do not limit the surge.
describe("a whole rollout goes step by step as upstream's", () => {
  for (const sequence of rolloutSequences) {
    test(sequence.name, () => {
      for (const line of sequence.calls) {
        const { actual, expected } = replay(sequence, line);
        expect(actual).toEqual(expected);
      }
      // Everything has ended in the current MachineSet, and nothing is left to do.
      const { sets } = parseCall(sequence.calls.at(-1)!);
      const { replicas } = sequence;
      expect(sets.at(-1)).toMatchObject({ spec: replicas, status: replicas, available: replicas });
      for (const { spec, status } of sets.slice(0, -1)) expect([spec, status]).toEqual([0, 0]);
    });
  }
});
