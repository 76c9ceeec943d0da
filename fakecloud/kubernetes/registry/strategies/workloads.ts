import { record, text } from "../../crds/definition.ts";
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from "../../field-error.ts";
import { deepEqual } from "../../json.ts";
import { matchesLabelSelector } from "../../label-selector.ts";
import type { KubeObject } from "../../object.ts";
import { scheduleProblem } from "./cron-schedule.ts";
import { templateErrors } from "./pod-spec.ts";
import type { Strategy } from "./strategy.ts";

function isEmptySelector(selector: unknown): boolean {
  const { matchLabels, matchExpressions } = record(selector);
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.length : 0;
  return Object.keys(record(matchLabels)).length === 0 && expressions === 0;
}

/** The selector must be there, must match the template, and must never change. */
function selectorErrors(
  what: string,
  object: KubeObject,
  live: KubeObject | undefined,
): readonly FieldError[] {
  const { selector, template } = record(object["spec"]);
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(requiredValue("spec.selector"));
  else if (isEmptySelector(selector)) {
    errors.push(invalidValue("spec.selector", selector, `empty selector is invalid for ${what}`));
  }
  const { labels } = record(record(template)["metadata"]);
  if (!matchesLabelSelector(selector, labels as Record<string, string>)) {
    errors.push(
      invalidValue(
        "spec.template.metadata.labels",
        labels ?? null,
        "`selector` does not match template `labels`",
      ),
    );
  }
  if (live !== undefined && !deepEqual(selector, record(live["spec"])["selector"])) {
    errors.push(invalidValue("spec.selector", selector, "field is immutable"));
  }
  return errors;
}

function replicaErrors(object: KubeObject): readonly FieldError[] {
  const { replicas } = record(object["spec"]);
  if (typeof replicas !== "number" || replicas >= 0) return [];
  return [invalidValue("spec.replicas", replicas, "must be greater than or equal to 0")];
}

function workload(what: string): Strategy {
  return {
    validate: (object, live) => [
      ...selectorErrors(what, object, live),
      ...replicaErrors(object),
      ...templateErrors("spec.template", record(object["spec"])["template"], ["Always"]),
    ],
  };
}

export const deployments = workload("deployment");
export const replicaSets = workload("deployment");
export const daemonSets = workload("daemonset");

const statefulSetFields = [
  "minReadySeconds",
  "ordinals",
  "persistentVolumeClaimRetentionPolicy",
  "replicas",
  "revisionHistoryLimit",
  "template",
  "updateStrategy",
];
const frozenStatefulSet =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function fixedPart(spec: unknown): Record<string, unknown> {
  const fixed: Record<string, unknown> = { ...record(spec) };
  for (const field of statefulSetFields) delete fixed[field];
  return fixed;
}

export const statefulSets: Strategy = {
  validate: (object, live) => {
    const errors = [
      ...selectorErrors("statefulset", object, undefined),
      ...replicaErrors(object),
      ...templateErrors("spec.template", record(object["spec"])["template"], ["Always"]),
    ];
    if (live !== undefined && !deepEqual(fixedPart(object["spec"]), fixedPart(live["spec"]))) {
      errors.push(forbiddenValue("spec", frozenStatefulSet));
    }
    return errors;
  },
};

const controllerUid = "batch.kubernetes.io/controller-uid";
const jobName = "batch.kubernetes.io/job-name";

/** A Job's pods are told apart by the uid of the Job, unless its author takes care of that. */
function withJobLabels(job: KubeObject): KubeObject {
  const spec = record(job["spec"]);
  const { uid, name } = job.metadata;
  if (spec["manualSelector"] === true || uid === undefined) return job;
  const template = record(spec["template"]);
  const metadata = record(template["metadata"]);
  const labels = {
    ...(record(metadata["labels"]) as Record<string, string>),
    [controllerUid]: uid,
    [jobName]: name ?? "",
    "controller-uid": uid,
    "job-name": name ?? "",
  };
  const own = job.metadata.labels ?? {};
  return {
    ...job,
    // A Job without labels gets those of its pods.
    metadata: Object.keys(own).length === 0 ? { ...job.metadata, labels } : job.metadata,
    spec: {
      ...spec,
      selector: { matchLabels: { [controllerUid]: uid } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
}

/** The pods of a Job end; what always starts again never would. */
function restartErrors(path: string, spec: unknown): readonly FieldError[] {
  const { restartPolicy } = record(record(record(spec)["template"])["spec"]);
  if (restartPolicy === "OnFailure" || restartPolicy === "Never") return [];
  const why = 'valid values: "OnFailure", "Never"';
  return [requiredValue(`${path}.template.spec.restartPolicy`, why)];
}

const concurrencyPolicies = ["Allow", "Forbid", "Replace"];

export const cronJobs: Strategy = {
  validate: (cronJob) => {
    const { schedule, concurrencyPolicy, jobTemplate } = record(cronJob["spec"]);
    const job = record(record(jobTemplate)["spec"]);
    const path = "spec.jobTemplate.spec";
    const problem = text(schedule) === "" ? undefined : scheduleProblem(text(schedule));
    return [
      ...templateErrors(`${path}.template`, job["template"]),
      ...restartErrors(path, job),
      ...(text(schedule) === "" ? [requiredValue("spec.schedule")] : []),
      ...(problem === undefined ? [] : [invalidValue("spec.schedule", schedule, problem)]),
      ...(concurrencyPolicy === undefined || concurrencyPolicies.includes(text(concurrencyPolicy))
        ? []
        : [unsupportedValue("spec.concurrencyPolicy", concurrencyPolicy, concurrencyPolicies)]),
    ];
  },
};

export const jobs: Strategy = {
  prepareCreate: (job) => withJobLabels(job),
  validate: (job, live) => {
    if (live === undefined) {
      const { template } = record(job["spec"]);
      return [...templateErrors("spec.template", template), ...restartErrors("spec", job["spec"])];
    }
    const [now, before] = [record(job["spec"]), record(live["spec"])];
    return ["completionMode", "selector", "template"]
      .filter((field) => !deepEqual(now[field], before[field]))
      .map((field) => invalidValue(`spec.${field}`, now[field] ?? null, "field is immutable"));
  },
};

/** A number of pods, or a percentage of them. */
function shareErrors(field: string, value: unknown): readonly FieldError[] {
  if (typeof value === "number") {
    return value >= 0 ? [] : [invalidValue(field, value, "must be greater than or equal to 0")];
  }
  const percent = /^(\d+)%$/.exec(text(value))?.[1];
  return percent !== undefined && Number(percent) > 100
    ? [invalidValue(field, value, "must not be greater than 100%")]
    : [];
}

export const budgets: Strategy = {
  validate: (budget) => {
    const spec = record(budget["spec"]);
    const { minAvailable, maxUnavailable } = spec;
    const errors = [
      ...shareErrors("spec.minAvailable", minAvailable),
      ...shareErrors("spec.maxUnavailable", maxUnavailable),
    ];
    if (minAvailable === undefined || maxUnavailable === undefined) return errors;
    const printed = {
      MinAvailable: minAvailable,
      Selector: spec["selector"] ?? null,
      MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: spec["unhealthyPodEvictionPolicy"] ?? null,
    };
    const why = "minAvailable and maxUnavailable cannot be both set";
    return [...errors, invalidValue("spec", printed, why)];
  },
};

export const leases: Strategy = {
  validate: (lease) => {
    const { leaseDurationSeconds, leaseTransitions } = record(lease["spec"]);
    const errors: FieldError[] = [];
    if (typeof leaseDurationSeconds === "number" && leaseDurationSeconds <= 0) {
      errors.push(
        invalidValue("spec.leaseDurationSeconds", leaseDurationSeconds, "must be greater than 0"),
      );
    }
    if (typeof leaseTransitions === "number" && leaseTransitions < 0) {
      errors.push(
        invalidValue(
          "spec.leaseTransitions",
          leaseTransitions,
          "must be greater than or equal to 0",
        ),
      );
    }
    return errors;
  },
};

const mostPriority = 1_000_000_000;

export const priorityClasses: Strategy = {
  validate: (priority, live) => {
    const { value, metadata } = priority as KubeObject & { readonly value?: unknown };
    if (live !== undefined && value !== live["value"]) {
      return [forbiddenValue("value", "may not be changed in an update.")];
    }
    const isOwn = metadata.name?.startsWith("system-") === true;
    if (isOwn || typeof value !== "number" || value <= mostPriority) return [];
    const why = `maximum allowed value of a user defined priority is ${mostPriority}`;
    return [forbiddenValue("value", why)];
  },
};

export const storageClasses: Strategy = {
  validate: (storageClass, live) =>
    live === undefined
      ? []
      : ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"]
          .filter((field) => !deepEqual(storageClass[field], live[field]))
          .map((field) => forbiddenValue(field, `updates to ${text(field)} are forbidden.`)),
};
