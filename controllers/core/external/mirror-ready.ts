import { mirrorCondition } from "../../runtime/condition-merge.ts";
import type { ConditionInput } from "../../runtime/conditions.ts";
import type { V1beta1Condition } from "../../runtime/v1beta1-conditions.ts";
import { conditionOf } from "./contract.ts";
import type { ExternalObject } from "./external-objects.ts";

/** What is known of an object of a provider, for a condition of its owner about it. */
export interface ExternalState {
  readonly kind: string;
  readonly object: ExternalObject | undefined;
  /** It was looked for and is not there; without this, `object` undefined means that nobody could look. */
  readonly isMissing: boolean;
  /** What the owner has noted once the object had done its work. */
  readonly wasDone: boolean;
  /** The field that says so, for a provider that reports no condition. */
  readonly field: string;
  readonly isOwnerDeleting: boolean;
  /** Completes "has been deleted" while nobody has asked for that; without it, that is not told apart from "does not exist". */
  readonly surprise?: string;
}

/** A condition about a provider's object, mirrored from its condition `source`: "Ready", "Available". */
export function mirrorExternal(type: string, source: string, state: ExternalState): ConditionInput {
  const { kind, object, isMissing, wasDone, field } = state;
  if (object !== undefined) {
    return mirrorCondition(type, conditionOf(object, source), {
      type,
      status: wasDone ? "True" : "False",
      reason: wasDone ? source : `Not${source}`,
      message: wasDone ? "" : `${kind} status.initialization.${field} is false`,
    });
  }
  if (!isMissing) return internalError(type);
  const ending = state.isOwnerDeleting ? "" : state.surprise;
  if (!wasDone || ending === undefined) return doesNotExist(type, kind);
  const message = `${kind} has been deleted${ending}`;
  return { type, status: "False", reason: "ObjectDeleted", message };
}

export function doesNotExist(
  type: string,
  kind: string,
  status: "False" | "Unknown" = "False",
): ConditionInput {
  return { type, status, reason: "ObjectDoesNotExist", message: `${kind} does not exist` };
}

export function internalError(type: string): ConditionInput {
  const message = "Please check controller logs for errors";
  return { type, status: "Unknown", reason: "InternalError", message };
}

/** What is said in v1beta1 of an object that says nothing itself. */
export function fallbackInV1beta1(given: {
  readonly type: string;
  readonly isDone: boolean;
  readonly reason: string;
}): V1beta1Condition {
  const { type, isDone, reason } = given;
  return isDone ? { type, status: "True" } : { type, status: "False", severity: "Info", reason };
}
