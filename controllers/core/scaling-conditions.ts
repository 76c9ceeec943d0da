import type { Machine } from "../api/core/v1beta2.ts";
import type { ConditionInput } from "../runtime/conditions.ts";
import { plural } from "../runtime/name-list.ts";
import { staleDeletions } from "../runtime/stale-deletions.ts";

/** A MachineSet or MachineDeployment in numbers. */
export interface Scale {
  /** Undefined while nobody has said. */
  readonly desired: number | undefined;
  readonly current: number;
  readonly isDeleting: boolean;
}

function unset(type: string): ConditionInput {
  const message = "Waiting for spec.replicas set";
  return { type, status: "Unknown", reason: "WaitingForReplicasSet", message };
}

function goalOf({ desired, isDeleting }: Scale): number | undefined {
  return isDeleting && desired !== undefined ? 0 : desired;
}

/** `missing` are kinds of templates that new Machines would need; `blocked` is how the message goes on if something is in the way. */
export function scalingUp(
  scale: Scale,
  { missing, blocked }: { readonly missing: string; readonly blocked: string },
): ConditionInput {
  const type = "ScalingUp";
  const goal = goalOf(scale);
  if (goal === undefined) return unset(type);
  const { current, isDeleting } = scale;
  if (current >= goal) {
    const isTold = !isDeleting && missing !== "";
    const message = isTold ? `Scaling up would be blocked because ${missing}` : "";
    return { type, status: "False", reason: "NotScalingUp", message };
  }
  const message = `Scaling up from ${current} to ${goal} replicas${blocked}`;
  return { type, status: "True", reason: "ScalingUp", message };
}

export function scalingDown(
  scale: Scale,
  machines: readonly Machine[],
  nowMs: number,
): ConditionInput {
  const type = "ScalingDown";
  const goal = goalOf(scale);
  if (goal === undefined) return unset(type);
  const { current } = scale;
  if (current <= goal) return { type, status: "False", reason: "NotScalingDown" };
  const message = withStale(`Scaling down from ${current} to ${goal} replicas`, machines, nowMs);
  return { type, status: "True", reason: "ScalingDown", message };
}

/** `rest` is what is waited for when no Machine is left. */
export function deleting(
  isDeleting: boolean,
  machines: readonly Machine[],
  { nowMs, rest = "" }: { readonly nowMs: number; readonly rest?: string },
): ConditionInput {
  const type = "Deleting";
  if (!isDeleting) return { type, status: "False", reason: "NotDeleting" };
  const { length } = machines;
  const last = rest === "" ? "Deletion completed" : rest;
  const message =
    length === 0
      ? last
      : withStale(`Deleting ${length} ${plural("Machine", length)}`, machines, nowMs);
  return { type, status: "True", reason: "Deleting", message };
}

function withStale(text: string, machines: readonly Machine[], nowMs: number): string {
  const stale = staleDeletions(machines, nowMs);
  return stale === undefined ? text : `${text}\n* ${stale}`;
}

/** "A does not exist", "A and B do not exist"; empty if nothing is missing. */
export function missingText(kinds: readonly string[]): string {
  if (kinds.length === 0) return "";
  return `${kinds.join(" and ")} ${kinds.length === 1 ? "does not exist" : "do not exist"}`;
}
