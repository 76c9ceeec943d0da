import { DefaultMinHealthyPeriodSeconds, RemediateMachineAnnotation } from "../../api/constants.ts";
import { goDuration } from "../../runtime/go-duration.ts";
import { isConditionFalse, isConditionTrue } from "../../bootstrap/objects/conditions.ts";
import { formatTime, parseTime } from "../../runtime/clock.ts";
import {
  byAge,
  type ControlPlane,
  hasHealthyComponents,
  isDeleting,
  isEtcdManaged,
  isInitialized,
  isToBeRemediated,
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
  const member = controlPlane.members
    .filter((each) => !isDeleting(each) && isToBeRemediated(each))
    .toSorted(byUrgency)[0];
  if (member === undefined) return { type: "none" };
  // The Machine before it is not replaced yet: its turn comes.
  const inProgress = remediationInProgress(controlPlane.kcp);
  if (inProgress !== undefined && inProgress.machine !== nameOf(member)) return { type: "none" };
  const next = nextTry(controlPlane, member);
  if (next.type === "refuse" || !isInitialized(controlPlane)) return next;
  const refusal =
    tooFewReplicas(controlPlane) ??
    otherWorkInProgress(controlPlane, member) ??
    unsafe(controlPlane, member, etcd);
  return refusal === undefined ? next : { type: "refuse", member, ...refusal };
}

type Refusal = Pick<Extract<RemediationStep, { type: "refuse" }>, "message" | "reason">;

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
  const index = urgency.findIndex((type) => !isConditionTrue(machine, type));
  return index === -1 ? urgency.length : index;
}

/** The last machine holds all there is of the cluster. */
function tooFewReplicas({ members }: ControlPlane): Refusal | undefined {
  if (members.length > 1) return undefined;
  return cannot("KubeadmControlPlane can't remediate if current replicas are less or equal to 1");
}

/** A machine that is still on its way may change etcd at any moment. */
function otherWorkInProgress({ members }: ControlPlane, member: Member): Refusal | undefined {
  const waitingFor = (what: string) =>
    deferred(
      `KubeadmControlPlane waiting for control plane Machine ${what} to complete before triggering remediation`,
    );
  const isProvisioning = members.some(
    (each) =>
      each !== member &&
      each.machine.status?.nodeRef === undefined &&
      !isConditionFalse(each.machine, "HealthCheckSucceeded"),
  );
  if (isProvisioning) return waitingFor("provisioning");
  return members.some(isDeleting) ? waitingFor("deletion") : undefined;
}

/** What stays must work without it: one whole API, and more than half of etcd. */
function unsafe(
  controlPlane: ControlPlane,
  member: Member,
  etcd: EtcdObservation | undefined,
): Refusal | undefined {
  const others = controlPlane.members.filter((each) => each !== member);
  const isServed = others.some((each) => hasHealthyComponents(controlPlane, each));
  return isServed && isSafeForEtcd(controlPlane, member, etcd)
    ? undefined
    : cannot(
        "KubeadmControlPlane can't remediate this Machine because this could result in loosing Kubernetes control plane components or in etcd quorum loss",
      );
}

function isSafeForEtcd(
  controlPlane: ControlPlane,
  { machine }: Member,
  etcd: EtcdObservation | undefined,
): boolean {
  if (!isEtcdManaged(controlPlane)) return true;
  if (etcd?.members === undefined) return false;
  const name = machine.status?.nodeRef?.name ?? "";
  // A learner that never started belongs to the machine that is to go.
  const members = etcd.members.filter((each) => each.name !== name && each.name !== "");
  return isSafeToRemove({ members, healthy: healthyNodes(controlPlane) }, name);
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
    const period = goDuration(retryPeriodSeconds);
    const message = `KubeadmControlPlane can't remediate this machine because the operation already failed in the latest ${period} (RetryPeriodSeconds)`;
    return { type: "refuse", member, ...deferred(message) };
  }
  if (maxRetry !== undefined && last.retryCount >= maxRetry) {
    const message = `KubeadmControlPlane can't remediate this machine because the operation already failed ${maxRetry} times (MaxRetry)`;
    return { type: "refuse", member, ...cannot(message) };
  }
  return { type: "remediate", member, record: { ...fresh, retryCount: last.retryCount + 1 } };
}

function cannot(message: string): Refusal {
  return { reason: "CannotBeRemediated", message };
}

function deferred(message: string): Refusal {
  return { reason: "RemediationDeferred", message };
}

/** True while the replacement of a Machine is still to be made: one that is there already may be the one. */
export function isReplacementDue({ kcp, members }: ControlPlane): boolean {
  const record = remediationInProgress(kcp);
  if (record === undefined) return false;
  return !members.some(
    (member) =>
      nameOf(member) === record.machine ||
      remediationFor(member.machine)?.machine === record.machine,
  );
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
