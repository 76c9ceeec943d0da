import type { LegacyCondition } from "../api/generated/definitions.ts";
import { formatTime } from "./clock.ts";

type Severity = "Error" | "Info" | "Warning";

/** A condition as v1beta1 has it: a reason only where something is wrong, and how bad that is. */
export type V1beta1Condition =
  | { readonly type: string; readonly status: "True" }
  | {
      readonly type: string;
      readonly status: "False";
      readonly severity: Severity;
      readonly reason: string;
      readonly message?: string;
    }
  | {
      readonly type: string;
      readonly status: "Unknown";
      readonly reason: string;
      readonly message?: string;
    };

interface Old {
  conditions?: LegacyCondition[];
}

/** What is said in v1beta1 of an object. */
export interface V1beta1Report<Fields> {
  /** What is undefined stays as it is. */
  readonly conditions: readonly (V1beta1Condition | undefined)[];
  /** The conditions that `Ready` is summed up from, the one that decides among equally bad ones first. */
  readonly summarized: readonly string[];
  /** Instead of a message `Ready` says how many of so many steps are done, as long as it is about nothing else. */
  readonly steps?: readonly string[];
  readonly fields?: Partial<Fields>;
}

/** Puts `status.deprecated.v1beta1` in place. */
export function recordV1beta1<Fields extends Old>(
  draft: { status?: { deprecated?: { v1beta1?: Fields } } },
  report: V1beta1Report<Fields>,
  nowMs: number,
): void {
  const status = (draft.status ??= {});
  status.deprecated = { v1beta1: nextV1beta1(status.deprecated?.v1beta1, report, nowMs) };
}

/** `status.deprecated.v1beta1` as it follows from what it was. */
export function nextV1beta1<Fields extends Old>(
  before: Fields | undefined,
  report: V1beta1Report<Fields>,
  nowMs: number,
): Fields {
  const conditions = before?.conditions ?? [];
  const byType = new Map(conditions.map((condition) => [condition.type, condition]));
  for (const value of report.conditions) if (value !== undefined) say(byType, value, nowMs);
  const ready = summarizeV1beta1(byType, report);
  if (ready !== undefined) say(byType, ready, nowMs);
  const next = [...byType.values()].sort(byRank);
  const isAsBefore =
    next.length === conditions.length && next.every((each, index) => each === conditions[index]);
  return { ...before, ...report.fields, conditions: isAsBefore ? conditions : next } as Fields;
}

/** The time changes with anything that is said. */
function say(
  byType: Map<string, LegacyCondition>,
  { message, ...rest }: V1beta1Condition & { readonly message?: string },
  nowMs: number,
): void {
  const said = { ...rest, ...(message === undefined || message === "" ? {} : { message }) };
  const old = byType.get(said.type);
  if (old !== undefined && saysTheSame(old, said)) return;
  byType.set(said.type, { ...said, lastTransitionTime: formatTime(nowMs) });
}

/** `Ready` first, then by name. */
function byRank(a: LegacyCondition, b: LegacyCondition): number {
  return Number(b.type === "Ready") - Number(a.type === "Ready") || (a.type < b.type ? -1 : 1);
}

function saysTheSame(old: LegacyCondition, said: Omit<LegacyCondition, "lastTransitionTime">) {
  return (["status", "severity", "reason", "message"] as const).every(
    (field) => old[field] === said[field],
  );
}

/** Worst first. That something is not known weighs less than that something else is well. */
const ranks = ["False/Error", "False/Warning", "False/Info", "True/", "Unknown/"];

function rankOf({ status, severity = "" }: Pick<LegacyCondition, "severity" | "status">): number {
  return ranks.indexOf(`${status}/${status === "False" ? severity : ""}`);
}

/** `Ready`, from conditions of the same object: the worst of them, the first of equally bad ones. */
function summarizeV1beta1(
  byType: ReadonlyMap<string, LegacyCondition>,
  { summarized, steps }: Pick<V1beta1Report<Old>, "steps" | "summarized">,
): V1beta1Condition | undefined {
  const found = summarized.flatMap((type) => byType.get(type) ?? []);
  const worst = found.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
  if (worst === undefined) return undefined;
  if (steps === undefined || found.some(({ type }) => !steps.includes(type))) {
    return as("Ready", worst);
  }
  const well = found.filter(({ status }) => status === "True").length;
  return as("Ready", { ...worst, message: `${well} of ${steps.length} completed` });
}

/** `Ready` of another object under a name of one's own; the fallback where it says nothing. */
export function mirrorV1beta1(
  ready: LegacyCondition | undefined,
  fallback: V1beta1Condition,
): V1beta1Condition {
  return ready === undefined ? fallback : as(fallback.type, ready);
}

/** `Ready` of v1beta1, as the object reports it. */
export function readyInV1beta1(
  object:
    | { status?: { deprecated?: { v1beta1?: { conditions?: LegacyCondition[] } } } }
    | undefined,
): LegacyCondition | undefined {
  return object?.status?.deprecated?.v1beta1?.conditions?.find(({ type }) => type === "Ready");
}

function as(type: string, { status, severity, reason = "", message = "" }: LegacyCondition) {
  if (status === "True") return { type, status } as const;
  if (status === "Unknown") return { type, status, reason, message } as const;
  return {
    type,
    status: "False",
    severity: (severity ?? "Info") as Severity,
    reason,
    message,
  } as const;
}

/** One condition from `Ready` of many objects: whose it is, and how many are well. */
export function aggregateV1beta1(
  type: string,
  sources: readonly { readonly name: string; readonly ready: LegacyCondition | undefined }[],
): V1beta1Condition | undefined {
  const known = sources.flatMap(({ name, ready }) =>
    ready === undefined ? [] : [{ name, ready }],
  );
  const [worst] = known.toSorted(
    (a, b) => rankOf(a.ready) - rankOf(b.ready) || (a.name < b.name ? -1 : 1),
  );
  if (worst === undefined) return undefined;
  const well = known.filter(({ ready }) => ready.status === "True").length;
  return as(type, {
    ...worst.ready,
    reason: `${worst.ready.reason ?? ""} @ Machine/${worst.name}`,
    message: `${well} of ${known.length} completed`,
  });
}
