import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import {
  type ConditionValue,
  conditionOf,
  isConditionFalse,
  isConditionTrue,
  setConditions,
} from "../../bootstrap/objects/conditions.ts";
import { parseTime } from "../../runtime/clock.ts";
import { aggregateConditions, type MergeReasons } from "../../runtime/condition-merge.ts";
import { machinesAre } from "../../runtime/name-list.ts";
import { staleDeletions } from "../../runtime/stale-deletions.ts";
import { available } from "./availability.ts";
import { type ControlPlane, isToBeRemediated, type Member, nameOf } from "./control-plane.ts";
import { healthConditions } from "./health-summary.ts";
import type { Inspection } from "./inspection.ts";
import type { PreflightFailure } from "./preflight.ts";
import { remediationFor, remediationInProgress } from "./remediation-record.ts";
import { v1beta1Status } from "./v1beta1-status.ts";
import { lowestVersion, versionCounts } from "./versions.ts";

/** What a reconcile found out that the objects themselves do not say. */
export interface Findings {
  /** Undefined if this reconcile did not come so far: then it stays what it was. */
  readonly certificates?: ConditionValue;
  readonly isInitialized: boolean;
  readonly inspection: Inspection;
  readonly deleting?: ConditionValue;
  /** What keeps the next machine from coming or going. */
  readonly preflight?: readonly PreflightFailure[];
  /** The kind of the infrastructure template, if there is none of that name. */
  readonly missingTemplate?: string;
}

/** The status of the control plane, counted and summed up from its Machines. */
export function computeStatus(
  controlPlane: ControlPlane,
  findings: Findings,
): NonNullable<KubeadmControlPlane["status"]> {
  const { kcp, cluster, members } = controlPlane;
  const { generation } = kcp.metadata;
  const count = (type: string) =>
    members.filter(({ machine }) => isConditionTrue(machine, type)).length;
  const version = lowestVersion(members);
  const status = {
    ...kcp.status,
    ...(findings.isInitialized ? { initialization: { controlPlaneInitialized: true } } : {}),
    replicas: members.length,
    readyReplicas: count("Ready"),
    availableReplicas: count("Available"),
    upToDateReplicas: count("UpToDate"),
    selector: `cluster.x-k8s.io/cluster-name=${cluster.metadata.name},cluster.x-k8s.io/control-plane`,
    ...lastRemediation(controlPlane),
    ...(version === undefined ? {} : { version }),
    ...(members.length === 0 ? {} : { versions: versionCounts(members) }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  const conditions = computeConditions({ ...controlPlane, kcp: { ...kcp, status } }, findings);
  const counted = { ...controlPlane, kcp: { ...kcp, status: { ...status, conditions } } };
  return { ...counted.kcp.status, deprecated: { v1beta1: v1beta1Status(counted, findings) } };
}

/** The one in progress, else the newest that a Machine was made for. */
function lastRemediation({
  kcp,
  members,
}: ControlPlane): Pick<NonNullable<KubeadmControlPlane["status"]>, "lastRemediation"> {
  const records = members
    .map(({ machine }) => remediationFor(machine))
    .filter((record) => record !== undefined)
    .sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
  const newest = remediationInProgress(kcp) ?? records[0];
  if (newest === undefined) return {};
  const { machine, timestamp: time, retryCount } = newest;
  return { lastRemediation: { machine, time, retryCount } };
}

/** `Available` looks at others of these: it comes last. */
function computeConditions(controlPlane: ControlPlane, findings: Findings) {
  const { kcp, nowMs } = controlPlane;
  const stamp = { nowMs, generation: kcp.metadata.generation };
  const conditions = setConditions(
    kcp.status?.conditions,
    [
      initialized(findings),
      ...(findings.certificates === undefined ? [] : [findings.certificates]),
      ...healthConditions(controlPlane, findings.inspection),
      machinesReady(controlPlane),
      machinesUpToDate(controlPlane),
      rollingOut(controlPlane),
      scalingUp(controlPlane, findings),
      scalingDown(controlPlane, findings),
      remediating(controlPlane),
      findings.deleting ?? { type: "Deleting", status: "False", reason: "NotDeleting" },
    ],
    stamp,
  );
  const known = { ...controlPlane, kcp: { ...kcp, status: { ...kcp.status, conditions } } };
  return setConditions(conditions, [available(known, findings.inspection)], stamp);
}

function initialized({ isInitialized }: Findings): ConditionValue {
  return isInitialized
    ? { type: "Initialized", status: "True", reason: "Initialized" }
    : { type: "Initialized", status: "False", reason: "NotInitialized" };
}

/** A Machine younger than this may not have been looked at yet. */
const upToDateGraceMs = 10_000;

function machinesReady({ members }: ControlPlane): ConditionValue {
  const reasons = { issue: "NotReady", unknown: "ReadyUnknown", info: "Ready" };
  return aggregate("MachinesReady", "Ready", members, reasons);
}

function machinesUpToDate({ members, nowMs }: ControlPlane): ConditionValue {
  const settled = members.filter(
    ({ machine }) =>
      conditionOf(machine, "UpToDate") !== undefined || ageMs(machine, nowMs) > upToDateGraceMs,
  );
  const reasons = { issue: "NotUpToDate", unknown: "UpToDateUnknown", info: "UpToDate" };
  return aggregate("MachinesUpToDate", "UpToDate", settled, reasons);
}

function aggregate(
  type: string,
  source: string,
  members: readonly Member[],
  reasons: MergeReasons,
): ConditionValue {
  if (members.length === 0) return { type, status: "True", reason: "NoReplicas" };
  const machines = members.map((member) => ({
    name: nameOf(member),
    kind: "Machine",
    isControlPlane: true,
    condition: conditionOf(member.machine, source),
  }));
  return aggregateConditions(type, machines, { source, reasons });
}

function ageMs({ metadata }: Member["machine"], nowMs: number): number {
  return nowMs - (parseTime(metadata.creationTimestamp ?? "") ?? nowMs);
}

/** Every reason for which a Machine is replaced, a change of version first. */
function rollingOut({ members }: ControlPlane): ConditionValue {
  const type = "RollingOut";
  const outdated = members
    .map(({ machine }) => conditionOf(machine, "UpToDate"))
    .filter((condition) => condition?.status === "False");
  if (outdated.length === 0) return { type, status: "False", reason: "NotRollingOut" };
  const lines = outdated.flatMap((condition) => condition?.message.split("\n") ?? []);
  const reasons = [...new Set(lines.filter((line) => line !== ""))].sort(
    (a, b) => Number(isVersion(b)) - Number(isVersion(a)) || (a < b ? -1 : 1),
  );
  const message = [`Rolling out ${outdated.length} not up-to-date replicas`, ...reasons].join("\n");
  return { type, status: "True", reason: "RollingOut", message };
}

function isVersion(reason: string): boolean {
  return reason.startsWith("* Version");
}

function scalingUp(controlPlane: ControlPlane, findings: Findings): ConditionValue {
  const { preflight = [], missingTemplate } = findings;
  const type = "ScalingUp";
  const wanted = wantedReplicas(controlPlane);
  if (wanted === undefined) return waitingForReplicas(type);
  const current = controlPlane.members.length;
  const missing = missingTemplate === undefined ? [] : [`${missingTemplate} does not exist`];
  if (current >= wanted) {
    const message = missing.map((line) => `Scaling up would be blocked because ${line}`).join("");
    return { type, status: "False", reason: "NotScalingUp", message };
  }
  const head = `Scaling up from ${current} to ${wanted} replicas`;
  const message = withObstacles(head, [...preflightTexts(preflight), ...missing]);
  return { type, status: "True", reason: "ScalingUp", message };
}

function scalingDown(
  controlPlane: ControlPlane,
  { preflight = [] }: Pick<Findings, "preflight">,
): ConditionValue {
  const type = "ScalingDown";
  const wanted = wantedReplicas(controlPlane);
  if (wanted === undefined) return waitingForReplicas(type);
  const current = controlPlane.members.length;
  if (current <= wanted) return { type, status: "False", reason: "NotScalingDown" };
  const machines = controlPlane.members.map(({ machine }) => machine);
  const stale = staleDeletions(machines, controlPlane.nowMs);
  const head = `Scaling down from ${current} to ${wanted} replicas`;
  const obstacles = [...preflightTexts(preflight), ...(stale === undefined ? [] : [stale])];
  return { type, status: "True", reason: "ScalingDown", message: withObstacles(head, obstacles) };
}

function waitingForReplicas(type: string): ConditionValue {
  const message = "Waiting for spec.replicas set";
  return { type, status: "Unknown", reason: "WaitingForReplicasSet", message };
}

function withObstacles(head: string, obstacles: readonly string[]): string {
  if (obstacles.length === 0) return head;
  return [`${head} is blocked because:`, ...obstacles.map((line) => `* ${line}`)].join("\n");
}

/** In the order in which they are told. */
const preflightMessages: Readonly<Record<PreflightFailure, string>> = {
  deletingMachine: "waiting for a control plane Machine to complete deletion",
  certificates: "cluster certificates are missing or unknown",
  components: "waiting for control plane components to become healthy",
  etcd: "waiting for etcd cluster to become healthy",
};

function preflightTexts(failures: readonly PreflightFailure[]): readonly string[] {
  return Object.entries(preflightMessages)
    .filter(([failure]) => failures.some((each) => each === failure))
    .map(([, text]) => text);
}

function wantedReplicas({ kcp }: ControlPlane): number | undefined {
  return kcp.metadata.deletionTimestamp === undefined ? kcp.spec.replicas : 0;
}

function remediating({ members }: ControlPlane): ConditionValue {
  const type = "Remediating";
  const remediated = members.filter(isToBeRemediated);
  if (remediated.length > 0) {
    const reasons = { issue: type, unknown: type, info: type };
    const { message = "" } = aggregate(type, "OwnerRemediated", remediated, reasons);
    return { type, status: "True", reason: type, message };
  }
  const ill = members.filter(({ machine }) => isConditionFalse(machine, "HealthCheckSucceeded"));
  const message =
    ill.length === 0
      ? ""
      : `${machinesAre(ill.map(nameOf))} not healthy (not to be remediated by KubeadmControlPlane)`;
  return { type, status: "False", reason: "NotRemediating", message };
}
