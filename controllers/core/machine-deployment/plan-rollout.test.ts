import { describe, expect, test } from "vitest";
import { breakDeadlock, planOldSets } from "./plan-rolling-update.ts";
import { planInPlaceMoves } from "./plan-in-place.ts";
import { RolloutPlan } from "./rollout-plan.ts";
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
