import { planOnDelete } from "./plan-on-delete.ts";
import { planRollingUpdate, unblockNote } from "./plan-rolling-update.ts";
import { resolveLimits } from "./resolve-rollout.ts";
import type { PlannedSet, RolloutPlan } from "./rollout-plan.ts";

/** All that a decision about a rollout depends on, as plain data: it can be recorded, sent and replayed. */
export interface ObservedRollout {
  readonly strategy: "OnDelete" | "RollingUpdate";
  readonly replicas: number;
  /** A count or a percentage, as in the MachineDeployment. */
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  readonly newSet: PlannedSet;
  /** Oldest first. */
  readonly oldSets: readonly PlannedSet[];
}

/** One MachineSet gets another number of replicas. */
export interface RolloutStep {
  readonly machineSet: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/**
 * What to do now, old MachineSets first. All steps together keep both promises, whatever the order in which they take effect; an empty
 * plan means that there is something to wait for, or nothing left to do.
 */
export function planRollout(observed: ObservedRollout): readonly RolloutStep[] {
  const { newSet, oldSets } = observed;
  const rollout = { ...resolveLimits(observed), newSet, oldSets };
  const plan =
    observed.strategy === "OnDelete" ? planOnDelete(rollout) : planRollingUpdate(rollout);
  return [...oldSets, newSet].flatMap((set) => {
    const to = plan.intentOf(set);
    if (to === undefined || to === set.spec) return [];
    return [{ machineSet: set.name, from: set.spec, to, reason: reasonOf(plan, set) }];
  });
}

/** Upstream notes what unblocks a rollout under the new MachineSet; here the one that is scaled says it. */
function reasonOf(plan: RolloutPlan, { name }: PlannedSet): string {
  return plan.notes()[name]?.join(", ") ?? unblockNote;
}
