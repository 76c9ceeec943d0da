import type { Condition } from "../../api/generated/definitions.ts";
import { type ConditionValue, conditionOf } from "../../bootstrap/objects/conditions.ts";
import { type ControlPlane, isEtcdManaged, type Member, nameOf } from "./control-plane.ts";
import { isProvisioning, membersWithoutMachine } from "./etcd-health.ts";
import type { WorkloadObservation } from "./inspect-workload.ts";
import type { Inspection } from "./inspection.ts";
import { podConditionTypes } from "./machine-health.ts";
import { listNames, plural } from "../../runtime/name-list.ts";

/** What is asked about all Machines at once. */
export interface HealthQuestion {
  readonly type: string;
  /** The conditions of Machines that count. */
  readonly parts: readonly string[];
  /** What can be told of no Machine. */
  readonly errors: readonly string[];
  readonly note: string;
}

/** EtcdClusterHealthy and ControlPlaneComponentsHealthy: what the Machines say, and what belongs to none of them. */
export function healthConditions(
  controlPlane: ControlPlane,
  inspection: Inspection,
): readonly ConditionValue[] {
  if (inspection.type === "kept") return [];
  const types = isEtcdManaged(controlPlane)
    ? ["EtcdClusterHealthy", "ControlPlaneComponentsHealthy"]
    : ["ControlPlaneComponentsHealthy"];
  if (inspection.type === "unknown") {
    const { reason, message } = inspection;
    return types.map((type) => ({ type, status: "Unknown", reason, message }));
  }
  return healthQuestions(controlPlane, inspection).map((question) =>
    summarize(controlPlane.members, question),
  );
}

export function healthQuestions(
  controlPlane: ControlPlane,
  { workload, etcd }: Extract<Inspection, { type: "observed" }>,
): readonly HealthQuestion[] {
  const strangers = nodesWithoutMachine(controlPlane, workload);
  const components = {
    type: "ControlPlaneComponentsHealthy",
    parts: podConditionTypes(controlPlane),
    errors: strangers,
    note: "control plane",
  };
  if (etcd === undefined) return [components];
  const etcdCluster = {
    type: "EtcdClusterHealthy",
    parts: ["EtcdMemberHealthy"],
    errors: [...membersWithoutMachine(controlPlane, etcd), ...strangers],
    note: "etcd member",
  };
  return [etcdCluster, components];
}

/** While a machine is on its way the Node may be its own. */
function nodesWithoutMachine(
  controlPlane: ControlPlane,
  { nodes }: WorkloadObservation,
): readonly string[] {
  if (isProvisioning(controlPlane)) return [];
  const known = new Set(controlPlane.members.map(({ machine }) => machine.status?.nodeRef?.name));
  return [...nodes.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `Control plane Node ${name} does not have a corresponding Machine`);
}

/** Errors beat what is unknown, that beats what is well. Equal findings are told once, with the names of the Machines. */
function summarize(members: readonly Member[], question: HealthQuestion): ConditionValue {
  const { type, errors, note } = question;
  const found = members.map((member) => ({
    name: nameOf(member),
    ...judge(member, question.parts),
  }));
  const message = [...tell(found), ...errors.map((error) => `* ${error}`)].join("\n");
  const has = (status: Status) => found.some(({ statuses }) => statuses.has(status));
  if (errors.length > 0 || has("False")) {
    return { type, status: "False", reason: "NotHealthy", message };
  }
  if (has("Unknown")) return { type, status: "Unknown", reason: "HealthUnknown", message };
  if (has("True")) return { type, status: "True", reason: "Healthy" };
  const nobody = `No Machines reporting ${note} status`;
  return { type, status: "Unknown", reason: "HealthUnknown", message: nobody };
}

type Status = Condition["status"];

interface Finding {
  readonly name: string;
  readonly statuses: ReadonlySet<Status>;
  /** Lines about what is not well; empty if nothing is to be told. */
  readonly text: string;
}

/** What is unknown of a machine without an instance is not held against it. */
function judge({ machine }: Member, parts: readonly string[]): Omit<Finding, "name"> {
  const conditions = parts
    .map((part) => conditionOf(machine, part))
    .filter((condition) => condition !== undefined);
  const statusOf = ({ status }: Condition): Status =>
    status === "Unknown" && machine.spec.providerID === undefined ? "True" : status;
  const lines = conditions
    .filter((condition) => statusOf(condition) !== "True")
    .map(({ type, status, message }) => `  * ${type}: ${orStatus(message, status)}`);
  const messages = new Set(conditions.map(({ message }) => message));
  const isCommon = conditions.length > 1 && messages.size === 1 && !messages.has("");
  const text = isCommon
    ? `  * Control plane components: ${[...messages].join("")}`
    : lines.join("\n");
  return { statuses: new Set(conditions.map(statusOf)), text };
}

function orStatus(message: string, status: Status): string {
  return message === "" ? `condition is ${status}` : message;
}

function tell(found: readonly Finding[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { name, text } of found) {
    if (text !== "") names.set(text, [...(names.get(text) ?? []), name]);
  }
  return [...names]
    .sort(([, a], [, b]) => b.length - a.length || (a.join() < b.join() ? -1 : 1))
    .map(([text, of]) => `* ${plural("Machine", of.length)} ${listNames(of, 3)}:\n${text}`);
}
