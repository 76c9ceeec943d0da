import type { Machine } from "../../api/core/v1beta2.ts";
import type { Version } from "../../api/generated/definitions.ts";
import { parseTime } from "../../runtime/clock.ts";
import { aggregateConditions, type AggregateMember } from "../../runtime/condition-merge.ts";
import {
  type ConditionInput,
  findCondition,
  isConditionTrue,
  setCondition,
} from "../../runtime/conditions.ts";
import { v1beta1Conditions } from "../v1beta1-status.ts";
import { isDeleting, type MachineSetScope } from "./machine-set-scope.ts";

const staleDeletionMs = 900_000;

/** Machines so young need not have the condition UpToDate yet. */
const upToDateGraceMs = 10_000;

export function recordStatus(scope: MachineSetScope, nowMs: number): void {
  const { draft, machines, observed } = scope;
  const status = (draft.status ??= {});
  const count = (type: string) =>
    machines.filter((machine) => isConditionTrue(machine, type)).length;
  status.replicas = machines.length;
  status.readyReplicas = count("Ready");
  status.availableReplicas = count("Available");
  status.upToDateReplicas = count("UpToDate");
  status.selector = selectorText(observed.spec.selector.matchLabels ?? {});
  recordVersions(status, machines);
  for (const condition of conditionsOf(scope, nowMs)) setCondition(draft, condition, nowMs);
  const { readyReplicas, availableReplicas } = status;
  status.deprecated = {
    v1beta1: {
      conditions: v1beta1Conditions(draft, { MachinesReady: "MachinesReady" }, nowMs),
      fullyLabeledReplicas: machines.length,
      readyReplicas,
      availableReplicas,
    },
  };
}

function selectorText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** How many Machines have which version, for the status of MachineSets and what is above them. The API allows no empty list. */
export function recordVersions(
  status: { versions?: Version[] },
  machines: readonly Machine[],
): void {
  const versions = versionsOf(machines);
  if (versions.length > 0) status.versions = versions;
  else delete status.versions;
}

function versionsOf(machines: readonly Machine[]): Version[] {
  const counts = new Map<string, number>();
  for (const { spec } of machines) {
    if (spec.version !== undefined) counts.set(spec.version, (counts.get(spec.version) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([version, replicas]) => ({ version, replicas }));
}

function conditionsOf(scope: MachineSetScope, nowMs: number): readonly ConditionInput[] {
  const { machines } = scope;
  return [
    machinesReady(machines),
    machinesUpToDate(machines, nowMs),
    scalingUp(scope),
    scalingDown(scope, nowMs),
    remediating(machines),
    deleting(scope),
  ];
}

export function machineMembers(machines: readonly Machine[], type: string): AggregateMember[] {
  return machines.map((machine) => ({
    name: machine.metadata.name,
    kind: "Machine",
    isControlPlane: machine.metadata.labels?.["cluster.x-k8s.io/control-plane"] !== undefined,
    condition: findCondition(machine, type),
  }));
}

export function machinesReady(machines: readonly Machine[]): ConditionInput {
  const type = "MachinesReady";
  if (machines.length === 0) return { type, status: "True", reason: "NoReplicas" };
  return aggregateConditions(type, machineMembers(machines, "Ready"), {
    source: "Ready",
    reasons: { issue: "NotReady", unknown: "ReadyUnknown", info: "Ready" },
  });
}

export function machinesUpToDate(machines: readonly Machine[], nowMs: number): ConditionInput {
  const type = "MachinesUpToDate";
  const grown = machines.filter(
    (machine) =>
      findCondition(machine, "UpToDate") !== undefined ||
      nowMs - (parseTime(machine.metadata.creationTimestamp ?? "") ?? 0) > upToDateGraceMs,
  );
  if (grown.length === 0) return { type, status: "True", reason: "NoReplicas" };
  return aggregateConditions(type, machineMembers(grown, "UpToDate"), {
    source: "UpToDate",
    reasons: { issue: "NotUpToDate", unknown: "UpToDateUnknown", info: "UpToDate" },
  });
}

function scalingUp({ draft, machines, blocked }: MachineSetScope): ConditionInput {
  const type = "ScalingUp";
  const desired = isDeleting(draft) ? 0 : (draft.spec.replicas ?? 1);
  if (machines.length >= desired) return { type, status: "False", reason: "NotScalingUp" };
  const text = `Scaling up from ${machines.length} to ${desired} replicas`;
  const reasons = blocked.map((line) => `\n* ${line}`).join("");
  const message = blocked.length === 0 ? text : `${text} is blocked because:${reasons}`;
  return { type, status: "True", reason: "ScalingUp", message };
}

function scalingDown({ draft, machines }: MachineSetScope, nowMs: number): ConditionInput {
  const type = "ScalingDown";
  const desired = isDeleting(draft) ? 0 : (draft.spec.replicas ?? 1);
  if (machines.length <= desired) return { type, status: "False", reason: "NotScalingDown" };
  const text = `Scaling down from ${machines.length} to ${desired} replicas`;
  const message = [text, ...staleDeletions(machines, nowMs)].join("\n");
  return { type, status: "True", reason: "ScalingDown", message };
}

/** A line that names Machines that have been going for too long. */
export function staleDeletions(machines: readonly Machine[], nowMs: number): readonly string[] {
  const stale = machines.filter(({ metadata }) => {
    const since = parseTime(metadata.deletionTimestamp ?? "");
    return since !== undefined && nowMs - since > staleDeletionMs;
  });
  if (stale.length === 0) return [];
  const names = stale.map(({ metadata }) => metadata.name).sort();
  const one = names.length === 1;
  return [
    `* Machine${one ? "" : "s"} ${shortList(names)} ${one ? "is" : "are"} in deletion since more than 15m`,
  ];
}

/** At most five names. */
export function shortList(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown}, ... (${names.length - most} more)` : shown;
}

/** Whether owners are replacing unhealthy Machines, or there are some that nobody replaces. */
export function remediating(machines: readonly Machine[]): ConditionInput {
  const type = "Remediating";
  const affected = machines.filter(
    (machine) => findCondition(machine, "OwnerRemediated")?.status === "False",
  );
  if (affected.length > 0) {
    const { message = "" } = aggregateConditions(
      type,
      machineMembers(affected, "OwnerRemediated"),
      {
        source: "OwnerRemediated",
        reasons: { issue: "Remediating", unknown: "Remediating", info: "Remediating" },
      },
    );
    return { type, status: "True", reason: "Remediating", message };
  }
  const unhealthy = machines
    .filter((machine) => findCondition(machine, "HealthCheckSucceeded")?.status === "False")
    .map(({ metadata }) => metadata.name)
    .sort();
  const one = unhealthy.length === 1;
  const message =
    unhealthy.length === 0
      ? ""
      : `Machine${one ? "" : "s"} ${shortList(unhealthy)} ${one ? "is" : "are"} not healthy (not to be remediated)`;
  return { type, status: "False", reason: "NotRemediating", message };
}

function deleting({ draft, machines }: MachineSetScope): ConditionInput {
  const type = "Deleting";
  if (!isDeleting(draft)) return { type, status: "False", reason: "NotDeleting" };
  const left = machines.length;
  const message =
    left === 0 ? "Deletion completed" : `Deleting ${left} Machine${left === 1 ? "" : "s"}`;
  return { type, status: "True", reason: "Deleting", message };
}
