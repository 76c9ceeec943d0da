import { record, records, text, texts } from "../crds/definition.ts";
import type { KubeObject } from "../object.ts";
import { column, type Column, nameColumn } from "./column.ts";
import { ageColumn, condition, joined, labelsText, number, spec } from "./read.ts";

function availability(service: KubeObject): string {
  const available = condition(service, "Available");
  if (available === undefined) return "Unknown";
  const { status, reason } = available;
  return status === "True" ? "True" : `${text(status)} (${text(reason)})`;
}

export const apiServiceColumns: readonly Column[] = [
  nameColumn,
  column("Service", (object) => {
    const { namespace, name } = record(spec(object)["service"]);
    return name === undefined ? "Local" : `${text(namespace)}/${text(name)}`;
  }),
  column("Available", availability),
  ageColumn,
];

export const flowSchemaColumns: readonly Column[] = [
  nameColumn,
  column("PriorityLevel", (object) =>
    text(record(spec(object)["priorityLevelConfiguration"])["name"]),
  ),
  column("MatchingPrecedence", (object) => number(spec(object)["matchingPrecedence"])),
  column("DistinguisherMethod", (object) => {
    const { type } = record(spec(object)["distinguisherMethod"]);
    return text(type) || "<none>";
  }),
  ageColumn,
  column("MissingPL", (object) => text(condition(object, "Dangling")?.["status"]) || "?"),
];

function queuing(level: KubeObject) {
  return record(record(record(spec(level)["limited"])["limitResponse"])["queuing"]);
}

const orNone = (value: unknown) => (typeof value === "number" ? value : "<none>");

export const priorityLevelColumns: readonly Column[] = [
  nameColumn,
  column("Type", (object) => text(spec(object)["type"])),
  column("NominalConcurrencyShares", (object) => {
    const limits = spec(object)["limited"] ?? spec(object)["exempt"];
    return orNone(record(limits)["nominalConcurrencyShares"]);
  }),
  column("Queues", (object) => orNone(queuing(object)["queues"])),
  column("HandSize", (object) => orNone(queuing(object)["handSize"])),
  column("QueueLengthLimit", (object) => orNone(queuing(object)["queueLengthLimit"])),
  ageColumn,
];

const flag = (name: string, field: string, otherwise: boolean) =>
  column(name, (object) => spec(object)[field] ?? otherwise, { type: "boolean" });

export const driverColumns: readonly Column[] = [
  nameColumn,
  flag("AttachRequired", "attachRequired", true),
  flag("PodInfoOnMount", "podInfoOnMount", false),
  flag("StorageCapacity", "storageCapacity", false),
  column("TokenRequests", (object) => {
    const audiences = records(spec(object)["tokenRequests"]).map(({ audience }) => text(audience));
    return audiences.length === 0 ? "<unset>" : audiences.join(",");
  }),
  flag("RequiresRepublish", "requiresRepublish", false),
  column("Modes", (object) => joined(texts(spec(object)["volumeLifecycleModes"]))),
  ageColumn,
];

function templateContainers(template: KubeObject) {
  return records(record(record(template["template"])["spec"])["containers"]);
}

export const podTemplateColumns: readonly Column[] = [
  nameColumn,
  column("Containers", (object) =>
    joined(
      templateContainers(object).map(({ name }) => text(name)),
      "",
    ),
  ),
  column("Images", (object) =>
    joined(
      templateContainers(object).map(({ image }) => text(image)),
      "",
    ),
  ),
  column("Pod Labels", (object) =>
    labelsText(record(record(object["template"])["metadata"])["labels"]),
  ),
];
