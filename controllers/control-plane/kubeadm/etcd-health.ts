import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { parseTime } from "../../runtime/clock.ts";
import { type ControlPlane, isDeleting, type Member, nameOf } from "./control-plane.ts";
import type { EtcdMember } from "./etcd-client.ts";
import type { WorkloadObservation } from "./inspect-workload.ts";
import { waitingForNode } from "./machine-health.ts";
import type { EtcdObservation } from "./observe-etcd.ts";

/** So long after its Node has registered a machine may still be without an etcd member. */
const memberGraceMs = 2 * 60_000;
const type = "EtcdMemberHealthy";

export function unknownEtcdMember({
  reason,
  message,
}: {
  readonly reason: string;
  readonly message: string;
}): ConditionValue {
  return { type, status: "Unknown", reason, message };
}

/** The health of the etcd member on one machine. Unknown is not unhealthy. */
export function etcdMemberCondition(member: Member, etcd: EtcdObservation): ConditionValue {
  const nodeName = member.machine.status?.nodeRef?.name;
  if (nodeName !== undefined && etcd.members !== undefined) {
    const found = etcd.members.find(({ name }) => name === nodeName);
    // This is said of a machine on its way out as well: its member has been removed.
    if (found === undefined) return ill(`Etcd doesn't have an etcd member for Node ${nodeName}`);
    if (!isDeleting(member)) return answering(nodeName, etcd) ?? listed(found, etcd);
  }
  if (isDeleting(member)) {
    return { type, status: "False", reason: "Deleting", message: "Machine is deleting" };
  }
  if (nodeName === undefined) return uninspected(waitingForNode(member));
  return answering(nodeName, etcd) ?? uninspected(etcd.listError ?? "Failed to get etcd members");
}

function uninspected(message: string): ConditionValue {
  return unknownEtcdMember({ reason: "InspectionFailed", message });
}

function ill(message: string): ConditionValue {
  return { type, status: "False", reason: "NotHealthy", message };
}

/** What keeps the member from being asked, or what it complains about. */
function answering(nodeName: string, etcd: EtcdObservation): ConditionValue | undefined {
  const report = etcd.reports.get(nodeName);
  if (report?.status === undefined) {
    return uninspected(`Failed to connect to etcd: ${report?.error ?? "it was not asked"}`);
  }
  const { errors } = report.status;
  return errors.length === 0
    ? undefined
    : ill(`Etcd endpoint etcd-${nodeName} reports errors: ${errors.join(", ")}`);
}

/** A learner is not healthy yet: with upstream it is, and the next change may come too early. */
function listed(member: EtcdMember, etcd: EtcdObservation): ConditionValue {
  const alarms = etcd.alarms.filter(({ memberId }) => memberId === member.id);
  if (alarms.length > 0)
    return ill(`Etcd reports alarms: ${alarms.map((each) => each.type).join(", ")}`);
  return member.isLearner
    ? ill("Etcd member is a learner")
    : { type, status: "True", reason: "Healthy" };
}

/** Members that belong to nobody: neither a Machine nor a Node has their name, or they never got one. */
export function orphanMembers(
  { members }: ControlPlane,
  etcd: EtcdObservation,
  workload: WorkloadObservation,
): readonly EtcdMember[] {
  const names = new Set(members.map(({ machine }) => machine.status?.nodeRef?.name));
  return (etcd.members ?? []).filter(
    ({ name }) => name === "" || !(names.has(name) || workload.nodes.has(name)),
  );
}

/** What is wrong with etcd as a whole and can be told of no Machine. */
export function membersWithoutMachine(
  { members }: ControlPlane,
  etcd: EtcdObservation,
): readonly string[] {
  const names = new Set(members.map(({ machine }) => machine.status?.nodeRef?.name));
  return (etcd.members ?? [])
    .filter(({ name }) => !names.has(name))
    .map(({ id, name }) => {
      const shown = name === "" ? `${id} (Name not yet assigned)` : name;
      return `Etcd member ${shown} does not have a corresponding Machine`;
    });
}

/** While machines are on their way, their Nodes and members come before the Machines know of them. */
export function membersMatchMachines(
  controlPlane: ControlPlane,
  etcd: EtcdObservation,
  workload: WorkloadObservation,
): boolean {
  const names = new Set((etcd.members ?? []).map(({ name }) => name));
  const lacksMember = controlPlane.members.some((member) => {
    const nodeName = member.machine.status?.nodeRef?.name;
    if (nodeName === undefined || isDeleting(member) || names.has(nodeName)) return false;
    const createdMs = parseTime(workload.nodes.get(nodeName)?.metadata.creationTimestamp ?? "");
    return createdMs !== undefined && controlPlane.nowMs - createdMs > memberGraceMs;
  });
  if (lacksMember) return false;
  return isProvisioning(controlPlane) || membersWithoutMachine(controlPlane, etcd).length === 0;
}

export function isProvisioning({ members }: ControlPlane): boolean {
  return members.some(({ machine }) => machine.status?.nodeRef === undefined);
}

export interface QuorumQuestion {
  readonly members: readonly EtcdMember[];
  /** Names of nodes whose member is healthy. */
  readonly healthy: ReadonlySet<string>;
}

/** True if, with that member gone, the healthy voters still are more than half, and no learner is on its way. */
export function isSafeToRemove({ members, healthy }: QuorumQuestion, nodeName: string): boolean {
  const rest = members.filter(({ name }) => name !== nodeName);
  if (rest.some(({ isLearner }) => isLearner)) return false;
  return hasQuorum(rest, healthy);
}

/** True if another member, healthy or not, may join without the healthy voters losing the majority. */
export function isSafeToAdd({ members, healthy }: QuorumQuestion): boolean {
  const voters = members.filter(({ isLearner }) => !isLearner).length + 1;
  const alive = members.filter(({ name, isLearner }) => !isLearner && healthy.has(name)).length;
  return alive >= Math.floor(voters / 2) + 1;
}

function hasQuorum(members: readonly EtcdMember[], healthy: ReadonlySet<string>): boolean {
  const alive = members.filter(({ name }) => healthy.has(name)).length;
  return members.length > 0 && alive >= Math.floor(members.length / 2) + 1;
}

/** Nodes whose Machine says that its etcd member is healthy. */
export function healthyNodes({ members }: ControlPlane): ReadonlySet<string> {
  return new Set(
    members
      .filter(({ machine }) =>
        machine.status?.conditions?.some((each) => each.type === type && each.status === "True"),
      )
      .map((member) => member.machine.status?.nodeRef?.name ?? nameOf(member)),
  );
}
