import { deepEqual } from "../json.ts";
import { compareObjects, withoutFields, type Comparison } from "./compare.ts";
import {
  below,
  containsPath,
  difference,
  emptySet,
  intersection,
  isEmptySet,
  listPaths,
  printPath,
  union,
  withoutBranches,
  type FieldSet,
} from "./field-set.ts";
import { identityOf, type ManagerFields, type Managers } from "./managed-fields.ts";
import { mergeObjects } from "./merge.ts";
import { fieldTypeOf, type MergeType } from "./merge-type.ts";
import { removeFields } from "./remove.ts";
import { toFieldSet } from "./to-field-set.ts";

/** One version of an object's shape. */
export interface VersionedType {
  readonly type: MergeType;
  /** Fields that this endpoint neither writes nor owns. */
  readonly resetFields: FieldSet;
  /** The object in this version. */
  convert(object: unknown): unknown;
}

/** Undefined for versions that are no longer served: their managers are forgotten. */
export type VersionLookup = (apiVersion: string) => VersionedType | undefined;

export interface FieldConflict {
  /** As the conflict message names it: `"kubectl" using apps/v1`. */
  readonly manager: string;
  /** `.spec.replicas` */
  readonly field: string;
}

/** The writer whose managed fields are being computed. */
export interface Writer {
  readonly apiVersion: string;
  readonly identity: string;
}

/** Another manager's fields that the write changes, and what that leaves to it. */
interface Trespass {
  readonly conflicts: ReadonlyMap<string, FieldSet>;
  readonly managers: Map<string, ManagerFields>;
  readonly comparison: Comparison;
}

/** Compares two versions of an object and takes what changed away from the other managers. */
export function takeFromOthers(
  before: unknown,
  after: unknown,
  managers: Managers,
  writer: Writer & { readonly versions: VersionLookup },
): Trespass {
  const comparisons = new Map<string, Comparison>();
  const compareIn = (apiVersion: string): Comparison | undefined => {
    const known = comparisons.get(apiVersion);
    if (known !== undefined) return known;
    const version = writer.versions(apiVersion);
    if (version === undefined) return undefined;
    const { type, resetFields, convert } = version;
    const whole = compareObjects(convert(before), convert(after), type);
    const comparison = isEmptySet(resetFields) ? whole : withoutFields(whole, resetFields);
    comparisons.set(apiVersion, comparison);
    return comparison;
  };
  const left = new Map<string, ManagerFields>();
  const conflicts = new Map<string, FieldSet>();
  for (const [identity, manager] of managers) {
    if (identity === writer.identity) {
      left.set(identity, manager);
      continue;
    }
    const comparison = compareIn(manager.apiVersion);
    if (comparison === undefined) continue;
    const conflict = intersection(manager.set, comparison.changed);
    if (!isEmptySet(conflict)) conflicts.set(identity, conflict);
    const set = difference(difference(manager.set, conflict), comparison.removed);
    if (!isEmptySet(set)) left.set(identity, set === manager.set ? manager : { ...manager, set });
  }
  const comparison = compareIn(writer.apiVersion);
  if (comparison === undefined) throw new Error(`no schema for ${writer.apiVersion}`);
  return { conflicts, managers: left, comparison };
}

export function listConflicts(
  conflicts: ReadonlyMap<string, FieldSet>,
  managers: Managers,
): FieldConflict[] {
  const list: FieldConflict[] = [];
  for (const [identity, set] of conflicts) {
    const manager = managers.get(identity);
    if (manager === undefined) continue;
    const name = printManager(manager);
    for (const path of listPaths(set)) list.push({ manager: name, field: printPath(path) });
  }
  return list.sort((a, b) => compareNames(a.manager, b.manager));
}

function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function printManager({ manager, subresource, operation, apiVersion }: ManagerFields): string {
  const name = JSON.stringify(manager);
  const full =
    subresource === "" ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === "Update" ? `${full} using ${apiVersion}` : full;
}

export interface Application {
  readonly live: unknown;
  readonly config: unknown;
  readonly managers: Managers;
  /** The applying manager, without its fields. */
  readonly applier: Omit<ManagerFields, "set" | "time">;
  readonly versions: VersionLookup;
}

export interface ApplicationResult {
  readonly object: unknown;
  readonly managers: Map<string, ManagerFields>;
  readonly conflicts: ReadonlyMap<string, FieldSet>;
  readonly isUnchanged: boolean;
}

/** Lays a configuration over the live object and drops what the manager applied before and no longer does. */
export function applyConfig(application: Application): ApplicationResult {
  const { live, config, applier, versions } = application;
  const version = versions(applier.apiVersion);
  if (version === undefined) throw new Error(`no schema for ${applier.apiVersion}`);
  const identity = identityOf(applier);
  const before = application.managers.get(identity);
  const set = withoutBranches(toFieldSet(config, version.type), version.resetFields);
  const managers = new Map(application.managers);
  managers.set(identity, { ...applier, time: before?.time, set });
  const merged = mergeObjects(live, config, version.type);
  const object =
    before === undefined ? merged : pruneDropped(merged, { before, set, managers, versions });
  const { conflicts, managers: left } = takeFromOthers(live, object, managers, {
    apiVersion: applier.apiVersion,
    identity,
    versions,
  });
  if (isEmptySet(set)) left.delete(identity);
  return { object, managers: left, conflicts, isUnchanged: deepEqual(live, object) };
}

interface Pruning {
  readonly before: ManagerFields;
  readonly set: FieldSet;
  readonly managers: Managers;
  readonly versions: VersionLookup;
}

/** Removes what was applied last time, is not any more, and is owned by nobody else. */
function pruneDropped(merged: unknown, { before, set, managers, versions }: Pruning): unknown {
  // Nothing was given up: the usual case, and the object need not be walked.
  if (isEmptySet(difference(before.set, set))) return merged;
  const version = versions(before.apiVersion);
  if (version === undefined) return merged;
  const { type } = version;
  const object = version.convert(merged);
  const last = withNamedFields(before.set, type);
  const pruned = removeFields(object, last, type);
  const all = withNamedFields(toFieldSet(object, type), type);
  let owned: FieldSet = emptySet;
  for (const manager of managers.values()) owned = union(owned, manager.set);
  const kept = union(withNamedFields(toFieldSet(pruned, type), type), withNamedFields(owned, type));
  const withOwned = removeFields(object, difference(all, kept), type);
  const final = withNamedFields(toFieldSet(withOwned, type), type);
  return removeFields(object, intersection(difference(all, final), last), type);
}

/** The set with the declared fields above each member as members, so that emptied parents can be told from owned ones. */
function withNamedFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  if (isEmptySet(set)) return set;
  const result: Record<string, FieldSet> = {};
  for (const element of Object.keys(set)) {
    const child = below(set, element);
    const name = element.startsWith("f:") ? element.slice(2) : undefined;
    const childType = name === undefined ? itemTypeOf(element, type) : fieldOf(name, type);
    const inner = withNamedFields(child, childType);
    const isDeclared = name !== undefined && type?.map?.fields.has(name) === true;
    const needsMark = isDeclared && !containsPath(set, element) && element !== ".";
    result[element] = needsMark ? { ".": emptySet, ...inner } : inner;
  }
  return result;
}

function fieldOf(name: string, type: MergeType | undefined): MergeType | undefined {
  return type?.map === undefined ? undefined : fieldTypeOf(type.map, name);
}

function itemTypeOf(element: string, type: MergeType | undefined): MergeType | undefined {
  return element.startsWith("k:") ? type?.list?.element() : undefined;
}
