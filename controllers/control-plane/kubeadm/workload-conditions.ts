import { keyOf } from "../../runtime/client.ts";
import { isUnreachable } from "../../runtime/errors.ts";
import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { type ControlPlane, isEtcdManaged, isInitialized, type Member } from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { etcdMemberCondition, unknownEtcdMember } from "./etcd-health.ts";
import { inspectWorkload, type WorkloadObservation } from "./inspect-workload.ts";
import type { EtcdObservation } from "./observe-etcd.ts";
import { podConditions, unknownPodConditions } from "./machine-health.ts";

/** How long the last known state counts after the connection was lost. */
const gracePeriodMs = 5 * 60_000;

/** Undefined while the workload cluster cannot be reached, which is normal until it is up. */
export async function observeWorkload(
  deps: ControlPlaneDeps,
  { cluster }: ControlPlane,
): Promise<WorkloadObservation | undefined> {
  try {
    return await inspectWorkload(await deps.workload.client(keyOf(cluster)));
  } catch (error) {
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}

/** What the workload cluster and its etcd said; nothing while they cannot be reached. */
export interface Observed {
  readonly workload: WorkloadObservation | undefined;
  readonly etcd: EtcdObservation | undefined;
}

/** All conditions of one machine that come from inside the workload cluster. */
export function memberConditions(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
  member: Member,
  { workload, etcd }: Observed,
): readonly ConditionValue[] {
  const pods = componentConditions(deps, controlPlane, member, workload);
  if (!isEtcdManaged(controlPlane) || pods.length === 0) return pods;
  if (etcd !== undefined && workload !== undefined) {
    return [...pods, etcdMemberCondition(controlPlane, member, etcd, workload)];
  }
  const [{ reason, message = "" } = { reason: "InspectionFailed" }] = pods;
  return [
    ...pods,
    unknownEtcdMember(reason === "ConnectionDown" ? reason : "InspectionFailed", message),
  ];
}

/** What is known of one machine's pods; nothing new within the grace period after the connection was lost. */
function componentConditions(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
  member: Member,
  workload: WorkloadObservation | undefined,
): readonly ConditionValue[] {
  if (workload !== undefined) return podConditions(controlPlane, member, workload);
  if (!isInitialized(controlPlane)) {
    const message = "Waiting for the control plane to be initialized";
    return unknownPodConditions(controlPlane, "InspectionFailed", message);
  }
  const lastMs = deps.workload.lastProbeSuccess(keyOf(controlPlane.cluster));
  if (lastMs !== undefined && controlPlane.nowMs - lastMs <= gracePeriodMs) return [];
  return unknownPodConditions(controlPlane, "ConnectionDown", "Remote connection down");
}
