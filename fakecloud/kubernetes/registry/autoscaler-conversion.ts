import { record, records } from "../crds/definition.ts";
import { type JsonObject, type KubeObject } from "../object.ts";
import type { Conversion } from "./resource.ts";

function isCpuUse(metric: JsonObject): boolean {
  const { name, target } = record(metric["resource"]);
  return metric["type"] === "Resource" && name === "cpu" && utilizationOf(target) !== undefined;
}

function utilizationOf(target: unknown): unknown {
  return record(target)["averageUtilization"];
}

function toOld(object: KubeObject): JsonObject {
  const { metrics, behavior: _behavior, ...spec } = record(object["spec"]);
  const { currentMetrics, conditions: _conditions, ...status } = record(object["status"]);
  const wanted = records(metrics).find(isCpuUse);
  const target = utilizationOf(record(wanted?.["resource"])["target"]);
  const found = records(currentMetrics).find(({ resource }) => record(resource)["name"] === "cpu");
  const use = utilizationOf(record(found?.["resource"])["current"]);
  return {
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...status,
      ...(use === undefined ? {} : { currentCPUUtilizationPercentage: use }),
    },
  };
}

function toNew(object: KubeObject): JsonObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = record(object["spec"]);
  const { currentCPUUtilizationPercentage: use, ...status } = record(object["status"]);
  const cpu = (value: JsonObject) => [{ type: "Resource", resource: { name: "cpu", ...value } }];
  const wanted = { target: { type: "Utilization", averageUtilization: target } };
  return {
    spec: { ...spec, ...(target === undefined ? {} : { metrics: cpu(wanted) }) },
    status: {
      ...status,
      ...(use === undefined
        ? {}
        : { currentMetrics: cpu({ current: { averageUtilization: use } }) }),
    },
  };
}

/**
 * The first version of HorizontalPodAutoscaler knows one metric, the use of CPU. The real server keeps the others in
 * annotations while they pass through that version; here they are not to be seen in it.
 */
export const autoscalerConversion: Conversion = {
  convert: (objects, apiVersion) =>
    objects.map((object) => {
      if (object.apiVersion === apiVersion) return object;
      const body = apiVersion === "autoscaling/v1" ? toOld(object) : toNew(object);
      return { ...object, ...body, apiVersion };
    }),
};
