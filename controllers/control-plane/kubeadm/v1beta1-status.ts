import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import type { LegacyCondition } from "../../api/generated/definitions.ts";
import {
  type ConditionValue,
  conditionOf,
  isConditionFalse,
  isConditionTrue,
} from "../../bootstrap/objects/conditions.ts";
import {
  aggregateV1beta1,
  nextV1beta1,
  readyInV1beta1,
  type V1beta1Condition,
} from "../../runtime/v1beta1-conditions.ts";
import { type ControlPlane, desiredReplicas, isEtcdManaged, nameOf } from "./control-plane.ts";
import { type HealthQuestion, healthQuestions } from "./health-summary.ts";
import type { Inspection } from "./inspection.ts";

type Old = NonNullable<
  NonNullable<NonNullable<KubeadmControlPlane["status"]>["deprecated"]>["v1beta1"]
>;

interface Found {
  readonly certificates?: ConditionValue;
  readonly deleting?: ConditionValue;
  readonly inspection: Inspection;
}

/** What readers of v1beta1 find: its conditions with their own reasons, and its counters. */
export function v1beta1Status(controlPlane: ControlPlane, found: Found): Old {
  const { kcp, members, nowMs } = controlPlane;
  const before = kcp.status?.deprecated?.v1beta1;
  const conditions = [
    machinesCreated(controlPlane),
    machinesSpecUpToDate(controlPlane, before?.conditions),
    resized(controlPlane, found),
    aggregateV1beta1(
      "MachinesReady",
      members.map((member) => ({ name: nameOf(member), ready: readyInV1beta1(member.machine) })),
    ),
    available(controlPlane),
    certificatesAvailable(found),
    ...health(controlPlane, found.inspection),
  ];
  const readyReplicas = countReadyNodes(controlPlane, found.inspection);
  const fields: Old = {
    readyReplicas,
    updatedReplicas: members.filter(({ machine }) => isConditionTrue(machine, "UpToDate")).length,
    unavailableReplicas: members.length - readyReplicas,
  };
  return nextV1beta1(before, { conditions, summarized, fields }, nowMs);
}

/** What `Ready` is summed up from, in this order. */
const summarized = [
  "MachinesCreated",
  "MachinesSpecUpToDate",
  "Resized",
  "MachinesReady",
  "Available",
  "CertificatesAvailable",
];

/** v1beta1 counts Nodes, and only while it sees them. */
function countReadyNodes({ kcp }: ControlPlane, inspection: Inspection): number {
  if (inspection.type !== "observed" || kcp.metadata.deletionTimestamp !== undefined) return 0;
  return [...inspection.workload.nodes.values()].filter(({ status }) =>
    status?.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
  ).length;
}

function machinesCreated(controlPlane: ControlPlane): V1beta1Condition | undefined {
  const { kcp, members } = controlPlane;
  const isGoing = kcp.metadata.deletionTimestamp !== undefined;
  return isGoing || members.length < desiredReplicas(controlPlane)
    ? undefined
    : { type: "MachinesCreated", status: "True" };
}

/** Only a rollout makes it appear. */
function machinesSpecUpToDate(
  { kcp, members }: ControlPlane,
  before: readonly LegacyCondition[] = [],
): V1beta1Condition | undefined {
  const type = "MachinesSpecUpToDate";
  if (kcp.metadata.deletionTimestamp !== undefined) return undefined;
  const outdated = members.filter(({ machine }) => isConditionFalse(machine, "UpToDate")).length;
  if (outdated === 0) {
    return before.some((each) => each.type === type) ? { type, status: "True" } : undefined;
  }
  const message = `Rolling ${outdated} replicas with outdated spec (${members.length - outdated} replicas up to date)`;
  return {
    type,
    status: "False",
    severity: "Warning",
    reason: "RollingUpdateInProgress",
    message,
  };
}

function resized(controlPlane: ControlPlane, { deleting }: Found): V1beta1Condition | undefined {
  const type = "Resized";
  const { kcp, members } = controlPlane;
  if (kcp.metadata.deletionTimestamp !== undefined) {
    const isWaiting = deleting?.reason === "WaitingForWorkersDeletion";
    const message = isWaiting ? "Waiting for worker nodes to be deleted first" : "";
    return { type, status: "False", severity: "Info", reason: "Deleting", message };
  }
  const [actual, wanted] = [members.length, desiredReplicas(controlPlane)];
  if (actual !== wanted) {
    const [reason, verb] = actual < wanted ? ["ScalingUp", "up"] : ["ScalingDown", "down"];
    const message = `Scaling ${verb} control plane to ${wanted} replicas (actual ${actual})`;
    return { type, status: "False", severity: "Warning", reason, message };
  }
  const isSettled = members.every(({ machine }) => isConditionTrue(machine, "Ready"));
  return isSettled ? { type, status: "True" } : undefined;
}

function available({ kcp, members }: ControlPlane): V1beta1Condition | undefined {
  const type = "Available";
  if (kcp.status?.initialization?.controlPlaneInitialized === true) return { type, status: "True" };
  return members.length === 0
    ? { type, status: "False", severity: "Info", reason: "WaitingForKubeadmInit" }
    : undefined;
}

function certificatesAvailable({ certificates }: Found): V1beta1Condition | undefined {
  const type = "CertificatesAvailable";
  if (certificates === undefined) return undefined;
  if (certificates.status === "True") return { type, status: "True" };
  const { message = "" } = certificates;
  const reason = "CertificatesGenerationFailed";
  return { type, status: "False", severity: "Warning", reason, message };
}

function health(
  controlPlane: ControlPlane,
  inspection: Inspection,
): readonly (V1beta1Condition | undefined)[] {
  if (inspection.type !== "observed") return [];
  const values = healthQuestions(controlPlane, inspection).map((question) =>
    summarizeHealth(controlPlane, question),
  );
  // What it does not manage it takes to be well.
  return isEtcdManaged(controlPlane)
    ? values
    : [...values, { type: "EtcdClusterHealthy", status: "True" }];
}

/** Machines without a Node are not counted; what is unknown only if nothing else is said. */
function summarizeHealth(
  { members }: ControlPlane,
  { type, parts, errors, note }: HealthQuestion,
): V1beta1Condition | undefined {
  const subject = type.replace(/Healthy$/, "");
  const namesWhere = (judge: (value: ConditionValue) => boolean) =>
    members
      .filter(({ machine }) => machine.status?.nodeRef !== undefined)
      .filter(({ machine }) =>
        parts.some((part) => {
          const condition = conditionOf(machine, part);
          return condition !== undefined && judge(condition);
        }),
      )
      .map(nameOf)
      .join(", ");
  const ill = namesWhere((value) => value.status === "False" && !isPassing(value));
  const all =
    ill === "" ? errors : [...errors, `Following Machines are reporting ${note} errors: ${ill}`];
  const reason = `${subject}Unhealthy`;
  if (all.length > 0) {
    return { type, status: "False", severity: "Error", reason, message: all.join("; ") };
  }
  const passing = namesWhere((value) => value.status === "False");
  if (passing !== "") {
    const message = `Following Machines are reporting ${note} info: ${passing}`;
    return { type, status: "False", severity: "Info", reason, message };
  }
  if (namesWhere(({ status }) => status === "True") !== "") return { type, status: "True" };
  const unknown = namesWhere(({ status }) => status === "Unknown");
  if (unknown === "") return undefined;
  const message = `Following Machines are reporting unknown ${note} status: ${unknown}`;
  return { type, status: "Unknown", reason: `${subject}Unknown`, message };
}

/** What a machine goes through as it comes or goes. */
function isPassing({ reason }: ConditionValue): boolean {
  return reason === "Provisioning" || reason === "Deleting";
}
