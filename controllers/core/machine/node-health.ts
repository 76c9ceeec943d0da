import type { Node, NodeCondition } from "../../api/kubernetes.ts";
import type { ConditionInput } from "../../runtime/conditions.ts";

const pressures = ["MemoryPressure", "DiskPressure", "PIDPressure"] as const;

/** Healthy is ready and under no pressure. capi-behaviour 3.9. */
export function nodeHealthCondition(node: Node): ConditionInput {
  const type = "NodeHealthy";
  const lines: string[] = [];
  const statuses = new Set<string>();
  for (const name of ["Ready", ...pressures]) {
    const condition = find(node, name);
    const good = name === "Ready" ? "True" : "False";
    if (condition?.status === good) continue;
    const text = condition === undefined ? "Condition not yet reported" : textOf(condition);
    lines.push(`* Node.${name}: ${text}`);
    statuses.add(condition === undefined || condition.status === "Unknown" ? "Unknown" : "False");
  }
  const worst = statuses.has("False") ? "False" : statuses.has("Unknown") ? "Unknown" : "True";
  const reasons = { True: "NodeHealthy", False: "NodeNotHealthy", Unknown: "NodeHealthyUnknown" };
  return { type, status: worst, reason: reasons[worst], message: lines.join("\n") };
}

export function nodeReadyCondition(node: Node): ConditionInput {
  const type = "NodeReady";
  const condition = find(node, "Ready");
  if (condition === undefined) {
    const message = "* Node.Ready: Condition not yet reported";
    return { type, status: "Unknown", reason: "NodeReadyUnknown", message };
  }
  if (condition.status === "True") return { type, status: "True", reason: "NodeReady" };
  const message = `* Node.Ready: ${textOf(condition)}`;
  return condition.status === "False"
    ? { type, status: "False", reason: "NodeNotReady", message }
    : { type, status: "Unknown", reason: "NodeReadyUnknown", message };
}

function find(node: Node, type: string): NodeCondition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === type);
}

function textOf({ message, reason, status }: NodeCondition): string {
  if (message !== undefined && message !== "") return message;
  return reason === undefined || reason === "" ? `Condition is ${status}` : reason;
}
