import { record, records, text, texts } from "../crds/definition.ts";
import type { JsonObject, KubeObject } from "../object.ts";
import { column, type Column, nameColumn } from "./column.ts";
import { ageColumn, joined, number, orNone, selectorText, spec, status } from "./read.ts";

function hosts(ingress: KubeObject): string {
  const all = records(spec(ingress)["rules"])
    .map(({ host }) => text(host))
    .filter((host) => host !== "");
  if (all.length === 0) return "*";
  const shown = all.slice(0, 3).join(",");
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

function balancerAddresses(ingress: KubeObject): string {
  const points = records(record(status(ingress)["loadBalancer"])["ingress"]);
  const all = points.map(({ ip, hostname }) => text(ip) || text(hostname)).filter(Boolean);
  return joined(all, "");
}

export const ingressColumns: readonly Column[] = [
  nameColumn,
  column("Class", (object) =>
    orNone(
      spec(object)["ingressClassName"] ??
        object.metadata.annotations?.["kubernetes.io/ingress.class"],
    ),
  ),
  column("Hosts", hosts),
  column("Address", balancerAddresses),
  column("Ports", (object) => (records(spec(object)["tls"]).length > 0 ? "80, 443" : "80")),
  ageColumn,
];

export const ingressClassColumns: readonly Column[] = [
  nameColumn,
  column("Controller", (object) => text(spec(object)["controller"])),
  column("Parameters", (object) => {
    const { apiGroup, kind, name } = record(spec(object)["parameters"]);
    if (name === undefined) return "<none>";
    const group = text(apiGroup);
    return `${text(kind)}${group === "" ? "" : `.${group}`}/${text(name)}`;
  }),
  ageColumn,
];

export const networkPolicyColumns: readonly Column[] = [
  nameColumn,
  column("Pod-Selector", (object) => selectorText(spec(object)["podSelector"])),
  ageColumn,
];

/** "cpu: <unknown>/80%": what there is of what is wanted. */
function metricText(metric: JsonObject, current: JsonObject | undefined): string {
  if (metric["type"] !== "Resource") return "<unknown>";
  const { name, target } = record(metric["resource"]);
  const { averageUtilization, averageValue } = record(target);
  const now = record(record(current?.["resource"])["current"]);
  if (averageValue !== undefined) {
    return `${text(name)}: ${orNone(now["averageValue"], "<unknown>")}/${text(averageValue)}`;
  }
  const use = now["averageUtilization"];
  const shown = typeof use === "number" ? `${use}%` : "<unknown>";
  return `${text(name)}: ${shown}/${number(averageUtilization)}%`;
}

function targets(autoscaler: KubeObject): string {
  const metrics = records(spec(autoscaler)["metrics"]);
  const current = records(status(autoscaler)["currentMetrics"]);
  const shown = metrics.slice(0, 2).map((each, index) => metricText(each, current[index]));
  if (shown.length === 0) return "<none>";
  const more = metrics.length > 2 ? ` + ${metrics.length - 2} more...` : "";
  return shown.join(", ") + more;
}

export const autoscalerColumns: readonly Column[] = [
  nameColumn,
  column("Reference", (object) => {
    const { kind, name } = record(spec(object)["scaleTargetRef"]);
    return `${text(kind)}/${text(name)}`;
  }),
  column("Targets", targets),
  column("MinPods", (object) => {
    const { minReplicas } = spec(object);
    return typeof minReplicas === "number" ? String(minReplicas) : "<unset>";
  }),
  column("MaxPods", (object) => number(spec(object)["maxReplicas"])),
  column("Replicas", (object) => number(status(object)["currentReplicas"])),
  ageColumn,
];

export const addressColumns: readonly Column[] = [
  nameColumn,
  column("ParentRef", (object) => {
    const { group, resource, namespace, name } = record(spec(object)["parentRef"]);
    const kind = [text(resource), text(group)].filter((part) => part !== "").join(".");
    return [kind, text(namespace), text(name)].filter((part) => part !== "").join("/");
  }),
];

export const rangeColumns: readonly Column[] = [
  nameColumn,
  column("CIDRs", (object) => joined(texts(spec(object)["cidrs"]), "")),
  ageColumn,
];
