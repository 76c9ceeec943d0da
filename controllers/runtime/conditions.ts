import { formatTime } from "./clock.ts";
import { deepEqual } from "./json.ts";

/** metav1.Condition. */
export interface Condition {
  lastTransitionTime: string;
  message: string;
  observedGeneration?: number;
  reason: string;
  status: "False" | "True" | "Unknown";
  type: string;
}

export type ConditionInput = Pick<Condition, "reason" | "status" | "type"> & {
  readonly message?: string;
  /** When the status became what it is, where somebody else knows that better. */
  readonly lastTransitionTime?: string;
};

/** An object whose `status.conditions` are metav1 conditions. */
export interface ObjectWithConditions {
  readonly metadata: { readonly generation?: number };
  status?: { conditions?: Condition[] };
}

/** Upstream's order of the stored list; unknown types follow by name, `Paused` and `Deleting` come last. */
const conditionOrder = [
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
const rankByType = new Map(conditionOrder.map((type, rank) => [type, rank]));
const lastTypes = ["Paused", "Deleting"];

export function findCondition(object: ObjectWithConditions, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(object: ObjectWithConditions, type: string): boolean {
  return findCondition(object, type)?.status === "True";
}

/** Sets the condition on a copy that may be changed. The transition time moves only when the status changes. */
export function setCondition(
  object: ObjectWithConditions,
  input: ConditionInput,
  nowMs: number,
): void {
  const { generation } = object.metadata;
  object.status ??= {};
  const stamped = generation === undefined ? {} : { observedGeneration: generation };
  object.status.conditions = withCondition(
    object.status.conditions ?? [],
    { ...stamped, ...input },
    nowMs,
  );
}

/** The list with this condition, in upstream's order. The same list if nothing changes. */
export function withCondition(
  conditions: readonly Condition[],
  input: ConditionInput & { readonly observedGeneration?: number },
  nowMs: number,
): Condition[] {
  const old = conditions.find(({ type }) => type === input.type);
  const { type, status, reason, message = "", observedGeneration } = input;
  const changed = input.lastTransitionTime ?? formatTime(nowMs);
  const condition: Condition = {
    type,
    status,
    reason,
    message,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : changed,
  };
  if (old !== undefined && deepEqual(old, condition)) return conditions as Condition[];
  return [...conditions.filter((other) => other !== old), condition].sort((a, b) =>
    compareTypes(a.type, b.type),
  );
}

export function removeCondition(object: ObjectWithConditions, type: string): void {
  const { status } = object;
  if (status?.conditions?.some((condition) => condition.type === type) !== true) return;
  status.conditions = status.conditions.filter((condition) => condition.type !== type);
}

function compareTypes(a: string, b: string): number {
  const [x, y] = [rankOf(a), rankOf(b)];
  if (x !== y) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(type: string): number {
  const last = lastTypes.indexOf(type);
  if (last !== -1) return conditionOrder.length + 1 + last;
  return rankByType.get(type) ?? conditionOrder.length;
}
