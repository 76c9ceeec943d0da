import { parseAllDocuments } from "yaml";
import type { UnstructuredObject } from "../runtime/client.ts";

/** In this order objects are created; kinds that are not named follow, by name. As upstream's resource order. */
const creationOrder = [
  "Namespace",
  "CustomResourceDefinition",
  "ResourceQuota",
  "StorageClass",
  "ServiceAccount",
  "Secret",
  "ConfigMap",
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "Service",
  "LimitRange",
  "PriorityClass",
  "Pod",
  "ReplicationController",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "CronJob",
  "Job",
  "Ingress",
  "APIService",
];

/** The objects in a text of YAML documents or JSON, lists flattened, in the order of creation. */
export function parseResources(text: string): readonly UnstructuredObject[] {
  const objects: UnstructuredObject[] = [];
  for (const document of parseAllDocuments(text)) {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`not valid YAML: ${error.message}`);
    const value = document.toJS() as unknown;
    if (value === null || value === undefined) continue;
    for (const object of Array.isArray(value) ? (value as unknown[]) : [value]) {
      objects.push(...flatten(object));
    }
  }
  return objects.toSorted((a, b) => rank(a) - rank(b));
}

function flatten(value: unknown): readonly UnstructuredObject[] {
  const object = value as Partial<UnstructuredObject> & { items?: readonly unknown[] };
  if (typeof object.kind !== "string" || typeof object.apiVersion !== "string") {
    throw new TypeError("a resource has no apiVersion or no kind");
  }
  if (object.kind.endsWith("List") && object.items !== undefined)
    return object.items.flatMap(flatten);
  if (object.metadata?.name === undefined) throw new Error(`a ${object.kind} has no metadata.name`);
  return [object as UnstructuredObject];
}

function rank({ kind }: UnstructuredObject): number {
  const at = creationOrder.indexOf(kind);
  return at === -1 ? creationOrder.length : at;
}
