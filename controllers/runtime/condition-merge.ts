import type { Condition, ConditionInput } from "./conditions.ts";

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
    .map(
      (entry) =>
        `* ${entry.type}: ${bulleted(entry.message === "" ? entry.reason : entry.message)}`,
    );
  return { type, ...verdict(worst, options.reasons), message: lines.join("\n") };
}

function classify(condition: Condition, options: SummaryOptions): Class {
  if (options.isInfo?.(condition) === true) return "info";
  if (condition.status === "Unknown") return "unknown";
  const bad = options.negative?.includes(condition.type) === true ? "True" : "False";
  return condition.status === bad ? "issue" : "info";
}

export function bulleted(message: string): string {
  if (!message.includes("\n")) return message;
  const lines = message.split("\n").map((line) => (/^\s*\* /.test(line) ? line : `* ${line}`));
  return `\n${lines.map((line) => `  ${line}`).join("\n")}`;
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
  /** True is the bad answer. */
  readonly negative?: boolean;
  readonly reasons: MergeReasons;
}

const mostMessages = 3;
const mostNames = 3;
const classRank: Readonly<Record<Class, number>> = { issue: 0, unknown: 1, info: 2 };

interface Group {
  readonly kind: string;
  readonly class: Class;
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
  return { type, ...verdict(worst, options.reasons), message: tell(told) };
}

function groupMembers(members: readonly AggregateMember[], options: AggregateOptions): Group[] {
  const groups = new Map<string, Group>();
  for (const { name, kind, isControlPlane = false, condition } of sortedMembers(members)) {
    const missing = `Condition ${options.source} not yet reported`;
    const message = condition === undefined ? missing : condition.message;
    const found = classifyOne(condition, options.negative === true);
    const key = `${kind} ${found} ${message}`;
    const group = groups.get(key) ?? {
      kind,
      class: found,
      message,
      names: [],
      hasControlPlane: false,
    };
    groups.set(key, group);
    group.names.push(name);
    if (isControlPlane) group.hasControlPlane = true;
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

function tell(groups: readonly Group[]): string {
  const ordered = groups.toSorted(
    (a, b) =>
      Number(b.hasControlPlane) - Number(a.hasControlPlane) ||
      classRank[a.class] - classRank[b.class] ||
      b.names.length - a.names.length ||
      (a.names.join() < b.names.join() ? -1 : 1),
  );
  const lines = ordered.slice(0, mostMessages).map(line);
  const rest = ordered.slice(mostMessages);
  for (const [name, text] of [
    ["issue", "with other issues"],
    ["unknown", "with status unknown"],
    ["info", "with additional info"],
  ] as const) {
    const of = rest.filter((group) => group.class === name);
    const count = of.reduce((sum, group) => sum + group.names.length, 0);
    if (count > 0) lines.push(`And ${count} ${of[0]?.kind ?? ""}${count === 1 ? "" : "s"} ${text}`);
  }
  return lines.join("\n");
}

function line({ kind, names, message }: Group): string {
  const shown = names.slice(0, mostNames).join(", ");
  const more = names.length > mostNames ? `, ... (${names.length - mostNames} more)` : "";
  const text = message === "" ? "" : message.includes("\n") ? bulleted(message) : ` ${message}`;
  return `* ${kind}${names.length === 1 ? "" : "s"} ${shown}${more}:${text}`;
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
