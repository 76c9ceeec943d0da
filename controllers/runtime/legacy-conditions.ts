import { formatTime } from "./clock.ts";

/** A condition of Cluster API's v1beta1 contract: with a severity where it is False, and without one where it is True. */
export interface LegacyCondition {
  type: string;
  status: "False" | "True" | "Unknown";
  severity?: "" | "Error" | "Info" | "Warning";
  reason?: string;
  message?: string;
  lastTransitionTime: string;
}

export type LegacyConditionInput = Omit<LegacyCondition, "lastTransitionTime">;

/** The list with this condition; `Ready` first, the others by name. The same list if nothing but the time would change. */
export function withLegacyCondition(
  conditions: readonly LegacyCondition[],
  input: LegacyConditionInput,
  nowMs: number,
): LegacyCondition[] {
  const old = conditions.find(({ type }) => type === input.type);
  if (old !== undefined && hasSameState(old, input)) return conditions as LegacyCondition[];
  const condition = { ...input, lastTransitionTime: formatTime(nowMs) };
  return [...conditions.filter((other) => other !== old), condition].sort(compareConditions);
}

export function legacyTrue(type: string): LegacyConditionInput {
  return { type, status: "True" };
}

export function legacyFalse(
  type: string,
  reason: string,
  severity: "Error" | "Info" | "Warning",
  message = "",
): LegacyConditionInput {
  return { type, status: "False", reason, severity, ...(message === "" ? {} : { message }) };
}

export function findLegacyCondition(
  conditions: readonly LegacyCondition[] | undefined,
  type: string,
): LegacyCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

const severityRank = { Error: 0, Warning: 1, Info: 2, "": 3 } as const;

/**
 * `Ready` as the summary of the given types: True if all that exist are; otherwise the most severe one that is False, then
 * Unknown, in the order given. Undefined if none of them exists.
 */
export function summarizeLegacy(
  conditions: readonly LegacyCondition[],
  types: readonly string[],
): LegacyConditionInput | undefined {
  const present = types.flatMap((type) => findLegacyCondition(conditions, type) ?? []);
  if (present.length === 0) return undefined;
  const worst = present.toSorted((a, b) => rank(a) - rank(b))[0];
  if (worst === undefined || worst.status === "True") return legacyTrue("Ready");
  const { status, severity, reason, message } = worst;
  return {
    type: "Ready",
    status,
    ...(severity === undefined ? {} : { severity }),
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
}

function rank({ status, severity = "" }: LegacyCondition): number {
  if (status === "True") return 10;
  return status === "Unknown" ? 5 : severityRank[severity];
}

function hasSameState(a: LegacyCondition, b: LegacyConditionInput): boolean {
  return (
    a.status === b.status &&
    (a.reason ?? "") === (b.reason ?? "") &&
    (a.severity ?? "") === (b.severity ?? "") &&
    (a.message ?? "") === (b.message ?? "")
  );
}

function compareConditions(a: LegacyCondition, b: LegacyCondition): number {
  if (a.type === "Ready" || b.type === "Ready") return a.type === "Ready" ? -1 : 1;
  return a.type < b.type ? -1 : 1;
}
