import { type PlannedSet, type Rollout, type RolloutPlan } from "./rollout-plan.ts";

export interface InPlaceOptions {
  /** Whether the Machines of this MachineSet may be updated where they are. */
  readonly canMove: (set: PlannedSet) => boolean;
  /** Some Machine is being updated at the moment. */
  readonly isUpdating: boolean;
}

/**
 * Which old MachineSets hand their Machines over to the new one instead of deleting them; returns their names. Where that works, the
 * surge is given up, apart from one Machine that creates the availability to begin with. capi-behaviour 5.12 (v1.14.0).
 */
export function planInPlaceMoves(
  rollout: Rollout,
  plan: RolloutPlan,
  options: InPlaceOptions,
): readonly string[] {
  const { newSet, oldSets, replicas } = rollout;
  if (newSet.spec >= replicas) return [];
  const moving = oldSets.filter((set) => set.status > 0 && options.canMove(set));
  for (const set of moving) {
    plan.note(set, `should scale down by moving Machines to MachineSet ${newSet.name}`);
  }
  if (moving.length > 0) limitSurge(rollout, plan, options.isUpdating);
  return moving.map(({ name }) => name);
}

function limitSurge(rollout: Rollout, plan: RolloutPlan, isUpdating: boolean): void {
  const { newSet, maxSurge } = rollout;
  const intent = plan.intentOf(newSet);
  if (intent === undefined || intent <= newSet.spec) return;
  const up = intent - newSet.spec;
  const withoutSurge = Math.max(up - maxSurge, 0);
  const used = up - withoutSurge;
  if (used <= 0) return;
  if (withoutSurge === 0 && !isInProgress(rollout, plan, isUpdating)) {
    plan.intend(newSet, newSet.spec + 1);
    plan.note(newSet, "surge 1 allowed to create availability for in-place updates");
    return;
  }
  plan.note(newSet, `surge ${used} dropped to prioritize in-place updates`);
  if (withoutSurge === 0) plan.withdraw(newSet);
  else plan.intend(newSet, newSet.spec + withoutSurge);
}

/** Something is on its way that will create availability by itself. */
function isInProgress(rollout: Rollout, plan: RolloutPlan, isUpdating: boolean): boolean {
  const { newSet, oldSets } = rollout;
  return (
    isUpdating ||
    newSet.spec !== newSet.status ||
    newSet.spec !== (newSet.upToDate ?? newSet.spec) ||
    newSet.spec !== newSet.available ||
    oldSets.some((set) => set.spec < set.status || plan.target(set) < set.spec)
  );
}
