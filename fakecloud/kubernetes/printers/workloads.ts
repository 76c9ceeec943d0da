import { record, records, text } from "../crds/definition.ts";
import { parseTime } from "../../kernel/clock.ts";
import type { KubeObject } from "../object.ts";
import { column, type Column, integer, nameColumn, wide } from "./column.ts";
import { ageOf, humanDuration } from "./duration.ts";
import {
  ageColumn,
  condition,
  joined,
  labelsText,
  number,
  selectorColumn,
  selectorText,
  spec,
  status,
  workloadColumns,
} from "./read.ts";

function readyOf(object: KubeObject): string {
  return `${number(status(object)["readyReplicas"])}/${number(spec(object)["replicas"])}`;
}

const fromStatus = (name: string, field: string) =>
  integer(name, (object) => number(status(object)[field]));

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column("Ready", readyOf),
  column("Up-to-date", (object) => number(status(object)["updatedReplicas"])),
  column("Available", (object) => number(status(object)["availableReplicas"])),
  ageColumn,
  ...workloadColumns,
  selectorColumn,
];

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  integer("Desired", (object) => number(spec(object)["replicas"])),
  fromStatus("Current", "replicas"),
  fromStatus("Ready", "readyReplicas"),
  ageColumn,
  ...workloadColumns,
  selectorColumn,
];

export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  fromStatus("Desired", "desiredNumberScheduled"),
  fromStatus("Current", "currentNumberScheduled"),
  fromStatus("Ready", "numberReady"),
  fromStatus("Up-to-date", "updatedNumberScheduled"),
  fromStatus("Available", "numberAvailable"),
  column("Node Selector", (object) =>
    labelsText(record(record(spec(object)["template"])["spec"])["nodeSelector"]),
  ),
  ageColumn,
  ...workloadColumns,
  selectorColumn,
];

export const statefulSetColumns: readonly Column[] = [
  nameColumn,
  column("Ready", readyOf),
  ageColumn,
  ...workloadColumns,
];

function jobStatus(job: KubeObject): string {
  if (condition(job, "Complete")?.["status"] === "True") return "Complete";
  if (condition(job, "Failed")?.["status"] === "True") return "Failed";
  if (job.metadata.deletionTimestamp !== undefined) return "Terminating";
  for (const type of ["Suspended", "FailureTarget", "SuccessCriteriaMet"]) {
    if (condition(job, type)?.["status"] === "True") return type;
  }
  return "Running";
}

function completions(job: KubeObject): string {
  const succeeded = number(status(job)["succeeded"]);
  const wanted = spec(job)["completions"];
  if (typeof wanted === "number") return `${succeeded}/${wanted}`;
  const parallelism = number(spec(job)["parallelism"]);
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration(job: KubeObject, nowMs: number): string {
  const { startTime, completionTime } = status(job);
  const started = parseTime(text(startTime));
  if (started === undefined) return "";
  return humanDuration((parseTime(text(completionTime)) ?? nowMs) - started);
}

export const jobColumns: readonly Column[] = [
  nameColumn,
  column("Status", jobStatus),
  column("Completions", completions),
  column("Duration", jobDuration),
  ageColumn,
  ...workloadColumns,
  selectorColumn,
];

export const cronJobColumns: readonly Column[] = [
  nameColumn,
  column("Schedule", (object) => text(spec(object)["schedule"])),
  column("Timezone", (object) => text(spec(object)["timeZone"]) || "<none>"),
  column("Suspend", (object) => spec(object)["suspend"] === true, { type: "boolean" }),
  integer("Active", (object) => records(status(object)["active"]).length),
  column("Last Schedule", (object, nowMs) => {
    const last = text(status(object)["lastScheduleTime"]);
    return last === "" ? "<none>" : ageOf(last, nowMs);
  }),
  ageColumn,
  wide("Containers", (object) =>
    joined(
      jobContainers(object).map(({ name }) => text(name)),
      "",
    ),
  ),
  wide("Images", (object) =>
    joined(
      jobContainers(object).map(({ image }) => text(image)),
      "",
    ),
  ),
  wide("Selector", (object) => {
    const { selector } = record(record(spec(object)["jobTemplate"])["spec"]);
    return selector === undefined ? "<none>" : selectorText(selector);
  }),
];

function jobContainers(cronJob: KubeObject) {
  const job = record(record(spec(cronJob)["jobTemplate"])["spec"]);
  return records(record(record(job["template"])["spec"])["containers"]);
}
