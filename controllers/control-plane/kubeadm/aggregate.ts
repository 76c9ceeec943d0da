import { type ConditionValue, conditionOf } from "../../bootstrap/objects/conditions.ts";
import { type Member, nameOf } from "./control-plane.ts";

export interface AggregateReasons {
  readonly issue: string;
  readonly unknown: string;
  readonly info: string;
}

/** So many different messages are told, the rest is counted. */
const maxMessages = 3;
const maxNames = 3;

/** One condition for the same condition of several Machines; equal messages are told once, with the names. */
export function aggregate(
  type: string,
  source: string,
  members: readonly Member[],
  reasons: AggregateReasons,
): ConditionValue {
  if (members.length === 0) return { type, status: "True", reason: "NoReplicas" };
  const found = members.map((member) => {
    const condition = conditionOf(member.machine, source);
    const status = condition?.status ?? "Unknown";
    const message = condition?.message ?? `Condition ${source} not yet reported`;
    return { name: nameOf(member), status, message };
  });
  const has = (status: string) => found.some((each) => each.status === status);
  if (!has("False") && !has("Unknown")) return { type, status: "True", reason: reasons.info };
  const status = has("False") ? "False" : "Unknown";
  const told = found.filter((each) => each.status !== "True");
  return {
    type,
    status,
    reason: has("False") ? reasons.issue : reasons.unknown,
    message: tell(told),
  };
}

function tell(
  found: readonly { readonly name: string; readonly status: string; readonly message: string }[],
): string {
  const groups = new Map<string, { names: string[]; isIssue: boolean }>();
  for (const { name, status, message } of found) {
    const group = groups.get(message) ?? { names: [], isIssue: false };
    group.names.push(name);
    if (status === "False") group.isIssue = true;
    groups.set(message, group);
  }
  const ordered = [...groups].sort(
    ([, a], [, b]) => Number(b.isIssue) - Number(a.isIssue) || b.names.length - a.names.length,
  );
  const lines = ordered
    .slice(0, maxMessages)
    .map(([message, { names }]) => `${subject(names)}:${indent(message)}`);
  const rest = ordered.slice(maxMessages).reduce((sum, [, { names }]) => sum + names.length, 0);
  if (rest > 0) lines.push(`And ${rest} ${rest === 1 ? "Machine" : "Machines"} with other issues`);
  return lines.join("\n");
}

function subject(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, maxNames).join(", ");
  const more = names.length > maxNames ? `, ... (${names.length - maxNames} more)` : "";
  return `* ${names.length === 1 ? "Machine" : "Machines"} ${shown}${more}`;
}

function indent(message: string): string {
  if (!message.includes("\n") && !message.startsWith("* ")) return ` ${message}`;
  return `\n${message
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}`;
}
