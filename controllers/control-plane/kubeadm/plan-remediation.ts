import { DefaultMinHealthyPeriodSeconds, RemediateMachineAnnotation } from "../../api/constants.ts";
import { isConditionFalse } from "../../bootstrap/objects/conditions.ts";
import { formatTime, parseTime } from "../../runtime/clock.ts";
import {
  byAge,
  type ControlPlane,
  isDeleting,
  isEtcdManaged,
  isInitialized,
  type Member,
  nameOf,
} from "./control-plane.ts";
import { healthyNodes, isSafeToRemove } from "./etcd-health.ts";
import type { EtcdObservation } from "./observe-etcd.ts";
import {
  remediationFor,
  remediationInProgress,
  type RemediationRecord,
} from "./remediation-record.ts";

export type RemediationStep =
  | { readonly type: "none" }
  | {
      readonly type: "refuse";
      readonly member: Member;
      readonly reason: "CannotBeRemediated" | "RemediationDeferred";
      readonly message: string;
    }
  | { readonly type: "remediate"; readonly member: Member; readonly record: RemediationRecord };

/** Of the Machines that a health check gave up, the one to replace now, or why none is. */
export function planRemediation(
  controlPlane: ControlPlane,
  etcd: EtcdObservation | undefined,
): RemediationStep {
  const member = controlPlane.members.filter(isToBeRemediated).toSorted(byUrgency)[0];
  if (member === undefined) return { type: "none" };
  const refusal =
    otherWorkInProgress(controlPlane, member) ??
    tooFewReplicas(controlPlane) ??
    unsafeForEtcd(controlPlane, member, etcd);
  if (refusal !== undefined) return { type: "refuse", member, ...refusal };
  return nextTry(controlPlane, member);
}

type Refusal = Pick<Extract<RemediationStep, { type: "refuse" }>, "message" | "reason">;

function isToBeRemediated(member: Member): boolean {
  const { machine } = member;
  return (
    !isDeleting(member) &&
    isConditionFalse(machine, "HealthCheckSucceeded") &&
    isConditionFalse(machine, "OwnerRemediated")
  );
}

/** What is broken most comes first: a machine that never became a node, then etcd, then the other components. */
const urgency = [
  "EtcdMemberHealthy",
  "EtcdPodHealthy",
  "APIServerPodHealthy",
  "ControllerManagerPodHealthy",
  "SchedulerPodHealthy",
  "NodeKubeadmLabelsAndTaintsSet",
];

function byUrgency(left: Member, right: Member): number {
  return urgencyOf(left) - urgencyOf(right) || byAge(left, right);
}

function urgencyOf({ machine }: Member): number {
  if (machine.metadata.annotations?.[RemediateMachineAnnotation] !== undefined) return -2;
  if (machine.status?.nodeRef === undefined) return -1;
  const index = urgency.findIndex((type) => isConditionFalse(machine, type));
  return index === -1 ? urgency.length : index;
}

function otherWorkInProgress(controlPlane: ControlPlane, member: Member): Refusal | undefined {
  const deleting = controlPlane.members.filter(isDeleting).map(nameOf);
  if (deleting.length > 0) {
    return deferred(
      `KubeadmControlPlane is waiting for Machine ${deleting.join(", ")} to be deleted before triggering remediation`,
    );
  }
  const record = remediationInProgress(controlPlane.kcp);
  if (record !== undefined && record.machine !== nameOf(member)) {
    return deferred(
      `KubeadmControlPlane can't remediate while replacing Machine ${record.machine}`,
    );
  }
  // A machine that is still on its way may change etcd at any moment.
  const provisioning = controlPlane.members.filter(
    (each) =>
      each !== member &&
      each.machine.status?.nodeRef === undefined &&
      !isConditionFalse(each.machine, "HealthCheckSucceeded"),
  );
  return provisioning.length === 0
    ? undefined
    : deferred(
        `KubeadmControlPlane is waiting for Machine ${provisioning.map(nameOf).join(", ")} to be provisioned before triggering remediation`,
      );
}

/** The last machine holds all there is of the cluster. Before initialization there is nothing to lose. */
function tooFewReplicas(controlPlane: ControlPlane): Refusal | undefined {
  if (!isInitialized(controlPlane) || controlPlane.members.length > 1) return undefined;
  return {
    reason: "CannotBeRemediated",
    message: "KubeadmControlPlane can't remediate if current replicas are less or equal to 1",
  };
}

function unsafeForEtcd(
  controlPlane: ControlPlane,
  member: Member,
  etcd: EtcdObservation | undefined,
): Refusal | undefined {
  if (!isInitialized(controlPlane) || !isEtcdManaged(controlPlane)) return undefined;
  if (etcd?.members === undefined) {
    return deferred("KubeadmControlPlane can't remediate while the etcd members cannot be listed");
  }
  const nodeName = member.machine.status?.nodeRef?.name;
  const name = nodeName ?? "";
  // A learner that never started belongs to the machine that is to go.
  const members = etcd.members.filter((each) => each.name !== name && each.name !== "");
  const question = { members, healthy: healthyNodes(controlPlane) };
  return isSafeToRemove(question, name)
    ? undefined
    : {
        reason: "CannotBeRemediated",
        message:
          "KubeadmControlPlane can't remediate this Machine because this could result in etcd losing quorum",
      };
}

/** Counts how often a replacement had to be replaced, within the period that tells one failure from another. */
function nextTry({ kcp, nowMs }: ControlPlane, member: Member): RemediationStep {
  const name = nameOf(member);
  const inProgress = remediationInProgress(kcp);
  if (inProgress?.machine === name) return { type: "remediate", member, record: inProgress };
  const fresh = { machine: name, timestamp: formatTime(nowMs), retryCount: 0 };
  const last = remediationFor(member.machine);
  if (last === undefined) return { type: "remediate", member, record: fresh };

  const { maxRetry, retryPeriodSeconds = 0, minHealthyPeriodSeconds } = kcp.spec.remediation ?? {};
  const sinceMs = nowMs - (parseTime(last.timestamp) ?? 0);
  const chainMs = (minHealthyPeriodSeconds ?? DefaultMinHealthyPeriodSeconds) * 1000;
  if (sinceMs > chainMs) return { type: "remediate", member, record: fresh };
  if (sinceMs < retryPeriodSeconds * 1000) {
    const message = `KubeadmControlPlane can't remediate this Machine because the operation already failed in the latest ${retryPeriodSeconds}s (retryPeriodSeconds)`;
    return { type: "refuse", member, ...deferred(message) };
  }
  if (maxRetry !== undefined && last.retryCount >= maxRetry) {
    const message = `KubeadmControlPlane can't remediate this Machine because the operation already failed ${maxRetry} times (maxRetry)`;
    return { type: "refuse", member, reason: "CannotBeRemediated", message };
  }
  return { type: "remediate", member, record: { ...fresh, retryCount: last.retryCount + 1 } };
}

function deferred(message: string): Refusal {
  return { reason: "RemediationDeferred", message };
}

/** True while the replacement of a Machine is still to be made. */
export function isReplacementDue({ kcp, members }: ControlPlane): boolean {
  const record = remediationInProgress(kcp);
  return record !== undefined && !members.some((member) => nameOf(member) === record.machine);
}

/** The condition that tells the health check what became of its request. */
export function ownerRemediated(step: RemediationStep) {
  const type = "OwnerRemediated";
  if (step.type === "refuse") {
    return { type, status: "False", reason: step.reason, message: step.message } as const;
  }
  const message = "Machine is deleting";
  return { type, status: "False", reason: "MachineDeleting", message } as const;
}
