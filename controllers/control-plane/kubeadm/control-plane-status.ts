import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import type { Condition } from "../../api/generated/definitions.ts";
import {
  type ConditionValue,
  conditionOf,
  isConditionTrue,
  setConditions,
} from "../../bootstrap/objects/conditions.ts";
import { aggregate, type AggregateReasons } from "./aggregate.ts";
import {
  type ControlPlane,
  desiredReplicas,
  hasHealthyComponents,
  isDeleting,
  isEtcdManaged,
  type Member,
  nameOf,
} from "./control-plane.ts";
import { parseTime } from "../../runtime/clock.ts";
import { remediationFor, remediationInProgress } from "./remediation-record.ts";
import { lowestVersion, versionCounts } from "./versions.ts";
import { rolloutReasons } from "./up-to-date.ts";

/** What a reconcile found out that the objects themselves do not say. */
export interface Findings {
  readonly certificates: ConditionValue;
  readonly isInitialized: boolean;
  readonly etcdCluster?: ConditionValue;
  readonly deleting?: ConditionValue;
  /** Why the next step has to wait, if it has to. */
  readonly blocked?: string;
}

const stuckDeletionMs = 15 * 60_000;

/** The status of the control plane, counted and summed up from its Machines. */
export function computeStatus(
  controlPlane: ControlPlane,
  findings: Findings,
): NonNullable<KubeadmControlPlane["status"]> {
  const { kcp, cluster, members, nowMs } = controlPlane;
  const { generation } = kcp.metadata;
  const count = (type: string) =>
    members.filter(({ machine }) => isConditionTrue(machine, type)).length;
  const version = lowestVersion(members);
  const [readyReplicas, upToDateReplicas] = [count("Ready"), count("UpToDate")];
  const values = conditionValues(controlPlane, findings);
  return {
    ...kcp.status,
    conditions: setConditions(kcp.status?.conditions, values, { nowMs, generation }),
    ...(findings.isInitialized ? { initialization: { controlPlaneInitialized: true } } : {}),
    replicas: members.length,
    readyReplicas,
    availableReplicas: count("Available"),
    upToDateReplicas,
    // What readers of v1beta1 find as readyReplicas, updatedReplicas and unavailableReplicas.
    deprecated: {
      v1beta1: {
        ...kcp.status?.deprecated?.v1beta1,
        readyReplicas,
        updatedReplicas: upToDateReplicas,
        unavailableReplicas: members.length - readyReplicas,
      },
    },
    selector: `cluster.x-k8s.io/cluster-name=${cluster.metadata.name},cluster.x-k8s.io/control-plane`,
    ...lastRemediation(controlPlane),
    ...(version === undefined ? {} : { version }),
    ...(members.length === 0 ? {} : { versions: versionCounts(members) }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
}

/** The one in progress, else the newest that a Machine was made for. */
function lastRemediation({
  kcp,
  members,
}: ControlPlane): Pick<NonNullable<KubeadmControlPlane["status"]>, "lastRemediation"> {
  const records = [
    remediationInProgress(kcp),
    ...members.map(({ machine }) => remediationFor(machine)),
  ].filter((record) => record !== undefined);
  const [newest] = records.sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
  if (newest === undefined) return {};
  const { machine, timestamp: time, retryCount } = newest;
  return { lastRemediation: { machine, time, retryCount } };
}

function conditionValues(
  controlPlane: ControlPlane,
  findings: Findings,
): readonly ConditionValue[] {
  return [
    initialized(findings),
    findings.certificates,
    ...(isEtcdManaged(controlPlane) ? [findings.etcdCluster ?? etcdCluster(controlPlane)] : []),
    componentsHealthy(controlPlane),
    machinesReady(controlPlane),
    machinesUpToDate(controlPlane),
    rollingOut(controlPlane),
    scalingUp(controlPlane, findings),
    scalingDown(controlPlane, findings),
    remediating(controlPlane),
    findings.deleting ?? { type: "Deleting", status: "False", reason: "NotDeleting" },
    available(controlPlane, findings),
  ];
}

function initialized({ isInitialized }: Findings): ConditionValue {
  return isInitialized
    ? { type: "Initialized", status: "True", reason: "Initialized" }
    : { type: "Initialized", status: "False", reason: "NotInitialized" };
}

function problems(members: readonly Member[], types: readonly string[]): readonly string[] {
  return members.flatMap((member) =>
    types
      .map((type) => conditionOf(member.machine, type))
      .filter((condition): condition is Condition => condition?.status === "False")
      .map(
        (condition) => `* Machine ${nameOf(member)}:\n  * ${condition.type}: ${condition.message}`,
      ),
  );
}

function summary(
  controlPlane: ControlPlane,
  type: string,
  types: readonly string[],
): ConditionValue {
  const { members } = controlPlane;
  const bad = problems(members, types);
  if (bad.length > 0) {
    return { type, status: "False", reason: "NotHealthy", message: bad.slice(0, 3).join("\n") };
  }
  const isKnown =
    members.length > 0 &&
    members.every(({ machine }) => types.every((each) => isConditionTrue(machine, each)));
  return isKnown
    ? { type, status: "True", reason: "Healthy" }
    : { type, status: "Unknown", reason: "HealthUnknown" };
}

function componentsHealthy(controlPlane: ControlPlane): ConditionValue {
  const types = ["APIServerPodHealthy", "ControllerManagerPodHealthy", "SchedulerPodHealthy"];
  return summary(
    controlPlane,
    "ControlPlaneComponentsHealthy",
    isEtcdManaged(controlPlane) ? [...types, "EtcdPodHealthy"] : types,
  );
}

function etcdCluster(controlPlane: ControlPlane): ConditionValue {
  return summary(controlPlane, "EtcdClusterHealthy", ["EtcdMemberHealthy"]);
}

const readyReasons: AggregateReasons = {
  issue: "NotReady",
  unknown: "ReadyUnknown",
  info: "Ready",
};
const upToDateReasons: AggregateReasons = {
  issue: "NotUpToDate",
  unknown: "UpToDateUnknown",
  info: "UpToDate",
};
/** A Machine younger than this may not have been looked at yet. */
const upToDateGraceMs = 10_000;

function machinesReady({ members }: ControlPlane): ConditionValue {
  return aggregate("MachinesReady", "Ready", members, readyReasons);
}

function machinesUpToDate({ members, nowMs }: ControlPlane): ConditionValue {
  const settled = members.filter(
    ({ machine }) =>
      conditionOf(machine, "UpToDate") !== undefined || ageMs(machine, nowMs) >= upToDateGraceMs,
  );
  return aggregate("MachinesUpToDate", "UpToDate", settled, upToDateReasons);
}

function rollingOut(controlPlane: ControlPlane): ConditionValue {
  const type = "RollingOut";
  const reasons = controlPlane.members.map((member) => rolloutReasons(controlPlane, member));
  const outdated = reasons.filter((each) => each.length > 0);
  if (outdated.length === 0) return { type, status: "False", reason: "NotRollingOut" };
  const distinct = [...new Set(outdated.flat())].sort();
  const lines = distinct.map((reason) => `* ${reason}`);
  return {
    type,
    status: "True",
    reason: "RollingOut",
    message: [`Rolling out ${outdated.length} not up-to-date replicas`, ...lines].join("\n"),
  };
}

function scalingUp(controlPlane: ControlPlane, { blocked }: Findings): ConditionValue {
  const [current, wanted] = [controlPlane.members.length, wantedReplicas(controlPlane)];
  if (current >= wanted) return { type: "ScalingUp", status: "False", reason: "NotScalingUp" };
  const head = `Scaling up from ${current} to ${wanted} replicas`;
  const message = blocked === undefined ? head : `${head} is blocked because:\n* ${blocked}`;
  return { type: "ScalingUp", status: "True", reason: "ScalingUp", message };
}

function scalingDown(controlPlane: ControlPlane, { blocked }: Findings): ConditionValue {
  const [current, wanted] = [controlPlane.members.length, wantedReplicas(controlPlane)];
  if (current <= wanted) return { type: "ScalingDown", status: "False", reason: "NotScalingDown" };
  const head = `Scaling down from ${current} to ${wanted} replicas`;
  const lines = [
    ...(blocked === undefined ? [] : [`* ${blocked}`]),
    ...staleDeletions(controlPlane),
  ];
  const message = lines.length === 0 ? head : `${head} is blocked because:\n${lines.join("\n")}`;
  return { type: "ScalingDown", status: "True", reason: "ScalingDown", message };
}

function wantedReplicas(controlPlane: ControlPlane): number {
  return controlPlane.kcp.metadata.deletionTimestamp === undefined
    ? desiredReplicas(controlPlane)
    : 0;
}

function staleDeletions({ members, nowMs }: ControlPlane): readonly string[] {
  const names = members
    .filter(isDeleting)
    .filter(({ machine }) => {
      const since = machine.metadata.deletionTimestamp;
      return since !== undefined && ageMs(machine, nowMs, since) > stuckDeletionMs;
    })
    .map(nameOf);
  if (names.length === 0) return [];
  const subject =
    names.length === 1 ? `Machine ${names[0]} is` : `Machines ${names.join(", ")} are`;
  return [`* ${subject} in deletion since more than 15m`];
}

function remediating({ members }: ControlPlane): ConditionValue {
  const type = "Remediating";
  const remediated = members.filter(
    ({ machine }) => conditionOf(machine, "OwnerRemediated")?.status === "False",
  );
  if (remediated.length > 0) {
    const { message } = aggregate(type, "OwnerRemediated", remediated, readyReasons);
    return { type, status: "True", reason: "Remediating", message: message ?? "" };
  }
  const ill = members.filter(
    ({ machine }) => conditionOf(machine, "HealthCheckSucceeded")?.status === "False",
  );
  if (ill.length === 0) return { type, status: "False", reason: "NotRemediating" };
  const names = ill.map(nameOf).join(", ");
  const subject = ill.length === 1 ? `Machine ${names} is` : `Machines ${names} are`;
  return {
    type,
    status: "False",
    reason: "NotRemediating",
    message: `${subject} not healthy (not to be remediated by KubeadmControlPlane)`,
  };
}

/** Users can work with the cluster: certificates, one whole API, and a quorum of etcd. */
function available(controlPlane: ControlPlane, findings: Findings): ConditionValue {
  const type = "Available";
  const missing: string[] = [];
  if (!findings.isInitialized) missing.push("Control plane not yet initialized");
  if (findings.certificates.status !== "True")
    missing.push("Control plane certificates are not available");
  const healthy = controlPlane.members.filter((member) =>
    hasHealthyComponents(controlPlane, member),
  );
  if (findings.isInitialized && healthy.length === 0) {
    missing.push("There are no Machines with healthy control plane components");
  }
  const members = controlPlane.members.length;
  const voting = controlPlane.members.filter(({ machine }) =>
    isConditionTrue(machine, "EtcdMemberHealthy"),
  ).length;
  if (
    findings.isInitialized &&
    isEtcdManaged(controlPlane) &&
    voting < Math.floor(members / 2) + 1
  ) {
    missing.push(
      `${voting} of ${members} etcd members is healthy, at least ${Math.floor(members / 2) + 1} healthy members required for etcd quorum`,
    );
  }
  return missing.length === 0
    ? { type, status: "True", reason: "Available" }
    : {
        type,
        status: "False",
        reason: "NotAvailable",
        message: missing.map((line) => `* ${line}`).join("\n"),
      };
}

function ageMs(
  { metadata }: Member["machine"],
  nowMs: number,
  since = metadata.creationTimestamp,
): number {
  return since === undefined ? 0 : nowMs - (parseTime(since) ?? nowMs);
}
