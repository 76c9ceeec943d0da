import type { Machine } from "../api/core/v1beta2.ts";
import { parseTime } from "../runtime/clock.ts";
import { aggregateConditions, type AggregateMember } from "../runtime/condition-merge.ts";
import { type ConditionInput, findCondition } from "../runtime/conditions.ts";
import { machinesAre } from "../runtime/name-list.ts";

/** Machines so young need not have the condition UpToDate yet. */
const upToDateGraceMs = 10_000;

function machineMembers(machines: readonly Machine[], type: string): AggregateMember[] {
  return machines.map((machine) => ({
    name: machine.metadata.name,
    kind: "Machine",
    isControlPlane: machine.metadata.labels?.["cluster.x-k8s.io/control-plane"] !== undefined,
    condition: findCondition(machine, type),
  }));
}

export function machinesReady(
  machines: readonly Machine[],
  type = "MachinesReady",
): ConditionInput {
  if (machines.length === 0) return { type, status: "True", reason: "NoReplicas" };
  return aggregateConditions(type, machineMembers(machines, "Ready"), {
    source: "Ready",
    reasons: { issue: "NotReady", unknown: "ReadyUnknown", info: "Ready" },
  });
}

export function machinesUpToDate(
  machines: readonly Machine[],
  nowMs: number,
  type = "MachinesUpToDate",
): ConditionInput {
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

/** Whether owners are replacing unhealthy Machines, or there are some that nobody replaces: `by` ends the sentence on those. */
export function remediating(machines: readonly Machine[], by = ""): ConditionInput {
  const type = "Remediating";
  const reason = "Remediating";
  const unhealthy = machines.filter((machine) => isFalse(machine, "HealthCheckSucceeded"));
  const affected = unhealthy.filter((machine) => isFalse(machine, "OwnerRemediated"));
  if (affected.length > 0) {
    const { message } = aggregateConditions(type, machineMembers(affected, "OwnerRemediated"), {
      source: "OwnerRemediated",
      reasons: { issue: reason, unknown: reason, info: reason },
    });
    return { type, status: "True", reason, message: message ?? "" };
  }
  const names = unhealthy.map(({ metadata }) => metadata.name);
  const message =
    names.length === 0 ? "" : `${machinesAre(names)} not healthy (not to be remediated${by})`;
  return { type, status: "False", reason: "NotRemediating", message };
}

function isFalse(machine: Machine, type: string): boolean {
  return findCondition(machine, type)?.status === "False";
}
