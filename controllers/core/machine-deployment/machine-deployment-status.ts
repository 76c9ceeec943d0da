import type { MachineSet } from "../../api/core/v1beta2.ts";
import { type ConditionInput, findCondition, setCondition } from "../../runtime/conditions.ts";
import {
  machinesReady,
  machinesUpToDate,
  remediating,
  staleDeletions,
  recordVersions,
} from "../machine-set/machine-set-status.ts";
import { v1beta1Conditions } from "../v1beta1-status.ts";
import type { MachineDeploymentScope } from "./machine-deployment-scope.ts";
import { resolveRollout } from "./resolve-rollout.ts";

export function recordStatus(scope: MachineDeploymentScope, nowMs: number): void {
  const { draft, machineSets } = scope;
  const status = (draft.status ??= {});
  const sum = (valueOf: (set: NonNullable<MachineSet["status"]>) => number | undefined) =>
    machineSets.reduce((total, set) => total + (valueOf(set.status ?? {}) ?? 0), 0);
  status.replicas = sum((set) => set.replicas);
  status.readyReplicas = sum((set) => set.readyReplicas);
  status.availableReplicas = sum((set) => set.availableReplicas);
  status.upToDateReplicas = sum((set) => set.upToDateReplicas);
  status.selector = Object.entries(draft.spec.selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  recordVersions(status, scope.machines);
  status.phase = phaseOf(scope);
  for (const condition of conditionsOf(scope, nowMs)) setCondition(draft, condition, nowMs);
  const { replicas, readyReplicas, availableReplicas } = status;
  status.deprecated = {
    v1beta1: {
      conditions: v1beta1Conditions(draft, { Available: "Available" }, nowMs),
      readyReplicas,
      availableReplicas,
      updatedReplicas: status.upToDateReplicas,
      unavailableReplicas: Math.max(0, replicas - availableReplicas),
    },
  };
}

function phaseOf({ draft }: MachineDeploymentScope): "Running" | "ScalingDown" | "ScalingUp" {
  if (draft.metadata.deletionTimestamp !== undefined) return "ScalingDown";
  const [desired, current] = [draft.spec.replicas ?? 1, draft.status?.replicas ?? 0];
  if (desired === current) return "Running";
  return desired > current ? "ScalingUp" : "ScalingDown";
}

function conditionsOf(scope: MachineDeploymentScope, nowMs: number): readonly ConditionInput[] {
  const { machines } = scope;
  return [
    available(scope),
    machinesReady(machines),
    machinesUpToDate(machines, nowMs),
    rollingOut(scope),
    scalingUp(scope),
    scalingDown(scope, nowMs),
    remediating(machines),
    deleting(scope),
  ];
}

function available({ draft, observed }: MachineDeploymentScope): ConditionInput {
  const type = "Available";
  const { replicas, maxUnavailable } = resolveRollout(observed);
  const count = draft.status?.availableReplicas ?? 0;
  const least = replicas - maxUnavailable;
  if (count >= least) return { type, status: "True", reason: "Available" };
  const given = observed.spec.rollout?.strategy?.rollingUpdate?.maxUnavailable ?? 0;
  const message =
    `${count} available replicas, at least ${least} required ` +
    `(spec.strategy.rollout.maxUnavailable is ${given}, spec.replicas is ${replicas})`;
  return { type, status: "False", reason: "NotAvailable", message };
}

function rollingOut({ machines }: MachineDeploymentScope): ConditionInput {
  const type = "RollingOut";
  const outdated = machines.flatMap((machine) => {
    const condition = findCondition(machine, "UpToDate");
    return condition?.status === "False" ? [condition.message] : [];
  });
  if (outdated.length === 0) return { type, status: "False", reason: "NotRollingOut" };
  const reasons = new Set(outdated.flatMap((message) => message.split("\n")).filter(Boolean));
  const lines = [...reasons].sort().map((line) => (line.startsWith("* ") ? line : `* ${line}`));
  const count = outdated.length;
  const message = [`Rolling out ${count} not up-to-date replicas`, ...lines].join("\n");
  return { type, status: "True", reason: "RollingOut", message };
}

function scalingUp({ draft, missingTemplates }: MachineDeploymentScope): ConditionInput {
  const type = "ScalingUp";
  const [desired, current] = replicasOf(draft);
  const verb = missingTemplates.length === 1 ? "does not exist" : "do not exist";
  const missing = `${missingTemplates.join(" and ")} ${verb}`;
  if (current >= desired) {
    const message =
      missingTemplates.length === 0 ? "" : `Scaling up would be blocked because ${missing}`;
    return { type, status: "False", reason: "NotScalingUp", message };
  }
  const blocked = missingTemplates.length === 0 ? "" : ` is blocked because ${missing}`;
  const message = `Scaling up from ${current} to ${desired} replicas${blocked}`;
  return { type, status: "True", reason: "ScalingUp", message };
}

function scalingDown({ draft, machines }: MachineDeploymentScope, nowMs: number): ConditionInput {
  const type = "ScalingDown";
  const [desired, current] = replicasOf(draft);
  if (current <= desired) return { type, status: "False", reason: "NotScalingDown" };
  const text = `Scaling down from ${current} to ${desired} replicas`;
  const message = [text, ...staleDeletions(machines, nowMs)].join("\n");
  return { type, status: "True", reason: "ScalingDown", message };
}

function replicasOf(draft: MachineDeploymentScope["draft"]): readonly [number, number] {
  const deleted = draft.metadata.deletionTimestamp !== undefined;
  return [deleted ? 0 : (draft.spec.replicas ?? 1), draft.status?.replicas ?? 0];
}

function deleting({ draft, machines, machineSets }: MachineDeploymentScope): ConditionInput {
  const type = "Deleting";
  if (draft.metadata.deletionTimestamp === undefined) {
    return { type, status: "False", reason: "NotDeleting" };
  }
  const left = machines.length;
  const message =
    left > 0
      ? `Deleting ${left} Machine${left === 1 ? "" : "s"}`
      : machineSets.length > 0
        ? `Deleting ${machineSets.length} MachineSets`
        : "Deletion completed";
  return { type, status: "True", reason: "Deleting", message };
}
