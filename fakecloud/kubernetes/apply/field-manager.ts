import { isObject, type JsonObject } from "../object.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { zeroObjectOf } from "../schema/zero-object.ts";
import { compareObjects } from "./compare.ts";
import {
  difference,
  emptySet,
  intersection,
  isEmptySet,
  setOfPaths,
  union,
  withoutBranches,
  type FieldSet,
} from "./field-set.ts";
import {
  capUpdaters,
  decodeManagedFields,
  encodeManagedFields,
  identityOf,
  type ManagedFieldsEntry,
  type ManagerFields,
  type Managers,
} from "./managed-fields.ts";
import { resourceTypeOf } from "./merge-type.ts";
import { changesOnlyOwn } from "./own-change.ts";
import { reconcileWithSchema } from "./reconcile.ts";
import {
  applyConfig,
  listConflicts,
  takeFromOthers,
  type FieldConflict,
  type VersionLookup,
} from "./structured-merge.ts";
import { checkTyped, toFieldSet } from "./to-field-set.ts";

/** The other served versions of a kind; undefined for a version that is gone. */
export type OtherVersions = (
  apiVersion: string,
) => { readonly schema: OpenApiSchema; convert(object: unknown): unknown } | undefined;

interface WriteContext {
  /** The stored object; undefined if the write creates it. */
  readonly live: JsonObject | undefined;
  readonly schema: OpenApiSchema;
  readonly manager: string;
  /** Empty for the main endpoint. */
  readonly subresource: string;
  readonly apiVersion: string;
  /** RFC 3339, whole seconds; undefined for endpoints that record none. */
  readonly time: string | undefined;
  /** Field paths that the endpoint neither writes nor owns: `[["status"]]`. */
  readonly resetFields?: readonly (readonly string[])[];
  /** Left out where all versions of the kind have the same shape. */
  readonly versions?: OtherVersions;
}

export interface UpdateContext extends WriteContext {
  /** The object as it is about to be stored, defaulted. */
  readonly updated: JsonObject;
}

export interface ApplyContext extends WriteContext {
  readonly live: JsonObject | undefined;
  /** The applied configuration as the client sent it. */
  readonly config: JsonObject;
  readonly force: boolean;
}

/** What an applied configuration is refused for before anything is compared. */
export class ApplyError extends Error {
  override readonly name = "ApplyError";
  readonly code: 400 | 500;

  constructor(code: 400 | 500, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Who manages which field after a create, an update or a patch that is no apply. A client may rewrite the managed fields by
 * sending its own, and stops all tracking with an empty list.
 */
export function trackUpdate(context: UpdateContext): readonly ManagedFieldsEntry[] | undefined {
  const { live, updated, subresource } = context;
  const managers = managersBefore(live, updated, subresource !== "");
  if (managers.size === 0 && live !== undefined) return undefined;
  const tracked = trackChanges(live, updated, managers, context);
  return encodeManagedFields(capUpdaters(tracked), managedFieldsOf(live));
}

function managedFieldsOf(object: JsonObject | undefined): unknown {
  const metadata = object?.["metadata"];
  return isObject(metadata) ? metadata["managedFields"] : undefined;
}

function managersBefore(
  live: JsonObject | undefined,
  updated: JsonObject,
  isSubresource: boolean,
): Managers {
  const stored = decodeManagedFields(managedFieldsOf(live)) ?? new Map<string, ManagerFields>();
  const sent = managedFieldsOf(updated);
  if (isSubresource || sent === managedFieldsOf(live)) return stored;
  if (isReset(sent)) return new Map();
  const rewritten = decodeManagedFields(sent);
  return rewritten === undefined || rewritten.size === 0 ? stored : rewritten;
}

function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false;
  if (entries.length === 0) return true;
  const only: unknown = entries[0];
  return entries.length === 1 && isObject(only) && Object.keys(only).length === 0;
}

/** The changes between two objects, added to what the writing manager owns. */
function trackChanges(
  live: JsonObject | undefined,
  updated: JsonObject,
  managers: Managers,
  context: WriteContext,
): Managers {
  const versions = versionsOf(context);
  const { manager, apiVersion, subresource, time } = context;
  const known = reconcileManagers(live, managers, versions);
  const writer = { manager, operation: "Update", apiVersion, subresource, time } as const;
  const identity = identityOf(writer);
  const own = keepsToOwn({ live, updated, known, identity, context });
  if (own !== undefined) return new Map(known).set(identity, { ...own, time });
  const before = live ?? zeroObjectOf(context.schema);
  const { comparison, managers: left } = takeFromOthers(before, updated, known, {
    apiVersion,
    identity,
    versions,
  });
  const reset = versions(apiVersion)?.resetFields ?? emptySet;
  const taken = difference(withoutBranches(comparison.changed, reset), untracked);
  // What the writer owns already stays the very set that is stored, unless something of it is gone.
  const kept = difference(left.get(identity)?.set ?? emptySet, comparison.removed);
  if (isEmptySet(taken)) keepOwn(left, identity, kept);
  else left.set(identity, { ...writer, set: union(kept, taken), entry: left.get(identity)?.entry });
  return left;
}

/** The writer, if all that the write changes is its own already and nobody else's. */
function keepsToOwn({
  live,
  updated,
  known,
  identity,
  context,
}: {
  readonly live: JsonObject | undefined;
  readonly updated: JsonObject;
  readonly known: Managers;
  readonly identity: string;
  readonly context: WriteContext;
}): ManagerFields | undefined {
  const own = known.get(identity);
  if (own === undefined || live === undefined || context.resetFields !== undefined)
    return undefined;
  const others: FieldSet[] = [];
  for (const manager of known.values()) {
    // Those who wrote in another version have to be asked there, and who owns nothing is forgotten.
    const isOfVersion = context.versions === undefined || manager.apiVersion === context.apiVersion;
    if (!isOfVersion || isEmptySet(manager.set)) return undefined;
    if (manager !== own) others.push(manager.set);
  }
  const type = resourceTypeOf(context.schema);
  const owners = { own: own.set, others };
  return changesOnlyOwn({ before: live, after: updated }, type, owners) ? own : undefined;
}

function keepOwn(managers: Map<string, ManagerFields>, identity: string, set: FieldSet): void {
  const own = managers.get(identity);
  if (own === undefined || own.set === set) return;
  if (isEmptySet(set)) managers.delete(identity);
  else managers.set(identity, { ...own, set });
}

/** Fields of every object that nobody owns. */
const untracked = setOfPaths([
  ["f:apiVersion"],
  ["f:kind"],
  ["f:metadata"],
  ...[
    "clusterName",
    "creationTimestamp",
    "generation",
    "managedFields",
    "name",
    "namespace",
    "resourceVersion",
    "selfLink",
    "uid",
  ].map((field) => ["f:metadata", `f:${field}`]),
]);

function versionsOf(context: WriteContext): VersionLookup {
  const paths = context.resetFields?.map((path) => path.map((field) => `f:${field}`));
  const resetFields = paths === undefined ? emptySet : setOfPaths(paths);
  const own = { type: resourceTypeOf(context.schema), resetFields, convert: keep };
  return (apiVersion) => {
    if (apiVersion === context.apiVersion || context.versions === undefined) return own;
    const other = context.versions(apiVersion);
    if (other === undefined) return undefined;
    return { type: resourceTypeOf(other.schema), resetFields, convert: other.convert };
  };
}

function keep(object: unknown): unknown {
  return object;
}

/** Managers whose recorded fields no longer fit the schema (a list became atomic) are brought in line. */
function reconcileManagers(
  live: JsonObject | undefined,
  managers: Managers,
  versions: VersionLookup,
): Managers {
  if (live === undefined) return managers;
  const reconciled = new Map<string, ManagerFields>();
  for (const [identity, manager] of managers) {
    const version = versions(manager.apiVersion);
    if (version === undefined) continue;
    const set = reconcileWithSchema(manager.set, version.type);
    reconciled.set(identity, set === manager.set ? manager : { ...manager, set });
  }
  return reconciled;
}

export type ApplyResult =
  | { readonly object: JsonObject }
  | { readonly conflicts: readonly FieldConflict[] };

/**
 * Server-side apply: the live object with the configuration laid over it, without what the manager no longer applies, and
 * with its new managed fields; or the fields of others that stand in the way. Throws ApplyError for a configuration that
 * does not fit the schema.
 */
export function applyPatch(context: ApplyContext): ApplyResult {
  checkConfig(context);
  const { live } = context;
  const stored = decodeManagedFields(managedFieldsOf(live)) ?? new Map<string, ManagerFields>();
  const managers = stored.size === 0 ? claimLiveFields(context) : stored;
  const versions = versionsOf(context);
  const known = reconcileManagers(live, managers, versions);
  const { manager, apiVersion, subresource, config } = context;
  const applier = { manager, operation: "Apply", apiVersion, subresource } as const;
  const base = withoutManagedFields(live ?? {});
  const result = applyConfig({ live: base, config, managers: known, applier, versions });
  if (!context.force && result.conflicts.size > 0) {
    const conflicts = withoutLastApplied(result.conflicts, context);
    if (conflicts.size > 0) return { conflicts: listConflicts(conflicts, known) };
  }
  const owners = finishApplier(result.managers, identityOf(applier), {
    time: context.time,
    isUnchanged: result.isUnchanged,
  });
  const object = withManagedFields(
    result.isUnchanged ? base : (result.object as JsonObject),
    encodeManagedFields(owners, managedFieldsOf(live)),
  );
  return { object: updateLastApplied(object, context) };
}

function checkConfig({ config, schema }: ApplyContext): void {
  const sent = managedFieldsOf(config);
  if (sent !== undefined && sent !== null) {
    throw new ApplyError(400, "metadata.managedFields must be nil");
  }
  const errors = checkTyped(config, resourceTypeOf(schema));
  if (errors.length === 0) return;
  const text = errors.length === 1 ? errors[0] : ["errors:", ...errors].join("\n  ");
  throw new ApplyError(500, `failed to create typed patch object (${nameOf(config)}): ${text}`);
}

function nameOf(config: JsonObject): string {
  const metadata = isObject(config["metadata"]) ? config["metadata"] : {};
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const gvk = `${text(config["apiVersion"])}, Kind=${text(config["kind"])}`;
  return `${text(metadata["namespace"])}/${text(metadata["name"])}; ${gvk}`;
}

/** The first apply to an object that nobody managed: what is there counts as somebody's. */
function claimLiveFields(context: ApplyContext): Managers {
  const { live } = context;
  if (live === undefined) return new Map();
  const claimant = { ...context, manager: "before-first-apply", subresource: "", live: undefined };
  return trackChanges(undefined, live, new Map(), claimant);
}

function finishApplier(
  managers: Map<string, ManagerFields>,
  identity: string,
  { time, isUnchanged }: { readonly time: string | undefined; readonly isUnchanged: boolean },
): Managers {
  const applier = managers.get(identity);
  if (applier === undefined) return managers;
  const set = difference(applier.set, untracked);
  if (isEmptySet(set)) managers.delete(identity);
  else managers.set(identity, { ...applier, set, time: isUnchanged ? applier.time : time });
  return managers;
}

function withoutManagedFields(object: JsonObject): JsonObject {
  return withManagedFields(object, undefined);
}

function withManagedFields(
  object: JsonObject,
  entries: readonly ManagedFieldsEntry[] | undefined,
): JsonObject {
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  if (metadata["managedFields"] === entries) return object;
  const { managedFields: _old, ...rest } = metadata;
  const after = entries === undefined ? rest : { ...rest, managedFields: entries };
  return { ...object, metadata: after };
}

const lastAppliedKey = "kubectl.kubernetes.io/last-applied-configuration";
const mostAnnotationBytes = 262_144;

function lastAppliedOf(object: JsonObject | undefined): string | undefined {
  const metadata = object?.["metadata"];
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  const text = isObject(annotations) ? annotations[lastAppliedKey] : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** Fields that kubectl applied from its own side before are its own: they are no conflict. */
function withoutLastApplied(
  conflicts: ReadonlyMap<string, FieldSet>,
  context: ApplyContext,
): ReadonlyMap<string, FieldSet> {
  const text = context.manager === "kubectl" ? lastAppliedOf(context.live) : undefined;
  if (text === undefined) return conflicts;
  const lastApplied = parseObject(text);
  if (lastApplied === undefined) return conflicts;
  const type = resourceTypeOf(context.schema);
  const { changed, removed } = compareObjects(lastApplied, context.live, type);
  const allowed = difference(toFieldSet(lastApplied, type), union(changed, removed));
  const rest = new Map<string, FieldSet>();
  for (const [identity, set] of conflicts) {
    const left = difference(set, intersection(set, allowed));
    if (!isEmptySet(left)) rest.set(identity, left);
  }
  return rest;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the annotation of client-side apply true, so that a client may go back to it. */
function updateLastApplied(object: JsonObject, context: ApplyContext): JsonObject {
  if (context.manager !== "kubectl" || context.subresource !== "") return object;
  if (lastAppliedOf(object) === undefined) return object;
  const metadata = object["metadata"] as JsonObject;
  const { [lastAppliedKey]: _old, ...others } = metadata["annotations"] as Record<string, string>;
  const text = `${JSON.stringify(withoutLastAppliedAnnotation(context.config))}\n`;
  const bytes = Object.entries(others).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    Buffer.byteLength(lastAppliedKey) + Buffer.byteLength(text),
  );
  const annotations = bytes > mostAnnotationBytes ? others : { ...others, [lastAppliedKey]: text };
  return { ...object, metadata: { ...metadata, annotations } };
}

function withoutLastAppliedAnnotation(config: JsonObject): JsonObject {
  const metadata = config["metadata"];
  if (!isObject(metadata) || !isObject(metadata["annotations"])) return config;
  const { [lastAppliedKey]: _own, ...annotations } = metadata["annotations"];
  return { ...config, metadata: { ...metadata, annotations } };
}
