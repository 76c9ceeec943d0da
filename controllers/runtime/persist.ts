import type { Client, Kind, KubeObject, OwnerReference } from "./client.ts";
import { keyOf } from "./client.ts";
import { isConflict, isNotFound } from "./errors.ts";
import { deepEqual } from "./json.ts";
import { computeMergePatch } from "./merge-patch.ts";

type Fields = Readonly<Record<string, unknown>>;

interface ConditionLike {
  readonly type: string;
}

const conflictRetries = 5;
/** Where objects keep conditions: the list of each contract version. */
const conditionPaths: readonly (readonly string[])[] = [
  ["conditions"],
  ["v1beta2", "conditions"],
  ["deprecated", "v1beta1", "conditions"],
];

/**
 * Writes what a reconcile has changed, and nothing else: one merge patch for metadata and spec, one for status. Finalizers, owner
 * references and conditions are merged with what others have written meanwhile; nothing is written when nothing changed.
 * Returns the object as it is then (the unchanged `before` if nothing was written).
 */
export async function persist<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  before: T,
  after: T,
): Promise<T> {
  return persistChange(client, kind, { before, after, latest: before });
}

/** What a reconcile started from, what it wants, and what the server has answered last. */
export interface Change<T> {
  readonly before: T;
  readonly after: T;
  readonly latest: T;
}

export async function persistChange<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  change: Change<T>,
): Promise<T> {
  const { before, after } = change;
  const patcher = new Patcher(client, kind, change);
  // The write that removes the last finalizer must be the last one: the object is gone then.
  if (removesFinalizer(before, after)) {
    await patcher.patchStatus();
    await patcher.patchMain();
  } else {
    await patcher.patchMain();
    await patcher.patchStatus();
  }
  return patcher.latest;
}

function removesFinalizer(before: KubeObject, after: KubeObject): boolean {
  const kept = new Set(after.metadata.finalizers);
  return (before.metadata.finalizers ?? []).some((finalizer) => !kept.has(finalizer));
}

class Patcher<T extends KubeObject> {
  readonly #client: Client;
  readonly #kind: Kind<T>;
  readonly #before: T;
  readonly #after: T;
  latest: T;

  constructor(client: Client, kind: Kind<T>, change: Change<T>) {
    this.#client = client;
    this.#kind = kind;
    this.#before = change.before;
    this.#after = change.after;
    this.latest = change.latest;
  }

  async patchMain(): Promise<void> {
    await this.#retryConflicts((latest) => this.#mainPatch(latest), {});
  }

  async patchStatus(): Promise<void> {
    try {
      await this.#retryConflicts((latest) => this.#statusPatch(latest), { subresource: "status" });
    } catch (error) {
      // An object that is being deleted may be gone before its last status is written.
      const deleting = this.#before.metadata.deletionTimestamp !== undefined;
      if (!deleting || !isNotFound(error)) throw error;
    }
  }

  async #retryConflicts(
    plan: (latest: T) => Fields | undefined,
    options: { readonly subresource?: "status" },
  ): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const patch = plan(this.latest);
      if (patch === undefined) return;
      try {
        const key = keyOf(this.#before);
        this.latest = await this.#client.mergePatch(this.#kind, key, patch, options);
        return;
      } catch (error) {
        if (!isConflict(error) || attempt >= conflictRetries) throw error;
        const fresh = await this.#client.get(this.#kind, keyOf(this.#before));
        const known = this.latest.metadata.resourceVersion;
        // Gone, replaced, or a cache that has not seen the other write: the next reconcile starts from the truth.
        if (fresh === undefined || fresh.metadata.uid !== this.#before.metadata.uid) throw error;
        if (fresh.metadata.resourceVersion === known || !this.#mayMerge(fresh, patch)) throw error;
        this.latest = fresh;
      }
    }
  }

  /** Lists other than those merged by item are replaced whole: never over somebody else's change. */
  #mayMerge(fresh: T, patch: Fields): boolean {
    const { metadata: _, status: __, ...rest } = patch;
    const [base, theirs] = [fieldsOf(this.#before), fieldsOf(fresh)];
    return !hasList(rest) || Object.keys(rest).every((key) => deepEqual(base[key], theirs[key]));
  }

  #mainPatch(latest: T): Fields | undefined {
    const { metadata: beforeMeta, status: _, ...before } = this.#before as T & { status?: unknown };
    const { metadata: afterMeta, status: __, ...after } = this.#after as T & { status?: unknown };
    const body = computeMergePatch(before, after) ?? {};
    const metadata: Record<string, unknown> = {};
    for (const field of ["labels", "annotations"] as const) {
      const patch = computeMergePatch(beforeMeta[field] ?? {}, afterMeta[field] ?? {});
      if (patch !== undefined) metadata[field] = patch;
    }
    const lists = mergedMetadataLists(this.#before, this.#after, latest);
    Object.assign(metadata, lists);
    const locked = Object.keys(lists).length > 0 || hasList(body);
    if (Object.keys(metadata).length + Object.keys(body).length === 0) return undefined;
    if (locked) metadata["resourceVersion"] = latest.metadata.resourceVersion;
    return { ...body, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
  }

  #statusPatch(latest: T): Fields | undefined {
    const [before, after] = [statusOf(this.#before), statusOf(this.#after)];
    let patch: Fields = computeMergePatch(before, after) ?? {};
    let locked = false;
    for (const path of conditionPaths) {
      if (valueAt(patch, path) === undefined) continue;
      const lists = [before, after, statusOf(latest)].map((status) => conditionsAt(status, path));
      const merged = mergeItems(lists, ({ type }) => type);
      patch = withValueAt(patch, path, merged);
      locked ||= merged !== undefined;
    }
    if (Object.keys(patch).length === 0) return undefined;
    const { resourceVersion } = latest.metadata;
    return { ...(locked ? { metadata: { resourceVersion } } : {}), status: patch };
  }
}

function fieldsOf(object: object): Fields {
  return object as Fields;
}

function statusOf(object: KubeObject): Fields {
  return (object as { status?: Fields }).status ?? {};
}

/** Finalizers and owner references: what we added and removed, applied to what is there now. */
function mergedMetadataLists(before: KubeObject, after: KubeObject, latest: KubeObject): Fields {
  const result: Record<string, unknown> = {};
  const finalizers = mergeItems<string>(
    [before, after, latest].map(({ metadata }) => metadata.finalizers ?? []),
    (finalizer) => finalizer,
  );
  if (finalizers !== undefined) result["finalizers"] = finalizers;
  const owners = mergeItems<OwnerReference>(
    [before, after, latest].map(({ metadata }) => metadata.ownerReferences ?? []),
    ({ uid }) => uid,
  );
  if (owners !== undefined) result["ownerReferences"] = owners;
  return result;
}

/** Three-way merge of lists of identified items, in our order; undefined if the latest list needs no change. */
function mergeItems<Item>(
  [base = [], ours = [], theirs = []]: readonly (readonly Item[])[],
  idOf: (item: Item) => string,
): readonly Item[] | undefined {
  if (deepEqual(base, ours)) return undefined;
  if (deepEqual(base, theirs)) return ours;
  const baseById = new Map(base.map((item) => [idOf(item), item]));
  const theirsById = new Map(theirs.map((item) => [idOf(item), item]));
  const ids = new Set(ours.map(idOf));
  const merged = ours.flatMap((item) => {
    const [old, current] = [baseById.get(idOf(item)), theirsById.get(idOf(item))];
    if (old === undefined || !deepEqual(old, item)) return [item]; // Ours is new or changed.
    return current === undefined ? [] : [current]; // Ours is untouched: theirs holds.
  });
  const added = theirs.filter((item) => !ids.has(idOf(item)) && !baseById.has(idOf(item)));
  const result = [...merged, ...added];
  return deepEqual(result, theirs) ? undefined : result;
}

function conditionsAt(status: Fields, path: readonly string[]): readonly ConditionLike[] {
  return (valueAt(status, path) as readonly ConditionLike[] | null | undefined) ?? [];
}

function valueAt(fields: Fields, path: readonly string[]): unknown {
  let value: unknown = fields;
  for (const step of path) value = (value as Fields | null | undefined)?.[step];
  return value;
}

/** A value that is undefined is taken out, and so is what held nothing else. */
function withValueAt(
  fields: Fields,
  [step = "", ...rest]: readonly string[],
  value: unknown,
): Fields {
  const { [step]: inner, ...others } = fields;
  if (rest.length === 0) return value === undefined ? others : { ...others, [step]: value };
  const next = withValueAt(inner as Fields, rest, value);
  return Object.keys(next).length === 0 ? others : { ...others, [step]: next };
}

function hasList(value: unknown): boolean {
  if (Array.isArray(value)) return true;
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(hasList);
}
