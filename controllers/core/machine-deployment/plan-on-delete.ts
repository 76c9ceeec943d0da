import { type Rollout, type RolloutPlan, sumOf } from "./rollout-plan.ts";

const alignNote = "scale down to align to existing Machines";
const deploymentNote =
  "scale down to align MachineSet spec.replicas to MachineDeployment spec.replicas";

/** Machines are replaced only when somebody deletes them; the MachineSets follow. capi-behaviour 5.15. */
export function planOnDelete(
  rollout: Pick<Rollout, "newSet" | "oldSets" | "replicas">,
  plan: RolloutPlan,
): void {
  const { newSet, oldSets, replicas } = rollout;
  if (newSet.spec > replicas) {
    plan.intend(newSet, replicas, deploymentNote);
  } else if (newSet.spec < replicas) {
    const current = sumOf([newSet, ...oldSets], (set) => Math.max(set.spec, set.status));
    if (current < replicas) {
      const note = `${current} current Machines < ${replicas} MachineDeployment spec.replicas`;
      plan.intend(newSet, newSet.spec + replicas - current, note);
    }
  }
  let excess = sumOf(oldSets, (set) => set.spec) + plan.target(newSet) - replicas;
  for (const set of oldSets) {
    if (set.spec <= set.status) continue;
    plan.intend(set, set.status, alignNote);
    excess -= set.spec - set.status;
  }
  for (const set of oldSets) {
    if (excess <= 0) return;
    // Upstream counts from the spec here and so forgets the first pass for one round; the intent is right.
    const target = plan.target(set);
    const down = Math.min(target, excess);
    if (down <= 0) continue;
    plan.intend(set, target - down, deploymentNote);
    excess -= down;
  }
}
