import type { LegacyCondition } from "../api/generated/definitions.ts";
import { formatTime } from "../runtime/clock.ts";
import { type Condition, findCondition, type ObjectWithConditions } from "../runtime/conditions.ts";

/** Names of conditions in v1beta1, and the conditions of today that they are read from. */
export type OldNames = Readonly<Record<string, string>>;

/**
 * What readers of v1beta1 look at (`kubectl wait --for=condition=Ready`, health rules of GitOps tools): the conditions by their
 * old names, and `Ready`, which holds when all of them do and else says what the first that doesn't says.
 */
export function v1beta1Conditions(
  draft: ObjectWithConditions & {
    status?: { deprecated?: { v1beta1?: { conditions?: LegacyCondition[] } } };
  },
  names: OldNames,
  nowMs: number,
): LegacyCondition[] {
  const before = draft.status?.deprecated?.v1beta1?.conditions ?? [];
  const parts = Object.entries(names).flatMap(([type, source]) => {
    const condition = findCondition(draft, source);
    return condition === undefined ? [] : [{ ...condition, type }];
  });
  const decisive = parts.find(({ status }) => status !== "True") ?? parts[0];
  const ready = decisive === undefined ? [] : [{ ...decisive, type: "Ready" }];
  return [...ready, ...parts].map((condition) => inOldForm(condition, before, nowMs));
}

/** v1beta1 has a severity where something is wrong, and a reason and message only there. */
function inOldForm(
  { type, status, reason, message }: Condition,
  before: readonly LegacyCondition[],
  nowMs: number,
): LegacyCondition {
  const old = before.find((condition) => condition.type === type);
  return {
    type,
    status,
    ...(status === "False" ? { severity: "Info" } : {}),
    ...(status === "True" ? {} : { reason, ...(message === "" ? {} : { message }) }),
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : formatTime(nowMs),
  };
}
