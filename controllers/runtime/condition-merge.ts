import type { Condition, ConditionInput } from "./conditions.ts";
import { plural } from "./name-list.ts";

/** The reason of a merged condition: by what was found worst. */
export interface MergeReasons {
  readonly issue: string;
  readonly unknown: string;
  readonly info: string;
}

type Class = "info" | "issue" | "unknown";

export interface SummaryOptions {
  /** In the order in which their messages are told. */
  readonly types: readonly string[];
  /** Types for which True is the bad answer. */
  readonly negative?: readonly string[];
  readonly ignoreIfMissing?: readonly string[];
  /** Conditions that are not held against the object although they look bad: while it is being deleted, say. */
  readonly isInfo?: (condition: Pick<Condition, "reason" | "status" | "type">) => boolean;
  /** Last word on the lines of the message. */
  readonly reword?: (lines: readonly string[]) => readonly string[];
  readonly reasons: MergeReasons;
}

/** One condition from several conditions of the same object: capi-behaviour 0.6. */
export function summarizeConditions(
  type: string,
  conditions: readonly Condition[],
  options: SummaryOptions,
): ConditionInput {
  const found: { class: Class; type: string; message: string; reason: string }[] = [];
  for (const wanted of options.types) {
    const condition = conditions.find((candidate) => candidate.type === wanted);
    if (condition === undefined) {
      if (options.ignoreIfMissing?.includes(wanted) === true) continue;
      const reason = "NotYetReported";
      found.push({ class: "unknown", type: wanted, reason, message: "Condition not yet reported" });
    } else {
      const { message, reason } = condition;
      found.push({ class: classify(condition, options), type: wanted, message, reason });
    }
  }
  const worst = worstOf(found);
  const told = worst === "info" ? found : found.filter((entry) => entry.class !== "info");
  const lines = told
    .filter((entry) => worst !== "info" || entry.message !== "")
    .map(({ type: name, message, reason }) => `* ${name}:${indented(message || reason)}`);
  const reworded = options.reword?.(lines) ?? lines;
  return { type, ...verdict(worst, options.reasons), message: reworded.join("\n") };
}

function classify(condition: Condition, options: SummaryOptions): Class {
  if (options.isInfo?.(condition) === true) return "info";
  if (condition.status === "Unknown") return "unknown";
  const bad = options.negative?.includes(condition.type) === true ? "True" : "False";
  return condition.status === bad ? "issue" : "info";
}

const bullet = /\*\s/;

/** A message after a colon: one plain line follows it, anything else becomes a list below it. */
function indented(message: string): string {
  if (!message.includes("\n") && !bullet.test(message)) return message === "" ? "" : ` ${message}`;
  const lines = message.split("\n");
  const isMixed = lines.some((line) => !bullet.test(line));
  const prefixed = lines.map((line) => {
    if (!isMixed) return `  ${line}`;
    return bullet.test(line) ? `    ${line}` : `  * ${line}`;
  });
  return `\n${prefixed.join("\n")}`;
}

function worstOf(found: readonly { readonly class: Class }[]): Class {
  if (found.some((entry) => entry.class === "issue")) return "issue";
  return found.some((entry) => entry.class === "unknown") ? "unknown" : "info";
}

function verdict(worst: Class, reasons: MergeReasons) {
  const status = worst === "issue" ? "False" : worst === "unknown" ? "Unknown" : "True";
  return { status, reason: reasons[worst] } as const;
}

/** One of the objects whose conditions are merged. */
export interface AggregateMember {
  readonly name: string;
  readonly kind: string;
  readonly isControlPlane?: boolean;
  readonly condition: Condition | undefined;
}

export interface AggregateOptions {
  /** The condition that is looked at in each object. */
  readonly source: string;
  /** True is the bad answer, in the objects and in the result. */
  readonly negative?: boolean;
  readonly reasons: MergeReasons;
}

const mostMessages = 3;
const mostNames = 3;
const classRank: Readonly<Record<Class, number>> = { issue: 0, unknown: 1, info: 2 };

interface Group {
  readonly kind: string;
  class: Class;
  readonly message: string;
  readonly names: string[];
  hasControlPlane: boolean;
}

/** One condition from the same condition of many objects: equal messages are told once, with names. capi-behaviour 0.7. */
export function aggregateConditions(
  type: string,
  members: readonly AggregateMember[],
  options: AggregateOptions,
): ConditionInput {
  const groups = groupMembers(members, options);
  const worst = worstOf(groups);
  const told = groups.filter((group) =>
    worst === "info" ? group.message !== "" : group.class !== "info",
  );
  const good = verdict(worst, options.reasons);
  const bad = { True: "False", False: "True", Unknown: "Unknown" } as const;
  const status = options.negative === true ? bad[good.status] : good.status;
  return { type, status, reason: good.reason, message: tell(told) };
}

/** What is said equally is told once, as what is the worst of it. */
function groupMembers(members: readonly AggregateMember[], options: AggregateOptions): Group[] {
  const groups = new Map<string, Group>();
  for (const { name, kind, isControlPlane = false, condition } of sortedMembers(members)) {
    const missing = `Condition ${options.source} not yet reported`;
    const message = condition === undefined ? missing : condition.message;
    const found = classifyOne(condition, options.negative === true);
    const key = `${kind} ${found === "info" ? found : "told"} ${message}`;
    const fresh = { kind, class: found, message, names: [], hasControlPlane: false };
    const group = groups.get(key) ?? fresh;
    groups.set(key, group);
    group.names.push(name);
    if (isControlPlane) group.hasControlPlane = true;
    if (classRank[found] < classRank[group.class]) group.class = found;
  }
  return [...groups.values()];
}

function classifyOne(condition: Condition | undefined, negative: boolean): Class {
  if (condition === undefined || condition.status === "Unknown") return "unknown";
  return condition.status === (negative ? "True" : "False") ? "issue" : "info";
}

function sortedMembers(members: readonly AggregateMember[]): readonly AggregateMember[] {
  return members.toSorted(
    (a, b) =>
      Number(b.isControlPlane ?? false) - Number(a.isControlPlane ?? false) ||
      (a.name < b.name ? -1 : 1),
  );
}

/** Kind by kind: the first few messages, and how many objects have others. */
function tell(groups: readonly Group[]): string {
  const lines: string[] = [];
  let left = mostMessages;
  for (const kind of [...new Set(groups.map((group) => group.kind))].sort()) {
    const ordered = groups.filter((group) => group.kind === kind).toSorted(compareGroups);
    lines.push(...ordered.slice(0, left).map(line), ...others(ordered.slice(left)));
    left = Math.max(0, left - ordered.length);
  }
  return lines.join("\n");
}

function compareGroups(a: Group, b: Group): number {
  return (
    Number(b.hasControlPlane) - Number(a.hasControlPlane) ||
    classRank[a.class] - classRank[b.class] ||
    b.names.length - a.names.length ||
    (a.names.join() < b.names.join() ? -1 : 1)
  );
}

const otherTexts = [
  ["issue", "with other issues"],
  ["unknown", "with status unknown"],
  ["info", "with additional info"],
] as const;

function others(groups: readonly Group[]): readonly string[] {
  return otherTexts.flatMap(([name, text]) => {
    const of = groups.filter((group) => group.class === name);
    const count = of.reduce((sum, group) => sum + group.names.length, 0);
    return count === 0 ? [] : [`And ${count} ${plural(of[0]?.kind ?? "", count)} ${text}`];
  });
}

function line({ kind, names, message }: Group): string {
  const shown = names.slice(0, mostNames).join(", ");
  const more = names.length > mostNames ? `, ... (${names.length - mostNames} more)` : "";
  return `* ${plural(kind, names.length)} ${shown}${more}:${indented(message)}`;
}

/** The condition of another object as one's own; the fallback where it does not report one. capi-behaviour 0.8. */
export function mirrorCondition(
  type: string,
  source:
    | { readonly status?: string; readonly reason?: string; readonly message?: string }
    | undefined,
  fallback: ConditionInput,
): ConditionInput {
  const status = source?.status;
  if (status !== "True" && status !== "False" && status !== "Unknown") return { ...fallback, type };
  const reason = source?.reason === undefined || source.reason === "" ? undefined : source.reason;
  return {
    type,
    status,
    reason: reason ?? (status === "True" ? fallbackTrue(fallback) : "NoReasonReported"),
    message: source?.message ?? "",
  };
}

function fallbackTrue(fallback: ConditionInput): string {
  return fallback.status === "True" ? fallback.reason : "Ready";
}
