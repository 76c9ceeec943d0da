import type { Node, NodeCondition } from "../../api/kubernetes.ts";
import type { ConditionInput } from "../../runtime/conditions.ts";

const healthTypes = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] as const;

/** Healthy is ready and under no pressure. */
export function nodeHealthCondition(node: Node): ConditionInput {
  const type = "NodeHealthy";
  const bad = healthTypes.map((name) => findBad(node, name)).filter((each) => each !== undefined);
  const statuses = bad.map(({ condition }) => condition?.status ?? "Unknown");
  const isKnownBad = statuses.some((status) => status !== "Unknown");
  const worst = isKnownBad ? "False" : statuses.length > 0 ? "Unknown" : "True";
  const reasons = { True: "NodeHealthy", False: "NodeNotHealthy", Unknown: "NodeHealthyUnknown" };
  return { type, status: worst, reason: reasons[worst], message: tell(bad) };
}

interface Bad {
  readonly name: string;
  /** Undefined if the Node has not reported it. */
  readonly condition: NodeCondition | undefined;
}

function findBad(node: Node, name: string): Bad | undefined {
  const condition = find(node, name);
  const good = name === "Ready" ? "True" : "False";
  return condition?.status === good ? undefined : { name, condition };
}

/** What all say is told once. */
function tell(bad: readonly Bad[]): string {
  const reported = bad.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  const texts = new Set(reported.map(textOf));
  const [text = ""] = texts;
  if (reported.length > 1 && texts.size === 1) return `* Node.AllConditions: ${text}`;
  return bad
    .map(({ name, condition }) => {
      const said = condition === undefined ? "Condition not yet reported" : textOf(condition);
      return `* Node.${name}: ${said}`;
    })
    .join("\n");
}

export function nodeReadyCondition(node: Node): ConditionInput {
  const type = "NodeReady";
  const condition = find(node, "Ready");
  if (condition === undefined) {
    const message = "* Node.Ready: Condition not yet reported";
    return { type, status: "Unknown", reason: "NodeReadyUnknown", message };
  }
  const { status, lastTransitionTime } = condition;
  const since = lastTransitionTime === undefined ? {} : { lastTransitionTime };
  if (status === "True") return { type, status, reason: "NodeReady", ...since };
  const { message: said = "" } = condition;
  const message = said === "" ? "" : `* Node.Ready: ${said}`;
  return status === "False"
    ? { type, status, reason: "NodeNotReady", message, ...since }
    : { type, status: "Unknown", reason: "NodeReadyUnknown", message, ...since };
}

function find(node: Node, type: string): NodeCondition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === type);
}

function textOf({ message = "", status }: NodeCondition): string {
  return message === "" ? `Condition is ${status}` : message;
}
