import type { Node } from "../../api/kubernetes.ts";
import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { parseTime } from "../../runtime/clock.ts";
import type { ControlPlane, Member } from "./control-plane.ts";
import { nameOf } from "./control-plane.ts";
import type { EtcdMember } from "./etcd-client.ts";
import type { WorkloadObservation } from "./inspect-workload.ts";
import type { EtcdObservation } from "./observe-etcd.ts";

/** A member is announced before the node registers, or shortly after; only then its absence is a fault. */
const memberGraceMs = 2 * 60_000;
const type = "EtcdMemberHealthy";

export function unknownEtcdMember(reason: string, message: string): ConditionValue {
  return { type, status: "Unknown", reason, message };
}

/** The health of the etcd member on one machine. Unknown is not unhealthy. */
export function etcdMemberCondition(
  { nowMs }: ControlPlane,
  { machine }: Member,
  etcd: EtcdObservation,
  workload: WorkloadObservation,
): ConditionValue {
  const nodeName = machine.status?.nodeRef?.name;
  if (nodeName === undefined) {
    return unknownEtcdMember("InspectionFailed", "Waiting for the Node of the Machine to exist");
  }
  const report = etcd.reports.get(nodeName);
  if (report?.status === undefined) {
    const why = report?.error ?? "it was not asked";
    return unknownEtcdMember("InspectionFailed", `Failed to reach the etcd member: ${why}`);
  }
  if (report.status.errors.length > 0) {
    return ill(`Etcd reports errors: ${report.status.errors.join(", ")}`);
  }
  if (etcd.members === undefined) {
    return unknownEtcdMember("InspectionFailed", "Failed to get the list of etcd members");
  }
  const member = etcd.members.find(({ name }) => name === nodeName);
  return member === undefined
    ? absent(nowMs, nodeName, workload.nodes.get(nodeName))
    : (memberProblem(member, etcd) ?? { type, status: "True", reason: "Healthy" });
}

function absent(nowMs: number, nodeName: string, node: Node | undefined): ConditionValue {
  const message = `Etcd has no member for Node ${nodeName}`;
  return isYoung(nowMs, node) ? unknownEtcdMember("InspectionFailed", message) : ill(message);
}

function ill(message: string): ConditionValue {
  return { type, status: "False", reason: "NotHealthy", message };
}

function isYoung(nowMs: number, node: Node | undefined): boolean {
  const createdMs = parseTime(node?.metadata.creationTimestamp ?? "");
  return createdMs !== undefined && nowMs - createdMs < memberGraceMs;
}

function memberProblem(member: EtcdMember, etcd: EtcdObservation): ConditionValue | undefined {
  const alarms = etcd.alarms.filter(({ memberId }) => memberId === member.id);
  const message = member.isLearner
    ? "Etcd member is a learner"
    : alarms.length > 0
      ? `Etcd member has alarms: ${alarms.map((alarm) => alarm.type).join(", ")}`
      : undefined;
  return message === undefined
    ? undefined
    : { type, status: "False", reason: "NotHealthy", message };
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

/** The etcd cluster as a whole, where its list of members and the Machines disagree. */
export function etcdClusterProblem(
  controlPlane: ControlPlane,
  etcd: EtcdObservation,
  workload: WorkloadObservation,
): ConditionValue | undefined {
  const orphans = orphanMembers(controlPlane, etcd, workload);
  if (orphans.length === 0) return undefined;
  return {
    type: "EtcdClusterHealthy",
    status: "False",
    reason: "NotHealthy",
    message: orphans
      .map(
        ({ id, name }) =>
          `* Etcd member ${name === "" ? `${id} (Name not yet assigned)` : name} does not have a corresponding Machine`,
      )
      .join("\n"),
  };
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
