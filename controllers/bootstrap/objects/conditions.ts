import type { Condition } from "../../api/generated/definitions.ts";
import { formatTime } from "../../runtime/clock.ts";

export interface ConditionValue {
  readonly type: string;
  readonly status: "False" | "True" | "Unknown";
  readonly reason: string;
  readonly message?: string;
}

/** When and for which generation a condition is set. */
export interface Stamp {
  readonly nowMs: number;
  readonly generation?: number | undefined;
}

/** Upstream stores conditions in this order; what is not listed follows in alphabetical order, before the last two. */
const order = [
  "Available",
  "Ready",
  "UpToDate",
  "RemoteConnectionProbe",
  "BootstrapConfigReady",
  "InfrastructureReady",
  "ControlPlaneInitialized",
  "ControlPlaneAvailable",
  "WorkersAvailable",
  "CertificatesAvailable",
  "Initialized",
  "EtcdClusterHealthy",
  "ControlPlaneComponentsHealthy",
  "NodeHealthy",
  "NodeReady",
  "NodeKubeadmLabelsAndTaintsSet",
  "EtcdPodHealthy",
  "EtcdMemberHealthy",
  "APIServerPodHealthy",
  "ControllerManagerPodHealthy",
  "SchedulerPodHealthy",
  "HealthCheckSucceeded",
  "OwnerRemediated",
  "TopologyReconciled",
  "Updating",
  "RollingOut",
  "Remediating",
  "ScalingDown",
  "ScalingUp",
  "MachinesReady",
  "ControlPlaneMachinesReady",
  "WorkerMachinesReady",
  "MachinesUpToDate",
  "ControlPlaneMachinesUpToDate",
  "WorkerMachinesUpToDate",
];
const ranks = new Map(order.map((type, rank) => [type, rank]));

function rank(type: string): number {
  if (type === "Paused") return 1000;
  if (type === "Deleting") return 1001;
  return ranks.get(type) ?? 999;
}

/** The list with these conditions set. The time of the last transition changes only with the status. */
export function setConditions(
  conditions: readonly Condition[] | undefined,
  values: readonly ConditionValue[],
  stamp: Stamp,
): Condition[] {
  const byType = new Map((conditions ?? []).map((condition) => [condition.type, condition]));
  for (const value of values) {
    const before = byType.get(value.type);
    byType.set(value.type, {
      type: value.type,
      status: value.status,
      reason: value.reason,
      message: value.message ?? "",
      lastTransitionTime:
        before?.status === value.status ? before.lastTransitionTime : formatTime(stamp.nowMs),
      ...(stamp.generation === undefined ? {} : { observedGeneration: stamp.generation }),
    });
  }
  return [...byType.values()].sort(
    (a, b) => rank(a.type) - rank(b.type) || (a.type < b.type ? -1 : 1),
  );
}

interface WithConditions {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export function conditionOf(object: WithConditions, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(object: WithConditions, type: string): boolean {
  return conditionOf(object, type)?.status === "True";
}

export function isConditionFalse(object: WithConditions, type: string): boolean {
  return conditionOf(object, type)?.status === "False";
}
