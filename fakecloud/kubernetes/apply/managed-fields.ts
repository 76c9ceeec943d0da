import { compareText } from "../json.ts";
import { isObject } from "../object.ts";
import { emptySet, isSorted, sortSet, union, type FieldSet } from "./field-set.ts";

/** An entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldSet;
  readonly subresource?: string;
}

/** Who owns what, by the identity of the manager. */
export type Managers = ReadonlyMap<string, ManagerFields>;

export interface ManagerFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly set: FieldSet;
  /** The entry that it was decoded from, whatever has changed since. */
  readonly entry?: ManagedFieldsEntry | undefined;
}

/**
 * What makes two writes come from the same manager: appliers are known by name and subresource in all versions, updaters
 * per version.
 */
export function identityOf(
  manager: Pick<ManagerFields, "apiVersion" | "manager" | "operation" | "subresource">,
): string {
  const version = manager.operation === "Update" ? manager.apiVersion : "";
  return `${manager.manager}\u0000${manager.operation}\u0000${version}\u0000${manager.subresource}`;
}

/** Undefined if an entry is no managed-fields entry. */
export function decodeManagedFields(entries: unknown): Managers | undefined {
  if (entries === undefined || entries === null) return new Map();
  if (!Array.isArray(entries)) return undefined;
  const managers = new Map<string, ManagerFields>();
  for (const entry of entries as readonly unknown[]) {
    const decoded = decodeEntry(entry);
    if (decoded === undefined) return undefined;
    managers.set(identityOf(decoded), decoded);
  }
  return managers;
}

function decodeEntry(entry: unknown): ManagerFields | undefined {
  if (!isObject(entry)) return undefined;
  const { operation, fieldsType, fieldsV1 = emptySet } = entry as unknown as ManagedFieldsEntry;
  if (operation !== "Apply" && operation !== "Update") return undefined;
  if (fieldsType !== undefined && fieldsType !== "FieldsV1" && fieldsType !== "") return undefined;
  if (!isFieldSet(fieldsV1)) return undefined;
  const { manager, apiVersion, subresource, time } = entry as unknown as ManagedFieldsEntry;
  return {
    manager: manager ?? "",
    operation,
    apiVersion: apiVersion ?? "",
    subresource: subresource ?? "",
    time,
    set: fieldsV1,
    entry: entry as unknown as ManagedFieldsEntry,
  };
}

const knownSets = new WeakSet<object>();

function isFieldSet(value: unknown): value is FieldSet {
  if (!isObject(value)) return false;
  if (isSorted(value as FieldSet) || knownSets.has(value)) return true;
  const isGood = Object.keys(value).every(
    (element) => isElement(element) && isFieldSet(value[element]),
  );
  if (isGood && Object.isFrozen(value)) knownSets.add(value);
  return isGood;
}

function isElement(element: string): boolean {
  if (element === "." || element.startsWith("f:")) return true;
  if (/^i:-?\d+$/.test(element)) return true;
  if (!/^[kv]:/.test(element)) return false;
  try {
    const value = JSON.parse(element.slice(2)) as unknown;
    return element.startsWith("v:") || isObject(value);
  } catch {
    return false;
  }
}

/** Undefined if nobody owns anything. Unchanged managers keep their very entry. */
export function encodeManagedFields(
  managers: Managers,
  before: unknown,
): readonly ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  const old = Array.isArray(before) ? (before as readonly ManagedFieldsEntry[]) : [];
  const entries = [...managers.values()]
    .sort(compareManagers)
    .map((manager) => storedEntry(manager, old) ?? encodeEntry(manager));
  const isSame =
    entries.length === old.length && entries.every((entry, index) => entry === old[index]);
  return isSame ? old : entries;
}

/** The stored entry of a manager, if it still says all that there is to say. */
function storedEntry(
  manager: ManagerFields,
  stored: readonly ManagedFieldsEntry[],
): ManagedFieldsEntry | undefined {
  const { entry } = manager;
  const isTrue =
    entry !== undefined &&
    entry.fieldsV1 === manager.set &&
    entry.time === manager.time &&
    entry.operation === manager.operation &&
    (entry.manager ?? "") === manager.manager &&
    (entry.apiVersion ?? "") === manager.apiVersion &&
    (entry.subresource ?? "") === manager.subresource;
  return isTrue && stored.includes(entry) ? entry : undefined;
}

function encodeEntry(manager: ManagerFields): ManagedFieldsEntry {
  return {
    manager: manager.manager,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time === undefined ? {} : { time: manager.time }),
    fieldsType: "FieldsV1",
    fieldsV1: sortSet(manager.set),
    ...(manager.subresource === "" ? {} : { subresource: manager.subresource }),
  };
}

function compareManagers(a: ManagerFields, b: ManagerFields): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? "", b.time ?? "") ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

const mostUpdaters = 10;
const bucketName = "ancient-changes";

/** Merges the oldest updaters of one version into a bucket, so that their number stays bounded. */
export function capUpdaters(managers: Managers): Managers {
  if (managers.size <= mostUpdaters) return managers;
  const updaters = [...managers].filter(([, { operation }]) => operation === "Update");
  if (updaters.length <= mostUpdaters) return managers;
  updaters.sort(
    ([a, left], [b, right]) => compareText(left.time ?? "", right.time ?? "") || compareText(a, b),
  );
  const capped = new Map(managers);
  const first = new Map<string, string>();
  let count = updaters.length;
  for (const [identity, fields] of updaters) {
    if (count <= mostUpdaters) break;
    const earlier = first.get(fields.apiVersion);
    if (earlier === undefined) {
      first.set(fields.apiVersion, identity);
      continue;
    }
    moveToBucket(capped, earlier, identity);
    count -= 1;
  }
  return capped;
}

function moveToBucket(managers: Map<string, ManagerFields>, earlier: string, identity: string) {
  const fields = managers.get(identity);
  if (fields === undefined) return;
  const bucket: ManagerFields = { ...fields, manager: bucketName, subresource: "" };
  const key = identityOf(bucket);
  const existing = managers.get(key) ?? managers.get(earlier);
  managers.delete(earlier);
  managers.delete(identity);
  managers.set(key, { ...bucket, set: union(fields.set, existing?.set ?? emptySet) });
}
