import type { MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { type ConditionInput, findCondition, setCondition } from "../../runtime/conditions.ts";
import {
  mirrorV1beta1,
  readyInV1beta1,
  recordV1beta1,
  type V1beta1Condition,
} from "../../runtime/v1beta1-conditions.ts";
import { recordVersions, selectorText } from "../machine-set/machine-set-status.ts";
import { machinesReady, machinesUpToDate, remediating } from "../machine-aggregates.ts";
import {
  deleting,
  missingText,
  type Scale,
  scalingDown,
  scalingUp,
} from "../scaling-conditions.ts";
import { splitSets } from "./find-current-set.ts";
import type { MachineDeploymentScope } from "./machine-deployment-scope.ts";
import { resolveRollout } from "./resolve-rollout.ts";

type Phase = NonNullable<NonNullable<MachineDeployment["status"]>["phase"]>;

export function recordStatus(scope: MachineDeploymentScope, nowMs: number): void {
  const { draft, observed, machineSets } = scope;
  const { current } = splitSets(observed, machineSets, nowMs);
  const status = (draft.status ??= {});
  const sum = (valueOf: (set: NonNullable<MachineSet["status"]>) => number | undefined) =>
    machineSets.reduce((total, set) => total + (valueOf(set.status ?? {}) ?? 0), 0);
  status.replicas = sum((set) => set.replicas);
  status.readyReplicas = sum((set) => set.readyReplicas);
  status.availableReplicas = sum((set) => set.availableReplicas);
  // Machines of other sets may not have noticed yet that the template has changed.
  status.upToDateReplicas = current?.status?.upToDateReplicas ?? 0;
  status.selector = selectorText(draft.spec.selector);
  recordVersions(status, scope.machines);
  status.phase = phaseOf(scope);
  for (const condition of conditionsOf(scope, nowMs)) setCondition(draft, condition, nowMs);
  const { replicas, readyReplicas, availableReplicas } = status;
  const fields = {
    readyReplicas,
    availableReplicas,
    updatedReplicas: status.upToDateReplicas,
    unavailableReplicas: Math.max(0, replicas - availableReplicas),
  };
  const conditions = [availableInV1beta1(scope), machineSetReady(current)];
  recordV1beta1(draft, { conditions, summarized: ["Available"], fields }, nowMs);
}

function phaseOf({ draft }: MachineDeploymentScope): Phase {
  const [desired, current] = [draft.spec.replicas, draft.status?.replicas ?? 0];
  if (desired === undefined) return "Unknown";
  if (draft.metadata.deletionTimestamp !== undefined) return "ScalingDown";
  if (desired === current) return "Running";
  return desired > current ? "ScalingUp" : "ScalingDown";
}

function conditionsOf(scope: MachineDeploymentScope, nowMs: number): readonly ConditionInput[] {
  const { draft, machines, machineSets } = scope;
  const scale = scaleOf(scope);
  const missing = missingText(scope.missingTemplates);
  const blocked = missing === "" ? "" : ` is blocked because ${missing}`;
  const rest = machineSets.length === 0 ? "" : `Deleting ${machineSets.length} MachineSets`;
  const isDeleting = draft.metadata.deletionTimestamp !== undefined;
  return [
    available(scope),
    machinesReady(machines),
    machinesUpToDate(machines, nowMs),
    rollingOut(scope),
    scalingUp(scale, { missing, blocked }),
    scalingDown(scale, machines, nowMs),
    remediating(machines, " by MachineDeployment/MachineSet"),
    deleting(isDeleting, machines, { nowMs, rest }),
  ];
}

function scaleOf({ draft }: MachineDeploymentScope): Scale {
  return {
    desired: draft.spec.replicas,
    current: draft.status?.replicas ?? 0,
    isDeleting: draft.metadata.deletionTimestamp !== undefined,
  };
}

/** All of them, except that a rolling update may do without some. */
function leastAvailable({ observed }: MachineDeploymentScope): number {
  const { replicas, maxUnavailable } = resolveRollout(observed);
  return isRollingUpdate(observed) ? replicas - maxUnavailable : replicas;
}

function isRollingUpdate({ spec }: MachineDeployment): boolean {
  return (spec.rollout?.strategy?.type ?? "RollingUpdate") === "RollingUpdate";
}

function available(scope: MachineDeploymentScope): ConditionInput {
  const type = "Available";
  const { draft, observed } = scope;
  const { replicas } = observed.spec;
  if (replicas === undefined) {
    const message = "Waiting for spec.replicas set";
    return { type, status: "Unknown", reason: "WaitingForReplicasSet", message };
  }
  const count = draft.status?.availableReplicas ?? 0;
  const least = leastAvailable(scope);
  if (count >= least) return { type, status: "True", reason: "Available" };
  const reason = "NotAvailable";
  if (draft.metadata.deletionTimestamp !== undefined) {
    return { type, status: "False", reason, message: "Deletion in progress" };
  }
  const given = observed.spec.rollout?.strategy?.rollingUpdate?.maxUnavailable ?? 0;
  const note = isRollingUpdate(observed)
    ? ` (spec.strategy.rollout.maxUnavailable is ${given}, spec.replicas is ${replicas})`
    : "";
  const message = `${count} available replicas, at least ${least} required${note}`;
  return { type, status: "False", reason, message };
}

function rollingOut({ machines }: MachineDeploymentScope): ConditionInput {
  const type = "RollingOut";
  const outdated = machines.flatMap((machine) => {
    const condition = findCondition(machine, "UpToDate");
    return condition?.status === "False" ? [condition.message] : [];
  });
  if (outdated.length === 0) return { type, status: "False", reason: "NotRollingOut" };
  const reasons = new Set(outdated.flatMap((message) => message.split("\n")).filter(Boolean));
  const lines = [...reasons].sort(
    (a, b) => Number(isOfVersion(b)) - Number(isOfVersion(a)) || (a < b ? -1 : 1),
  );
  const count = outdated.length;
  const message = [`Rolling out ${count} not up-to-date replicas`, ...lines].join("\n");
  return { type, status: "True", reason: "RollingOut", message };
}

function isOfVersion(line: string): boolean {
  return line.startsWith("* Version");
}

function availableInV1beta1(scope: MachineDeploymentScope): V1beta1Condition {
  const type = "Available";
  const count = scope.draft.status?.availableReplicas ?? 0;
  const least = leastAvailable(scope);
  if (count >= least) return { type, status: "True" };
  const reason = "WaitingForAvailableMachines";
  const message = `Minimum availability requires ${least} replicas, current ${count} available`;
  return { type, status: "False", severity: "Warning", reason, message };
}

function machineSetReady(current: MachineSet | undefined): V1beta1Condition {
  const fallback = {
    type: "MachineSetReady",
    status: "False",
    severity: "Info",
    reason: "WaitingForMachineSet",
  } as const;
  return current === undefined
    ? { ...fallback, message: "MachineSet not found" }
    : mirrorV1beta1(readyInV1beta1(current), fallback);
}
