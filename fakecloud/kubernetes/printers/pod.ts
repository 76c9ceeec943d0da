import { record, records, text } from "../crds/definition.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import { column, type Column, nameColumn, wide } from "./column.ts";
import { ageOf } from "./duration.ts";
import { age, condition, number, orNone, spec, status } from "./read.ts";

function terminatedReason(terminated: JsonObject): string {
  const reason = text(terminated["reason"]);
  if (reason !== "") return reason;
  const signal = number(terminated["signal"]);
  return signal === 0 ? `ExitCode:${number(terminated["exitCode"])}` : `Signal:${signal}`;
}

function initReason(pod: KubeObject): string | undefined {
  const total = records(spec(pod)["initContainers"]).length;
  for (const [index, container] of records(status(pod)["initContainerStatuses"]).entries()) {
    const state = record(container["state"]);
    const terminated = record(state["terminated"]);
    if (state["terminated"] !== undefined && number(terminated["exitCode"]) === 0) continue;
    if (container["started"] === true) continue;
    if (state["terminated"] !== undefined) return `Init:${terminatedReason(terminated)}`;
    const waiting = text(record(state["waiting"])["reason"]);
    if (waiting !== "" && waiting !== "PodInitializing") return `Init:${waiting}`;
    return `Init:${index}/${total}`;
  }
  return undefined;
}

function containerReason(pod: KubeObject, start: string): string {
  let reason = start;
  let running = false;
  for (const container of records(status(pod)["containerStatuses"]).toReversed()) {
    const state = record(container["state"]);
    const waiting = text(record(state["waiting"])["reason"]);
    if (waiting !== "") reason = waiting;
    else if (state["terminated"] !== undefined) {
      reason = terminatedReason(record(state["terminated"]));
    } else if (container["ready"] === true && state["running"] !== undefined) running = true;
  }
  if (reason !== "Completed" || !running) return reason;
  return condition(pod, "Ready")?.["status"] === "True" ? "Running" : "NotReady";
}

/** What the STATUS column of a pod says. */
export function podStatus(pod: KubeObject): string {
  const { phase, reason } = status(pod);
  let shown = text(reason) || text(phase);
  if (condition(pod, "PodScheduled")?.["reason"] === "SchedulingGated") shown = "SchedulingGated";
  shown = initReason(pod) ?? containerReason(pod, shown);
  if (pod.metadata.deletionTimestamp === undefined) return shown;
  if (reason === "NodeLost") return "Unknown";
  return phase === "Succeeded" || phase === "Failed" ? shown : "Terminating";
}

function ready(pod: KubeObject): string {
  const statuses = records(status(pod)["containerStatuses"]);
  const count = statuses.filter((each) => each["ready"] === true).length;
  return `${count}/${records(spec(pod)["containers"]).length}`;
}

function restarts(pod: KubeObject, nowMs: number): string {
  const statuses = records(status(pod)["containerStatuses"]);
  const total = statuses.reduce((sum, each) => sum + number(each["restartCount"]), 0);
  const last = statuses
    .map((each) => text(record(record(each["lastState"])["terminated"])["finishedAt"]))
    .sort()
    .at(-1);
  return total === 0 || last === undefined || last === ""
    ? String(total)
    : `${total} (${ageOf(last, nowMs)} ago)`;
}

function readinessGates(pod: KubeObject): string {
  const gates = records(spec(pod)["readinessGates"]);
  if (gates.length === 0) return "<none>";
  const met = gates.filter(
    (gate) => condition(pod, text(gate["conditionType"]))?.["status"] === "True",
  );
  return `${met.length}/${gates.length}`;
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column("Ready", ready),
  column("Status", podStatus),
  column("Restarts", restarts),
  column("Age", age),
  wide("IP", (pod) => orNone(status(pod)["podIP"])),
  wide("Node", (pod) => orNone(spec(pod)["nodeName"])),
  wide("Nominated Node", (pod) => orNone(status(pod)["nominatedNodeName"])),
  wide("Readiness Gates", readinessGates),
];
