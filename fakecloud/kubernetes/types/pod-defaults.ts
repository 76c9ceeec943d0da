import { isObject, type JsonObject } from "../object.ts";
import { change, fill, mapItems, type Edit } from "./rewrite.ts";

/** Volume sources; a volume without one is an empty directory. */
const volumeName = "name";

const defaultVolume: Edit = (volume) =>
  Object.keys(volume).some((key) => key !== volumeName) ? volume : { ...volume, emptyDir: {} };

/** The tag decides: what may change under the same name is pulled always. */
function pullPolicyOf(image: unknown): string {
  const text = typeof image === "string" ? image : "";
  if (text.includes("@")) return "IfNotPresent";
  const tag = /:([^:/]+)$/.exec(text)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

const defaultContainer: Edit = (container) =>
  fill(container, { imagePullPolicy: pullPolicyOf(container["image"]) });

function mapContainers(spec: JsonObject, edit: Edit): JsonObject {
  let result = spec;
  for (const field of ["containers", "initContainers", "ephemeralContainers"]) {
    result = mapItems(result, field, edit);
  }
  return result;
}

const defaultPodSpec: Edit = (spec) => {
  const withContainers = mapContainers(mapItems(spec, "volumes", defaultVolume), defaultContainer);
  if (spec["hostNetwork"] !== true) return withContainers;
  return mapContainers(withContainers, (container) =>
    mapItems(container, "ports", (port) => fill(port, { hostPort: port["containerPort"] })),
  );
};

export const defaultPodTemplate: Edit = (template) => change(template, "spec", defaultPodSpec);

/** Limits stand for requests that were left out. */
const defaultRequests: Edit = (container) =>
  change(container, "resources", (resources) => {
    const { limits } = resources;
    if (!isObject(limits) || Object.keys(limits).length === 0) return resources;
    const requests = isObject(resources["requests"]) ? resources["requests"] : {};
    const filled = fill(requests, limits);
    return filled === requests ? resources : { ...resources, requests: filled };
  });

type QosClass = "BestEffort" | "Burstable" | "Guaranteed";

function qosOf(spec: JsonObject): QosClass {
  const containers = [spec["containers"], spec["initContainers"]]
    .flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []))
    .filter(isObject);
  let isGuaranteed = containers.length > 0;
  let isBestEffort = true;
  for (const container of containers) {
    const { requests, limits } = resourcesOf(container);
    for (const name of ["cpu", "memory"]) {
      if (requests[name] !== undefined || limits[name] !== undefined) isBestEffort = false;
      if (limits[name] === undefined || requests[name] !== limits[name]) isGuaranteed = false;
    }
  }
  if (isBestEffort) return "BestEffort";
  return isGuaranteed ? "Guaranteed" : "Burstable";
}

function resourcesOf(container: JsonObject): { requests: JsonObject; limits: JsonObject } {
  const resources = isObject(container["resources"]) ? container["resources"] : {};
  const part = (name: string) => (isObject(resources[name]) ? resources[name] : {});
  return { requests: part("requests"), limits: part("limits") };
}

export const defaultPod: Edit = (pod) => {
  const withSpec = change(pod, "spec", (spec) =>
    mapContainers(fill(defaultPodSpec(spec), { enableServiceLinks: true }), defaultRequests),
  );
  const { spec } = withSpec;
  if (!isObject(spec)) return withSpec;
  return change(withSpec, "status", (status) => fill(status, { qosClass: qosOf(spec) }));
};
