import { type PlannedSet, type Rollout, type RolloutPlan, sumOf } from "./rollout-plan.ts";

// One step of a rolling update: the new MachineSet grows within the surge, the old ones shrink as far as availability allows. Decided
// on numbers alone, so it can be tried out on any of them. capi-behaviour 5.9 to 5.14.

export function planNewSet(rollout: Rollout, plan: RolloutPlan): void {
  const { newSet, oldSets, replicas, maxSurge } = rollout;
  if (newSet.spec === replicas) return;
  if (newSet.spec > replicas) {
    const note = "scale down to align MachineSet spec.replicas to MachineDeployment spec.replicas";
    plan.intend(newSet, replicas, note);
    return;
  }
  const current = sumOf([newSet, ...oldSets], (set) => Math.max(set.spec, set.status));
  const limit = replicas + maxSurge;
  if (current >= limit) return; // Old Machines must go first.
  const up = Math.min(limit - current, replicas - newSet.spec);
  plan.intend(
    newSet,
    newSet.spec + up,
    `${current} current Machines < ${replicas} MachineDeployment spec.replicas + ${maxSurge} maxSurge`,
  );
}

export function planOldSets(rollout: Rollout, plan: RolloutPlan): void {
  const { newSet, oldSets, replicas, maxUnavailable } = rollout;
  const all = [newSet, ...oldSets];
  const minAvailable = Math.max(replicas - maxUnavailable, 0);
  // Machines that earlier steps have given up already, although they may still be there.
  const pending = sumOf(all, (set) =>
    Math.max(set.status - Math.min(set.spec, plan.target(set)), 0),
  );
  const newUnavailable = Math.max(newSet.spec - newSet.available, 0);
  const budget = sumOf(all, (set) => set.spec) - pending - minAvailable - newUnavailable;
  if (budget <= 0) return;
  const descent = new Descent(plan, {
    budget,
    minAvailable,
    available: sumOf(all, (set) => set.available),
  });
  // First what does not work anyway, then the rest.
  for (const set of oldSets) {
    descent.lower(set, Math.max(plan.target(set) - set.available, 0));
  }
  for (const set of oldSets) descent.lower(set, plan.target(set));
}

/** Scales old MachineSets down, one after the other, while there is a budget and availability to spare. */
class Descent {
  readonly #plan: RolloutPlan;
  readonly #minAvailable: number;
  #budget: number;
  #available: number;

  constructor(
    plan: RolloutPlan,
    limits: { readonly budget: number; readonly minAvailable: number; readonly available: number },
  ) {
    this.#plan = plan;
    this.#budget = limits.budget;
    this.#minAvailable = limits.minAvailable;
    this.#available = limits.available;
  }

  lower(set: PlannedSet, allowed: number): void {
    const replicas = this.#plan.target(set);
    let down = Math.min(allowed, this.#budget);
    if (replicas <= 0 || down <= 0) return;
    let note = alignNote;
    if (set.available > 0) {
      let toDelete = Math.max(set.status - (replicas - down), 0);
      const spare = this.#available - this.#minAvailable;
      if (spare < toDelete) {
        const spec = Math.min(set.status - Math.max(spare, 0), replicas);
        down = Math.max(replicas - spec, 0);
        toDelete = Math.max(set.status - spec, 0);
      }
      if (toDelete > 0) {
        note = `${this.#available} available replicas > ${this.#minAvailable} minimum available replicas`;
      }
      this.#available -= Math.min(set.available, toDelete);
    }
    if (down <= 0) return;
    this.#budget -= down;
    this.#plan.intend(set, replicas - down, note);
  }
}

const alignNote =
  "scale down to align to existing Machines or scale down by removing unavailable replicas " +
  "(and no available replicas exist on the MachineSet)";

export const unblockNote =
  "scaling down by 1 to unblock rollout stuck due to unavailable Machine on oldMS";

/**
 * Everybody waits: the old MachineSets have unavailable Machines, and nothing is being scaled. Then one unavailable Machine goes, so
 * that the rollout can go on.
 */
export function breakDeadlock(
  rollout: Pick<Rollout, "newSet" | "oldSets">,
  plan: RolloutPlan,
): void {
  const { newSet, oldSets } = rollout;
  const oldStatus = sumOf(oldSets, (set) => set.status);
  if (oldStatus === 0 || oldStatus === sumOf(oldSets, (set) => set.available)) return;
  if (plan.hasIntents || [newSet, ...oldSets].some((set) => set.spec !== set.status)) return;
  if (newSet.available !== newSet.status) return;
  const stuck = oldSets.find((set) => set.available !== set.status && set.spec > 0);
  if (stuck === undefined) return;
  plan.intend(stuck, stuck.spec - 1);
  plan.note(newSet, unblockNote);
}
