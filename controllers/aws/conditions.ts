import type { LegacyCondition } from "../api/generated/definitions.ts";
import { type Clock, formatTime } from "../runtime/clock.ts";

/** The provider's conditions are of Cluster API's v1beta1 style: a false one has a severity. */
export type Severity = "Error" | "Info" | "Warning";

interface WithConditions {
  status?: { conditions?: LegacyCondition[] };
}

export function markTrue(object: WithConditions, type: string, clock: Clock): void {
  setCondition(object, { type, status: "True" }, clock);
}

export function markFalse(
  object: WithConditions,
  type: string,
  why: { readonly reason: string; readonly severity: Severity; readonly message?: string },
  clock: Clock,
): void {
  setCondition(object, { type, status: "False", ...why }, clock);
}

/** Whether the object is being worked on at all. */
export function markPaused(object: WithConditions, paused: boolean, clock: Clock): void {
  const type = "Paused";
  setCondition(
    object,
    paused
      ? { type, status: "True", reason: "Paused" }
      : { type, status: "False", reason: "NotPaused", severity: "Info" },
    clock,
  );
}

export function markUnknown(
  object: WithConditions,
  type: string,
  why: { readonly reason: string; readonly message?: string },
  clock: Clock,
): void {
  setCondition(object, { type, status: "Unknown", ...why }, clock);
}

/** The transition time moves only when something else does. `Ready` comes first, the others by type. */
function setCondition(
  object: WithConditions,
  condition: Omit<LegacyCondition, "lastTransitionTime">,
  clock: Clock,
): void {
  const status = (object.status ??= {});
  const others = (status.conditions ?? []).filter(({ type }) => type !== condition.type);
  const before = status.conditions?.find(({ type }) => type === condition.type);
  const same =
    before !== undefined &&
    before.status === condition.status &&
    before.reason === condition.reason &&
    before.severity === condition.severity &&
    before.message === condition.message;
  const lastTransitionTime = same ? before.lastTransitionTime : formatTime(clock.now());
  status.conditions = [...others, { ...condition, lastTransitionTime }].toSorted(byRank);
}

function byRank(a: LegacyCondition, b: LegacyCondition): number {
  if (a.type === b.type) return 0;
  if (a.type === "Ready" || b.type === "Ready") return a.type === "Ready" ? -1 : 1;
  return a.type < b.type ? -1 : 1;
}

const severityRank: Readonly<Record<string, number>> = { Error: 0, Warning: 1, Info: 2 };

/** `Ready` sums the given conditions up: true if all are, else it repeats the gravest. */
export function summarize(object: WithConditions, types: readonly string[], clock: Clock): void {
  const known = (object.status?.conditions ?? []).filter(({ type }) => types.includes(type));
  const [worst] = known
    .filter(({ status }) => status === "False")
    .toSorted(
      (a, b) => (severityRank[a.severity ?? ""] ?? 3) - (severityRank[b.severity ?? ""] ?? 3),
    );
  const [unknown] = known.filter(({ status }) => status === "Unknown");
  if (worst !== undefined) {
    const { reason = "", severity = "Info", message } = worst;
    markFalse(
      object,
      "Ready",
      { reason, severity: severity as Severity, ...(message === undefined ? {} : { message }) },
      clock,
    );
  } else if (unknown !== undefined) {
    markUnknown(object, "Ready", { reason: unknown.reason ?? "" }, clock);
  } else if (known.length > 0) {
    markTrue(object, "Ready", clock);
  }
}
