import {
  type ConditionValue,
  conditionOf,
  isConditionTrue,
} from "../../bootstrap/objects/conditions.ts";
import { parseTime } from "../../runtime/clock.ts";
import {
  type ControlPlane,
  healthConditionsOf,
  isEtcdManaged,
  type Member,
} from "./control-plane.ts";
import type { EtcdMember } from "./etcd-client.ts";
import { membersMatchMachines } from "./etcd-health.ts";
import type { Inspection } from "./inspection.ts";

const type = "Available";
/** So long after the control plane came up etcd may be silent. */
const etcdGraceMs = 2 * 60_000;
/** A failure of less than ten seconds is not told while the control plane is available: it may be gone at the next look. */
const surfaceMs = 10_000;

/** Users can work with the cluster: certificates, one whole API, and a quorum of etcd. */
export function available(controlPlane: ControlPlane, inspection: Inspection): ConditionValue {
  const { kcp } = controlPlane;
  if (kcp.status?.initialization?.controlPlaneInitialized !== true) {
    return notAvailable("Control plane not yet initialized");
  }
  if (!isEtcdManaged(controlPlane)) return judge(controlPlane, undefined);
  const seen = inspection.type === "observed" ? inspection : undefined;
  const members = seen?.etcd?.members;
  if (seen?.etcd === undefined || members === undefined) return withoutMembers(controlPlane);
  if (!membersMatchMachines(controlPlane, seen.etcd, seen.workload)) {
    return notAvailable("The list of etcd members does not match the list of Machines and Nodes");
  }
  return judge(controlPlane, countEtcd(controlPlane, members));
}

function withoutMembers({ kcp, nowMs }: ControlPlane): ConditionValue {
  const initialized = conditionOf(kcp, "Initialized");
  const sinceMs = parseTime(initialized?.lastTransitionTime ?? "") ?? 0;
  if (initialized?.status === "True" && nowMs - sinceMs < etcdGraceMs) {
    return notAvailable("Waiting for etcd to report the list of members");
  }
  const message = "Failed to get etcd members";
  return { type, status: "Unknown", reason: "InspectionFailed", message };
}

function notAvailable(message: string): ConditionValue {
  return { type, status: "False", reason: "NotAvailable", message };
}

interface Count {
  healthy: number;
  notHealthy: number;
  /** Not healthy for so short a time that it is not told yet. */
  fresh: number;
}

interface EtcdCount extends Count {
  readonly total: number;
  readonly voters: number;
  readonly learners: number;
}

function judge(controlPlane: ControlPlane, etcd: EtcdCount | undefined): ConditionValue {
  const { kcp, members } = controlPlane;
  const components = countComponents(controlPlane);
  const quorum = Math.floor((etcd?.voters ?? 0) / 2) + 1;
  const problems = [
    ...(kcp.metadata.deletionTimestamp === undefined
      ? []
      : ["Control plane metadata.deletionTimestamp is set"]),
    ...(isConditionTrue(kcp, "CertificatesAvailable")
      ? []
      : ["Control plane certificates are not available"]),
    ...(etcd === undefined || etcd.healthy >= quorum
      ? []
      : [quorumText(etcd, etcd.healthy, quorum)]),
    ...(components.healthy > 0
      ? []
      : ["There are no Machines with healthy control plane components, at least 1 required"]),
  ];
  if (problems.length > 0) return notAvailable(bullets(problems));
  const notes = [
    ...(etcd === undefined || etcd.notHealthy === 0
      ? []
      : [quorumText(etcd, etcd.healthy + etcd.fresh, quorum)]),
    ...(components.notHealthy === 0 ? [] : [componentsText(components, members.length)]),
  ];
  return { type, status: "True", reason: "Available", message: bullets(notes) };
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `* ${line}`).join("\n");
}

function quorumText({ total, learners }: EtcdCount, healthy: number, quorum: number): string {
  const subject =
    healthy === 0
      ? "There are no healthy etcd member"
      : `${healthy} of ${total} etcd members ${healthy === 1 ? "is" : "are"} healthy`;
  const learning = learners === 0 ? "" : ` ${learners} learner etcd member,`;
  return `${subject},${learning} at least ${quorum} healthy member required for etcd quorum`;
}

function componentsText({ healthy, fresh }: Count, total: number): string {
  const count = healthy + fresh;
  const verb = count === 1 ? "Machines has" : "Machines have";
  return `${count} of ${total} ${verb} healthy control plane components, at least 1 required`;
}

/** With its own etcd an API server is as healthy as the member beside it. Machines without an instance do not count. */
function countComponents(controlPlane: ControlPlane): Count {
  const count = { healthy: 0, notHealthy: 0, fresh: 0 };
  const types = healthConditionsOf(controlPlane);
  for (const member of controlPlane.members) {
    if (member.machine.spec.providerID === undefined) continue;
    count[healthOf(controlPlane.nowMs, member, types)] += 1;
  }
  return count;
}

/**
 * The members of etcd decide, not the Machines: the two differ while a machine comes or goes. A nameless member has not
 * started yet and counts as a learner; a member whose name no Machine has may be that of the only Machine without a Node.
 */
function countEtcd(controlPlane: ControlPlane, members: readonly EtcdMember[]): EtcdCount {
  const count = { healthy: 0, notHealthy: 0, fresh: 0 };
  const isLearning = ({ isLearner, name }: EtcdMember) => isLearner || name === "";
  const coming = controlPlane.members.filter(
    ({ machine }) => machine.status?.nodeRef === undefined,
  );
  let newcomer = coming.length === 1 ? coming[0] : undefined;
  for (const { name } of members) {
    if (name === "") {
      count.healthy += 1;
      continue;
    }
    let member = controlPlane.members.find(({ machine }) => machine.status?.nodeRef?.name === name);
    if (member === undefined) [member, newcomer] = [newcomer, undefined];
    const health =
      member === undefined
        ? "notHealthy"
        : healthOf(controlPlane.nowMs, member, ["EtcdMemberHealthy"]);
    count[health] += 1;
  }
  const learners = members.filter(isLearning).length;
  return { ...count, total: members.length, voters: members.length - learners, learners };
}

function healthOf(nowMs: number, { machine }: Member, types: readonly string[]): keyof Count {
  if (types.every((each) => isConditionTrue(machine, each))) return "healthy";
  const sinceMs = types
    .map((each) => conditionOf(machine, each))
    .filter((condition) => condition !== undefined && condition.status !== "True")
    .map((condition) => parseTime(condition?.lastTransitionTime ?? "") ?? nowMs);
  return sinceMs.some((since) => nowMs - since > surfaceMs) ? "notHealthy" : "fresh";
}
