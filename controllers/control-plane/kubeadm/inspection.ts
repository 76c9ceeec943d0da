import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { conditionOf } from "../../bootstrap/objects/conditions.ts";
import { keyOf } from "../../runtime/client.ts";
import { formatTime, parseTime } from "../../runtime/clock.ts";
import { contentsGraceMs, enoughFailures } from "../../runtime/connection-grace.ts";
import { isServerError, isUnreachable, messageOf } from "../../runtime/errors.ts";
import {
  type ControlPlane,
  isDeleting,
  isEtcdManaged,
  isInitialized,
  isToBeRemediated,
  type Member,
} from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import type { EtcdAccess } from "./etcd-access.ts";
import { etcdMemberCondition, unknownEtcdMember } from "./etcd-health.ts";
import { inspectWorkload, type WorkloadObservation } from "./inspect-workload.ts";
import { podConditions, unknownPodConditions } from "./machine-health.ts";
import { type EtcdObservation, nodeNames, observeEtcd } from "./observe-etcd.ts";

/** What a look into the workload cluster and its etcd has brought. */
export type Inspection =
  | {
      readonly type: "observed";
      readonly workload: WorkloadObservation;
      /** Undefined if etcd is none of the control plane's business. */
      readonly etcd?: EtcdObservation;
    }
  /** Nobody could be asked; what is known is overwritten with this. */
  | { readonly type: "unknown"; readonly reason: string; readonly message: string }
  /** Nobody could be asked, not for long: what is known stays. */
  | { readonly type: "kept" };

export function notInspected(message: string): Inspection {
  return { type: "unknown", reason: "InspectionFailed", message };
}

/** Where the way into the workload cluster is missing, that is normal until it is up. */
export async function inspect(
  deps: ControlPlaneDeps,
  access: EtcdAccess,
  controlPlane: ControlPlane,
): Promise<Inspection> {
  const workload = await observeWorkload(deps, controlPlane);
  if ("type" in workload) return workload;
  if (!isInitialized(controlPlane) && !becomesInitialized(controlPlane, workload)) {
    return notInspected("Waiting for Cluster control plane to be initialized");
  }
  if (!isEtcdManaged(controlPlane)) return { type: "observed", workload };
  return { type: "observed", workload, etcd: await observeEtcd(access, controlPlane) };
}

/**
 * The first machine has done its work; but not if it is on its way out: its replacement would have to join a cluster that
 * goes with it.
 */
export function becomesInitialized(
  { members }: ControlPlane,
  workload: WorkloadObservation,
): boolean {
  const [only, ...others] = members;
  const isLeaving = only !== undefined && (isDeleting(only) || isToBeRemediated(only));
  return workload.isInitialized && !(others.length === 0 && isLeaving);
}

async function observeWorkload(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
): Promise<WorkloadObservation | Inspection> {
  const { members } = controlPlane;
  const { workload } = deps;
  const key = keyOf(controlPlane.cluster);
  try {
    return await inspectWorkload(await workload.client(key), nodeNames(members));
  } catch (error) {
    if (isUnreachable(error)) {
      const lastProbeMs = workload.lastProbeSuccess(key);
      return whileUnreachable(controlPlane, {
        lastProbeMs,
        failedProbes: workload.failedProbes(key),
      });
    }
    if (!isServerError(error)) throw error;
    // It answers, and can tell nothing: so without a quorum of etcd.
    const why = messageOf(error);
    return notInspected(`Failed to get Nodes hosting control plane components: ${why}`);
  }
}

/** What is said of a workload cluster that cannot be reached: for a while, and until somebody has really tried, what was seen last. */
export function whileUnreachable(
  controlPlane: ControlPlane,
  probes: { readonly lastProbeMs: number | undefined; readonly failedProbes: number },
): Inspection {
  const { kcp, nowMs } = controlPlane;
  if (!isInitialized(controlPlane)) {
    return notInspected("Waiting for Cluster control plane to be initialized");
  }
  const { lastProbeMs = 0, failedProbes } = probes;
  const isKnown = conditionOf(kcp, "ControlPlaneComponentsHealthy") !== undefined;
  const reason = "ConnectionDown";
  if (lastProbeMs === 0 && failedProbes < enoughFailures) {
    const message = "Remote connection not established yet";
    return isKnown ? { type: "kept" } : { type: "unknown", reason, message };
  }
  const initialized = conditionOf(kcp, "Initialized")?.lastTransitionTime ?? "";
  const sinceMs = Math.max(lastProbeMs, parseTime(initialized) ?? 0);
  if (isKnown && nowMs - sinceMs <= contentsGraceMs) return { type: "kept" };
  const message = lastProbeMs === 0 ? "" : `Last successful probe at ${formatTime(lastProbeMs)}`;
  return { type: "unknown", reason, message };
}

/** All conditions of one machine that come from inside the workload cluster. */
export function memberConditions(
  controlPlane: ControlPlane,
  member: Member,
  inspection: Inspection,
): readonly ConditionValue[] {
  if (inspection.type === "kept") return [];
  if (inspection.type === "unknown") {
    const pods = unknownPodConditions(controlPlane, inspection);
    return isEtcdManaged(controlPlane) ? [...pods, unknownEtcdMember(inspection)] : pods;
  }
  const { workload, etcd } = inspection;
  const pods = podConditions(controlPlane, member, workload);
  return etcd === undefined ? pods : [...pods, etcdMemberCondition(member, etcd)];
}
