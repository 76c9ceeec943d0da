import {
  PreTerminateDeleteHookAnnotationPrefix,
  PreTerminateHookCleanupAnnotation,
} from "../../api/constants.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { conditionOf, isConditionFalse } from "../../bootstrap/objects/conditions.ts";
import { persist } from "../../runtime/persist.ts";
import { requeueAfter, type Result } from "../../runtime/controller.ts";
import {
  byAge,
  type ControlPlane,
  hasHealthyComponents,
  isDeleting,
  isEtcdManaged,
  type Member,
  nameOf,
} from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import type { EtcdAccess } from "./etcd-access.ts";
import type { EtcdMember } from "./etcd-client.ts";
import { healthyNodes, isSafeToRemove } from "./etcd-health.ts";
import type { EtcdObservation } from "./observe-etcd.ts";
import { rolloutReasons } from "./up-to-date.ts";

const retryMs = 20_000;

/** What is to be done for the oldest Machine that is being deleted and still carries the hook. */
export type TerminationStep =
  | { readonly type: "none" }
  | { readonly type: "wait"; readonly member: Member; readonly reason: string }
  /** The etcd member is gone or never was: the instance may go. */
  | { readonly type: "releaseHook"; readonly member: Member }
  | {
      readonly type: "removeMember";
      readonly member: Member;
      readonly etcdMember: EtcdMember;
      /** Node of a healthy member that stays: it is asked to remove the other. */
      readonly through: string;
      /** Where leadership goes first, when the leaving member leads. */
      readonly newLeader?: EtcdMember;
    };

/**
 * A control-plane machine is drained first, then loses its etcd member, then its instance: from Kubernetes 1.31 on its
 * kubelet talks to the API server beside it, which needs that member.
 */
export function planTermination(
  controlPlane: ControlPlane,
  etcd: EtcdObservation | undefined,
): TerminationStep {
  const member = controlPlane.members.filter(isDeleting).toSorted(byDeletion)[0];
  if (member === undefined || !hasHook(member.machine)) return { type: "none" };
  if (controlPlane.members.length === 1 || !isEtcdManaged(controlPlane)) {
    return { type: "releaseHook", member };
  }
  const reason = notYet(member);
  if (reason !== undefined) return { type: "wait", member, reason };
  const nodeName = member.machine.status?.nodeRef?.name;
  // Without a Node there is no member of that name; one without a name is removed as an orphan.
  if (nodeName === undefined) return { type: "releaseHook", member };
  if (etcd?.members === undefined) {
    return { type: "wait", member, reason: "the etcd members cannot be listed" };
  }
  return planRemoval(controlPlane, { member, nodeName }, etcd, etcd.members);
}

function notYet({ machine }: Member): string | undefined {
  if (hasOtherHooks(machine)) return "other pre-terminate hooks come first";
  return conditionOf(machine, "Deleting")?.reason === "WaitingForPreTerminateHook"
    ? undefined
    : "the Machine is not yet drained";
}

function planRemoval(
  controlPlane: ControlPlane,
  { member, nodeName }: { readonly member: Member; readonly nodeName: string },
  etcd: EtcdObservation,
  members: readonly EtcdMember[],
): TerminationStep {
  const etcdMember = members.find(({ name }) => name === nodeName);
  if (etcdMember === undefined) return { type: "releaseHook", member };
  const wait = (reason: string): TerminationStep => ({ type: "wait", member, reason });
  const others = controlPlane.members.filter((each) => each !== member);
  if (!others.some((each) => hasHealthyComponents(controlPlane, each))) {
    return wait("no other Machine has healthy control plane components");
  }
  if (!isSafeToRemove({ members, healthy: healthyNodes(controlPlane) }, nodeName)) {
    return wait("etcd would lose its quorum");
  }
  const stays = bestStaying(controlPlane, others, members);
  if (stays === undefined) return wait("no other etcd member is healthy");
  const step = { type: "removeMember", member, etcdMember, through: stays.name } as const;
  return etcd.leaderId === etcdMember.id ? { ...step, newLeader: stays } : step;
}

/** A member that works and stays: healthy, not about to be replaced, the newest of those. */
function bestStaying(
  controlPlane: ControlPlane,
  others: readonly Member[],
  members: readonly EtcdMember[],
): EtcdMember | undefined {
  const healthy = healthyNodes(controlPlane);
  const score = (member: Member) =>
    (isConditionFalse(member.machine, "HealthCheckSucceeded") ? 0 : 2) +
    (rolloutReasons(controlPlane, member).length === 0 ? 1 : 0);
  const bestFirst = (a: Member, b: Member) => score(b) - score(a) || byAge(b, a);
  for (const candidate of others.filter((each) => !isDeleting(each)).toSorted(bestFirst)) {
    const nodeName = candidate.machine.status?.nodeRef?.name ?? "";
    const member = members.find(({ name, isLearner }) => name === nodeName && !isLearner);
    if (member !== undefined && healthy.has(nodeName)) return member;
  }
  return undefined;
}

export async function applyTermination(
  deps: ControlPlaneDeps,
  access: EtcdAccess,
  { cluster }: ControlPlane,
  step: TerminationStep,
): Promise<Result | undefined> {
  if (step.type === "none") return undefined;
  if (step.type === "wait") return requeueAfter(retryMs);
  if (step.type === "removeMember") await removeMember(access, cluster, step);
  await releaseHook(deps, step.member.machine);
  return undefined;
}

async function removeMember(
  access: EtcdAccess,
  cluster: ControlPlane["cluster"],
  { etcdMember, newLeader, through }: Extract<TerminationStep, { type: "removeMember" }>,
): Promise<void> {
  if (newLeader !== undefined) {
    await handOver(access, cluster, etcdMember, newLeader);
  }
  await access.with(cluster, through, (client) => client.memberRemove(etcdMember.id));
}

/** Only the leader itself can hand over. One that does not answer is removed as it is: the others elect a new one. */
async function handOver(
  access: EtcdAccess,
  cluster: ControlPlane["cluster"],
  leader: EtcdMember,
  next: EtcdMember,
): Promise<void> {
  try {
    await access.with(cluster, leader.name, (client) => client.moveLeader(next.id));
  } catch {
    return;
  }
}

export async function releaseHook(deps: ControlPlaneDeps, machine: Machine): Promise<void> {
  const { [PreTerminateHookCleanupAnnotation]: hook, ...annotations } =
    machine.metadata.annotations ?? {};
  if (hook === undefined) return;
  const metadata = { ...machine.metadata, annotations };
  await persist(deps.client, Machine, machine, { ...machine, metadata });
}

function hasHook({ metadata }: Machine): boolean {
  return metadata.annotations?.[PreTerminateHookCleanupAnnotation] !== undefined;
}

function hasOtherHooks({ metadata }: Machine): boolean {
  return Object.keys(metadata.annotations ?? {}).some(
    (key) =>
      key.startsWith(PreTerminateDeleteHookAnnotationPrefix) &&
      key !== PreTerminateHookCleanupAnnotation,
  );
}

function byDeletion(left: Member, right: Member): number {
  const a = left.machine.metadata.deletionTimestamp ?? "";
  const b = right.machine.metadata.deletionTimestamp ?? "";
  if (a !== b) return a < b ? -1 : 1;
  return nameOf(left) < nameOf(right) ? -1 : 1;
}
