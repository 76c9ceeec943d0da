import { record, records, text } from "../../crds/definition.ts";
import { type FieldError, forbiddenValue } from "../../field-error.ts";
import { deepEqual } from "../../json.ts";
import { isObject, type JsonObject, type KubeObject, withField } from "../../object.ts";
import type { KindEnvironment } from "../resource.ts";
import { podSpecErrors } from "./pod-spec.ts";
import type { Strategy } from "./strategy.ts";

const patience = 300;

/** Pods stay five minutes on a node that does not answer, unless they say otherwise themselves. */
function withTolerations(spec: JsonObject): JsonObject {
  const tolerations = records(spec["tolerations"]);
  const missing = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].filter(
    (key) =>
      !tolerations.some(
        (each) =>
          (each["key"] === key || text(each["key"]) === "") &&
          (each["effect"] === "NoExecute" || text(each["effect"]) === ""),
      ),
  );
  if (missing.length === 0) return spec;
  const added = missing.map((key) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: patience,
  }));
  return { ...spec, tolerations: [...tolerations, ...added] };
}

function withAccount(spec: JsonObject): JsonObject {
  const account = text(spec["serviceAccountName"]) || text(spec["serviceAccount"]) || "default";
  return { ...spec, serviceAccountName: account, serviceAccount: account };
}

function withPriority(spec: JsonObject, { store }: KindEnvironment): JsonObject {
  const name = text(spec["priorityClassName"]);
  const found =
    name === "" ? undefined : store.table("priorityclasses.scheduling.k8s.io").get(name);
  const known: Readonly<Record<string, number>> = {
    "system-cluster-critical": 2_000_000_000,
    "system-node-critical": 2_000_001_000,
  };
  return {
    ...spec,
    priority: found?.object["value"] ?? known[name] ?? 0,
    preemptionPolicy: found?.object["preemptionPolicy"] ?? "PreemptLowerPriority",
  };
}

/** Which pods go first when a node runs short: those that promised nothing. */
function qosClass(spec: JsonObject): string {
  const all = [...records(spec["containers"]), ...records(spec["initContainers"])];
  const resources = all.map((each) => record(each["resources"]));
  const isEmpty = resources.every(
    ({ requests, limits }) =>
      Object.keys(record(requests)).length === 0 && Object.keys(record(limits)).length === 0,
  );
  if (isEmpty) return "BestEffort";
  const guaranteed = resources.every(({ requests, limits }) => {
    const [wanted, most] = [record(requests), record(limits)];
    return ["cpu", "memory"].every(
      (name) => most[name] !== undefined && deepEqual(most[name], wanted[name] ?? most[name]),
    );
  });
  return guaranteed ? "Guaranteed" : "Burstable";
}

const freeFields = ["activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations"];

/** A spec without what may be changed in a running pod. */
function fixedPart(spec: unknown): JsonObject {
  const fixed: Record<string, unknown> = { ...record(spec) };
  for (const field of freeFields) delete fixed[field];
  for (const list of ["containers", "initContainers"]) {
    if (!Array.isArray(fixed[list])) continue;
    fixed[list] = records(fixed[list]).map(({ image: _image, ...rest }) => rest);
  }
  return fixed;
}

const frozenSpec =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

function validate(pod: KubeObject, live: KubeObject | undefined): readonly FieldError[] {
  const errors = [...podSpecErrors("spec", record(pod["spec"]))];
  if (live === undefined || pod["spec"] === live["spec"]) return errors;
  const count = (object: KubeObject) => records(record(object["spec"])["containers"]).length;
  if (count(pod) !== count(live)) {
    errors.push(forbiddenValue("spec.containers", "pod updates may not add or remove containers"));
  } else if (!deepEqual(fixedPart(pod["spec"]), fixedPart(live["spec"]))) {
    errors.push(forbiddenValue("spec", frozenSpec));
  }
  return errors;
}

export const pods: Strategy = {
  prepareCreate: (pod, environment) => {
    if (!isObject(pod["spec"])) return pod;
    const spec = withPriority(withAccount(withTolerations(pod["spec"])), environment);
    const status = { phase: "Pending", qosClass: qosClass(spec) };
    return withField(withField(pod, "spec", spec), "status", status);
  },
  validate,
};
