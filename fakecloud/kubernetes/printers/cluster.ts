import { record, records, text, texts } from "../crds/definition.ts";
import type { KubeObject } from "../object.ts";
import { column, type Column, integer, nameColumn, wide } from "./column.ts";
import { ageOf } from "./duration.ts";
import {
  ageColumn,
  condition,
  joined,
  labelsText,
  number,
  orNone,
  show,
  spec,
  status,
} from "./read.ts";

function nodeStatus(node: KubeObject): string {
  const ready = condition(node, "Ready");
  const shown = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  return spec(node)["unschedulable"] === true ? `${shown},SchedulingDisabled` : shown;
}

function nodeRoles(node: KubeObject): string {
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(prefix)) return [key.slice(prefix.length)].filter((role) => role !== "");
    return key === "kubernetes.io/role" && value !== "" ? [value] : [];
  });
  return joined([...new Set(roles)].sort());
}

function address(type: string) {
  return (node: KubeObject) =>
    orNone(records(status(node)["addresses"]).find((each) => each["type"] === type)?.["address"]);
}

const nodeInfo = (field: string, none: string) => (node: KubeObject) =>
  orNone(record(status(node)["nodeInfo"])[field], none);

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column("Status", nodeStatus),
  column("Roles", nodeRoles),
  ageColumn,
  column("Version", nodeInfo("kubeletVersion", "")),
  wide("Internal-IP", address("InternalIP")),
  wide("External-IP", address("ExternalIP")),
  wide("OS-Image", nodeInfo("osImage", "<unknown>")),
  wide("Kernel-Version", nodeInfo("kernelVersion", "<unknown>")),
  wide("Container-Runtime", nodeInfo("containerRuntimeVersion", "<unknown>")),
];

function externalAddress(service: KubeObject): string {
  const { type, externalIPs, externalName } = spec(service);
  if (type === "ExternalName") return orNone(externalName);
  const fixed = texts(externalIPs);
  if (type !== "LoadBalancer") return joined(fixed);
  const ingress = records(record(status(service)["loadBalancer"])["ingress"]);
  const addresses = ingress.map(({ ip, hostname }) => text(ip) || text(hostname));
  return joined([...addresses, ...fixed], "<pending>");
}

function ports(service: KubeObject): string {
  return joined(
    records(spec(service)["ports"]).map(({ port, nodePort, protocol }) => {
      const node = number(nodePort) === 0 ? "" : `:${number(nodePort)}`;
      return `${number(port)}${node}/${text(protocol) || "TCP"}`;
    }),
  );
}

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column("Type", (object) => text(spec(object)["type"])),
  column("Cluster-IP", (object) => orNone(spec(object)["clusterIP"])),
  column("External-IP", externalAddress),
  column("Port(s)", ports),
  ageColumn,
  wide("Selector", (object) => labelsText(spec(object)["selector"])),
];

function lastSeen(event: KubeObject, nowMs: number): string {
  const series = record(event["series"]);
  const times = [
    series["lastObservedTime"],
    event["lastTimestamp"],
    event["deprecatedLastTimestamp"],
  ];
  const time = [...times, event["eventTime"]].find((each) => text(each) !== "");
  return ageOf(time, nowMs);
}

function firstSeen(event: KubeObject, nowMs: number): string {
  const times = [event["firstTimestamp"], event["deprecatedFirstTimestamp"], event["eventTime"]];
  return ageOf(
    times.find((each) => text(each) !== ""),
    nowMs,
  );
}

function regarding(event: KubeObject): string {
  const { kind, name } = record(event["involvedObject"] ?? event["regarding"]);
  const lower = text(kind).toLowerCase();
  return text(name) === "" ? lower : `${lower}/${text(name)}`;
}

function eventSource(event: KubeObject): string {
  const { component, host } = record(event["source"] ?? event["deprecatedSource"]);
  const shown =
    text(component) || text(event["reportingComponent"] ?? event["reportingController"]);
  return text(host) === "" ? shown : `${shown}, ${text(host)}`;
}

export const eventColumns: readonly Column[] = [
  column("Last Seen", lastSeen),
  column("Type", (event) => text(event["type"])),
  column("Reason", (event) => text(event["reason"])),
  column("Object", regarding),
  wide("Subobject", (event) =>
    text(record(event["involvedObject"] ?? event["regarding"])["fieldPath"]),
  ),
  wide("Source", eventSource),
  column("Message", (event) => text(event["message"] ?? event["note"]).trim()),
  wide("First Seen", firstSeen),
  wide("Count", (event) => Math.max(1, number(event["count"] ?? event["deprecatedCount"]))),
  { ...nameColumn, priority: 1 },
];

function requestCondition(request: KubeObject): string {
  const types = new Set(records(status(request)["conditions"]).map(({ type }) => text(type)));
  const decided = types.has("Denied") ? "Denied" : types.has("Approved") ? "Approved" : "Pending";
  const failed = types.has("Failed") ? ",Failed" : "";
  const issued = text(status(request)["certificate"]) === "" ? "" : ",Issued";
  return `${decided}${failed}${issued}`;
}

export const signingRequestColumns: readonly Column[] = [
  nameColumn,
  ageColumn,
  column("SignerName", (object) => text(spec(object)["signerName"])),
  column("Requestor", (object) => text(spec(object)["username"])),
  column("RequestedDuration", (object) => {
    const seconds = spec(object)["expirationSeconds"];
    return typeof seconds === "number" ? `${seconds}s` : "<none>";
  }),
  column("Condition", requestCondition),
];

export const volumeColumns: readonly Column[] = [
  nameColumn,
  column("Capacity", (object) => show(record(spec(object)["capacity"])["storage"])),
  column("Access Modes", (object) => accessModes(spec(object)["accessModes"])),
  column("Reclaim Policy", (object) => text(spec(object)["persistentVolumeReclaimPolicy"])),
  column("Status", (object) =>
    object.metadata.deletionTimestamp === undefined ? text(status(object)["phase"]) : "Terminating",
  ),
  column("Claim", (object) => {
    const { namespace, name } = record(spec(object)["claimRef"]);
    return text(name) === "" ? "" : `${text(namespace)}/${text(name)}`;
  }),
  column("StorageClass", (object) => text(spec(object)["storageClassName"])),
  column("VolumeAttributesClass", (object) => text(spec(object)["volumeAttributesClassName"])),
  column("Reason", (object) => text(status(object)["reason"])),
  ageColumn,
  wide("VolumeMode", (object) => text(spec(object)["volumeMode"])),
];

export const claimColumns: readonly Column[] = [
  nameColumn,
  column("Status", (object) =>
    object.metadata.deletionTimestamp === undefined ? text(status(object)["phase"]) : "Terminating",
  ),
  column("Volume", (object) => text(spec(object)["volumeName"])),
  column("Capacity", (object) => text(record(status(object)["capacity"])["storage"])),
  column("Access Modes", (object) => accessModes(status(object)["accessModes"])),
  column("StorageClass", (object) => text(spec(object)["storageClassName"])),
  column("VolumeAttributesClass", (object) =>
    orNone(spec(object)["volumeAttributesClassName"], "<unset>"),
  ),
  ageColumn,
  wide("VolumeMode", (object) => text(spec(object)["volumeMode"])),
];

function accessModes(modes: unknown): string {
  const short: Readonly<Record<string, string>> = {
    ReadOnlyMany: "ROX",
    ReadWriteMany: "RWX",
    ReadWriteOnce: "RWO",
    ReadWriteOncePod: "RWOP",
  };
  return texts(modes)
    .map((mode) => short[mode] ?? mode)
    .join(",");
}

export const budgetColumns: readonly Column[] = [
  nameColumn,
  column("Min Available", (object) => show(spec(object)["minAvailable"] ?? "N/A")),
  column("Max Unavailable", (object) => show(spec(object)["maxUnavailable"] ?? "N/A")),
  integer("Allowed Disruptions", (object) => number(status(object)["disruptionsAllowed"])),
  ageColumn,
];
