import { gvOf, type JsonObject } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { subresourceDescriptions } from "../tables/group-priorities.ts";

/** One operation, before it is dressed for version 2 or 3 of OpenAPI. */
export interface Operation {
  readonly method: "delete" | "get" | "patch" | "post" | "put";
  readonly action: string;
  readonly path: string;
  readonly gvk: { readonly group: string; readonly version: string; readonly kind: string };
  readonly parameters: readonly JsonObject[];
  /** Whether requests and answers are objects of the kind itself. */
  readonly ofKind: boolean;
}

function queryParameter(name: string, type: string): JsonObject {
  return { name, in: "query", schema: { type, uniqueItems: true } };
}

const dryRun = queryParameter("dryRun", "string");
const fieldManager = queryParameter("fieldManager", "string");
const fieldValidation = queryParameter("fieldValidation", "string");
const writing = [dryRun, fieldManager, fieldValidation];
const listing = [
  queryParameter("allowWatchBookmarks", "boolean"),
  queryParameter("continue", "string"),
  queryParameter("fieldSelector", "string"),
  queryParameter("labelSelector", "string"),
  queryParameter("limit", "integer"),
  queryParameter("resourceVersion", "string"),
  queryParameter("resourceVersionMatch", "string"),
  queryParameter("sendInitialEvents", "boolean"),
  queryParameter("timeoutSeconds", "integer"),
  queryParameter("watch", "boolean"),
];
const deleting = [
  dryRun,
  queryParameter("gracePeriodSeconds", "integer"),
  queryParameter("orphanDependents", "boolean"),
  queryParameter("propagationPolicy", "string"),
];
const patching = [...writing, queryParameter("force", "boolean")];

const methods = {
  get: { method: "get", action: "get", parameters: [] },
  update: { method: "put", action: "put", parameters: writing },
  patch: { method: "patch", action: "patch", parameters: patching },
  delete: { method: "delete", action: "delete", parameters: deleting },
  list: { method: "get", action: "list", parameters: listing },
  create: { method: "post", action: "post", parameters: writing },
  deletecollection: {
    method: "delete",
    action: "deletecollection",
    parameters: [...listing, ...deleting],
  },
} as const;

const collectionVerbs = ["list", "create", "deletecollection"] as const;
const itemVerbs = ["get", "update", "patch", "delete"] as const;

export function rootOf({ group, version }: Resource): string {
  return group === "" ? `/api/${version}` : `/apis/${gvOf(group, version)}`;
}

function mainOperations(resource: Resource, collection: string): readonly Operation[] {
  const { group, version, kind, verbs } = resource;
  const gvk = { group, version, kind };
  const at = (path: string, wanted: readonly (keyof typeof methods)[]) =>
    wanted
      .filter((verb) => verbs.includes(verb))
      .map((verb): Operation => ({ ...methods[verb], path, gvk, ofKind: true }));
  return [...at(collection, collectionVerbs), ...at(`${collection}/{name}`, itemVerbs)];
}

function subresourceOperations(resource: Resource, collection: string): readonly Operation[] {
  const { group, version, kind } = resource;
  return [...resource.subresources].sort().flatMap((name) => {
    const described = subresourceDescriptions[name];
    const gvk = {
      group: described?.group ?? group,
      version: described?.version ?? version,
      kind: described?.kind ?? kind,
    };
    return (described?.verbs ?? [])
      .filter((verb): verb is keyof typeof methods => verb in methods)
      .map((verb): Operation => ({
        ...methods[verb],
        path: `${collection}/{name}/${name}`,
        gvk,
        ofKind: described?.kind === undefined,
      }));
  });
}

/** Everything that can be asked of a kind. */
export function operationsOf(resource: Resource): readonly Operation[] {
  const root = rootOf(resource);
  const scope = resource.namespaced ? "/namespaces/{namespace}" : "";
  const collection = `${root}${scope}/${resource.plural}`;
  const operations = [
    ...mainOperations(resource, collection),
    ...subresourceOperations(resource, collection),
  ];
  if (!resource.namespaced || !resource.verbs.includes("list")) return operations;
  const { group, version, kind } = resource;
  const everywhere: Operation = {
    ...methods.list,
    path: `${root}/${resource.plural}`,
    gvk: { group, version, kind },
    ofKind: true,
  };
  return [...operations, everywhere];
}
