import type { Machine } from "../api/core/v1beta2.ts";
import { parseTime } from "./clock.ts";
import { findCondition } from "./conditions.ts";
import { machinesAre } from "./name-list.ts";

const staleMs = 15 * 60_000;
const staleDrainMs = 5 * 60_000;

/** What the message of a drain says, and what it means in short; in the order in which it is told. */
const causes = [
  ["cannot evict pod as it would violate the pod's disruption budget.", "PodDisruptionBudgets"],
  ["deletionTimestamp set, but still not removed from the Node", "Pods not terminating"],
  ["failed to evict Pod", "Pod eviction errors"],
  ["waiting for completion", "Pods not completed yet"],
] as const;

export function isStaleDeletion({ metadata }: Machine, nowMs: number): boolean {
  const since = parseTime(metadata.deletionTimestamp ?? "");
  return since !== undefined && nowMs - since > staleMs;
}

/** Which Machines have been going for too long, and what of their drains may be to blame; undefined if none has. */
export function staleDeletions(machines: readonly Machine[], nowMs: number): string | undefined {
  const stale = machines.filter((machine) => isStaleDeletion(machine, nowMs));
  if (stale.length === 0) return undefined;
  const subject = machinesAre(stale.map(({ metadata }) => metadata.name));
  return `${subject} in deletion since more than 15m${likelyCauses(stale, nowMs)}`;
}

/** ", delay likely due to …" once a drain has taken more than five minutes. */
export function likelyCauses(machines: readonly Machine[], nowMs: number): string {
  const messages = machines.map((machine) => drainMessage(machine, nowMs));
  const found = causes.filter(([text]) => messages.some((message) => message.includes(text)));
  return found.length === 0
    ? ""
    : `, delay likely due to ${found.map(([, name]) => name).join(", ")}`;
}

function drainMessage(machine: Machine, nowMs: number): string {
  const deleting = findCondition(machine, "Deleting");
  const startMs = parseTime(machine.status?.deletion?.nodeDrainStartTime ?? "");
  const isSlow = startMs !== undefined && nowMs - startMs > staleDrainMs;
  return isSlow && deleting?.status === "True" && deleting.reason === "DrainingNode"
    ? deleting.message
    : "";
}
