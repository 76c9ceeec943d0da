import { DeleteMachineAnnotation } from "../../api/constants.ts";
import type { Machine } from "../../api/core/v1beta2.ts";
import { parseTime } from "../../runtime/clock.ts";
import { findCondition } from "../../runtime/conditions.ts";

export type DeletionOrder = "Newest" | "Oldest" | "Random";

const tenDaysInSeconds = 864_000;

/** The Machines in the order in which they go when there are too many: capi-behaviour 4.8. "Random" is the order of names. */
export function planDeletionOrder(
  machines: readonly Machine[],
  order: DeletionOrder,
  nowMs: number,
): readonly Machine[] {
  return machines
    .map((machine) => ({ machine, priority: priorityOf(machine, order, nowMs) }))
    .toSorted(
      (a, b) =>
        b.priority - a.priority || (a.machine.metadata.name < b.machine.metadata.name ? -1 : 1),
    )
    .map(({ machine }) => machine);
}

function priorityOf(machine: Machine, order: DeletionOrder, nowMs: number): number {
  const { deletionTimestamp, annotations = {}, creationTimestamp = "" } = machine.metadata;
  if (deletionTimestamp !== undefined) return 100;
  if (annotations[DeleteMachineAnnotation] !== undefined) return 80;
  if (isUnhealthy(machine)) return 50;
  if (order === "Random") return 20;
  const ageSeconds = Math.max(0, nowMs - (parseTime(creationTimestamp) ?? nowMs)) / 1000;
  const byAge = 50 * (1 - Math.exp(-ageSeconds / tenDaysInSeconds));
  return order === "Oldest" ? byAge : 50 - byAge;
}

function isUnhealthy(machine: Machine): boolean {
  return (
    machine.status?.nodeRef === undefined ||
    findCondition(machine, "NodeHealthy")?.status === "False" ||
    findCondition(machine, "HealthCheckSucceeded")?.status === "False"
  );
}
