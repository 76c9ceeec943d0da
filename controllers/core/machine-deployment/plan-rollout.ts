import { planInPlaceMoves } from "./plan-in-place.ts";
import { planOnDelete } from "./plan-on-delete.ts";
import { breakDeadlock, planNewSet, planOldSets, unblockNote } from "./plan-rolling-update.ts";
import { resolveLimits } from "./resolve-rollout.ts";
import { type PlannedSet, type Rollout, RolloutPlan } from "./rollout-plan.ts";

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
  /** Only where Machines can be updated where they are; without it a rollout replaces them. */
  readonly inPlace?: InPlaceUpdates;
}

export interface InPlaceUpdates {
  /** Names of the old MachineSets whose Machines can become Machines of the new one. */
  readonly updatable: readonly string[];
  /** Names of Machines that were moved to the new MachineSet and wait to be taken over. */
  readonly pending: readonly string[];
  /** Those of them that an earlier plan has counted already. */
  readonly counted: readonly string[];
  /** Some Machine is being updated at the moment. */
  readonly isUpdating: boolean;
}

/** One MachineSet gets another number of replicas. */
export interface RolloutStep {
  readonly machineSet: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface RolloutDecision {
  readonly steps: readonly RolloutStep[];
  /** Names of the old MachineSets that hand their Machines over to the new one when they shrink, instead of deleting them. */
  readonly moveFrom: readonly string[];
}

/**
 * What to do now, old MachineSets first. All steps together keep both promises, whatever the order in which they take effect; an empty
 * plan means that there is something to wait for, or nothing left to do.
 */
export function planRollout(observed: ObservedRollout): readonly RolloutStep[] {
  return decideRollout(observed).steps;
}

/** The steps of `planRollout`, and with them who hands over Machines in place. */
export function decideRollout(observed: ObservedRollout): RolloutDecision {
  const { newSet, oldSets, inPlace } = observed;
  const plan = new RolloutPlan();
  const arrived = (inPlace?.pending ?? []).filter((name) => !inPlace?.counted.includes(name));
  // Machines that have arrived by a move count from now on; all else is decided with them in place.
  const rollout = {
    ...resolveLimits(observed),
    newSet: { ...newSet, spec: newSet.spec + arrived.length },
    oldSets,
  };
  if (arrived.length > 0) {
    const names = [...(inPlace?.pending ?? [])].toSorted();
    plan.note(newSet, `acknowledge Machines ${names.join(",")} moved from an old MachineSet`);
  }
  const moveFrom = planSteps(observed, rollout, plan);
  const steps = [...oldSets, newSet].flatMap((set) => {
    const counted = set === newSet ? rollout.newSet : set;
    const to = plan.intentOf(set) ?? counted.spec;
    if (to === set.spec) return [];
    return [{ machineSet: set.name, from: set.spec, to, reason: reasonOf(plan, set) }];
  });
  return { steps, moveFrom };
}

function planSteps(
  { strategy, inPlace }: ObservedRollout,
  rollout: Rollout,
  plan: RolloutPlan,
): readonly string[] {
  if (strategy === "OnDelete") {
    planOnDelete(rollout, plan);
    return [];
  }
  planNewSet(rollout, plan);
  planOldSets(rollout, plan);
  const moveFrom =
    inPlace === undefined
      ? []
      : planInPlaceMoves(rollout, plan, {
          canMove: ({ name }) => inPlace.updatable.includes(name),
          isUpdating: inPlace.isUpdating,
        });
  breakDeadlock(rollout, plan);
  return moveFrom;
}

/** Upstream notes what unblocks a rollout under the new MachineSet; here the one that is scaled says it. */
function reasonOf(plan: RolloutPlan, { name }: PlannedSet): string {
  return plan.notes()[name]?.join(", ") ?? unblockNote;
}
