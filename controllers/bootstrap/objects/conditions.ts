import type { Condition } from "../../api/generated/definitions.ts";
import { withCondition } from "../../runtime/conditions.ts";

export interface ConditionValue {
  readonly type: string;
  readonly status: "False" | "True" | "Unknown";
  readonly reason: string;
  readonly message?: string;
}

/** When and for which generation a condition is set. */
export interface Stamp {
  readonly nowMs: number;
  readonly generation?: number | undefined;
}

/** The list with these conditions set. The time of the last transition changes only with the status. */
export function setConditions(
  conditions: readonly Condition[] | undefined,
  values: readonly ConditionValue[],
  { nowMs, generation }: Stamp,
): Condition[] {
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  return values.reduce<Condition[]>(
    (list, value) => withCondition(list, { ...observed, ...value }, nowMs),
    [...(conditions ?? [])],
  );
}

interface WithConditions {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export function conditionOf(object: WithConditions, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(object: WithConditions, type: string): boolean {
  return conditionOf(object, type)?.status === "True";
}

export function isConditionFalse(object: WithConditions, type: string): boolean {
  return conditionOf(object, type)?.status === "False";
}
