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

/** The list with these conditions set: `Ready` first, then by name. The time changes with anything that is said. */
export function setV1beta1Conditions(
  before: readonly LegacyCondition[],
  values: readonly V1beta1Condition[],
  nowMs: number,
): LegacyCondition[] {
  const byType = new Map(before.map((condition) => [condition.type, condition]));
  for (const value of values) {
    const old = byType.get(value.type);
    const { message, ...rest } = { message: "", ...value };
    const said = { ...rest, ...(message === "" ? {} : { message }) };
    const time = old !== undefined && saysTheSame(old, said) ? old.lastTransitionTime : undefined;
    byType.set(value.type, { ...said, lastTransitionTime: time ?? formatTime(nowMs) });
  }
  return [...byType.values()].sort(
    (a, b) => Number(b.type === "Ready") - Number(a.type === "Ready") || (a.type < b.type ? -1 : 1),
  );
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

/** `Ready`, from these conditions of the same object: the worst of them, the first of equally bad ones. */
export function summarizeV1beta1(
  conditions: readonly LegacyCondition[],
  types: readonly string[],
): V1beta1Condition | undefined {
  const found = types.flatMap((type) => conditions.filter((condition) => condition.type === type));
  const worst = found.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
  return worst === undefined ? undefined : as("Ready", worst);
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
