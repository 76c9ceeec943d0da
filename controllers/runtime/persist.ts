import { type Client, type Kind, type KubeObject, keyOf } from "./client.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Stores what a reconcile changed, and nothing else: a merge patch of metadata and spec, then one of status. Nothing is
 * sent where nothing changed. Returns the object as it is now.
 */
export async function persist<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  before: T,
  after: T,
): Promise<T> {
  const key = keyOf(before);
  const { status: statusBefore, ...mainBefore } = before as Json & { status?: unknown };
  const { status: statusAfter, ...mainAfter } = after as Json & { status?: unknown };
  let stored = before;
  const mainPatch = computeMergePatch(mainBefore, mainAfter);
  if (mainPatch !== undefined) {
    stored = await client.mergePatch(kind, key, guardLists(mainPatch, before));
  }
  if (isGone(after)) return stored;
  const statusPatch = computeMergePatch({ status: statusBefore }, { status: statusAfter });
  if (statusPatch !== undefined) {
    stored = await client.mergePatch(kind, key, statusPatch, { subresource: "status" });
  }
  return stored;
}

/** Without its last finalizer a deleted object is gone, and its status with it. */
function isGone({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
}

/**
 * A merge patch replaces lists as a whole. Finalizers and owner references are written by several parties, so a patch of
 * them only counts for the version that was read.
 */
function guardLists(patch: Json, before: KubeObject): Json {
  const { metadata } = patch as { metadata?: Json };
  if (metadata?.["finalizers"] === undefined && metadata?.["ownerReferences"] === undefined) {
    return patch;
  }
  const { resourceVersion } = before.metadata;
  return { ...patch, metadata: { ...metadata, resourceVersion } };
}

/** The JSON merge patch (RFC 7386) that turns one object into the other; undefined if they are equal. */
export function computeMergePatch(before: Json, after: Json): Json | undefined {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && after[key] === undefined) patch[key] = null;
  }
  for (const [key, value] of Object.entries(after)) {
    if (value === undefined) continue;
    const old = before[key];
    if (isObject(old) && isObject(value)) {
      const inner = computeMergePatch(old, value);
      if (inner !== undefined) patch[key] = inner;
    } else if (!isEqual(old, value)) {
      patch[key] = value;
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Deep equality of plain JSON; a key that is undefined counts as absent. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isEqual(a[key], b[key]));
}
