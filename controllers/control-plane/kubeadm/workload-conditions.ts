import { keyOf } from "../../runtime/client.ts";
import { isUnreachable } from "../../runtime/errors.ts";
import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { type ControlPlane, isInitialized, type Member } from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { inspectWorkload, type WorkloadObservation } from "./inspect-workload.ts";
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

/** What is known of one machine's pods; nothing new within the grace period after the connection was lost. */
export function componentConditions(
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
