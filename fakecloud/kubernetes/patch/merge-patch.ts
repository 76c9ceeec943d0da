import { isObject, type JsonObject } from "../object.ts";
import { badPatch } from "./patch-error.ts";

/**
 * JSON merge patch (RFC 7386): null removes, objects merge, everything else replaces. Nulls are dropped inside new objects
 * too. Parts that do not change are shared with `doc`, items of lists among them; a patch without effect returns `doc` itself.
 */
export function applyMergePatch(doc: JsonObject, patch: unknown): JsonObject {
  if (!isObject(patch)) throw badPatch("Invalid JSON Patch");
  return mergeObjects(doc, patch);
}

function mergeObjects(doc: JsonObject, patch: JsonObject): JsonObject {
  let merged: Record<string, unknown> | undefined;
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    const exists = Object.hasOwn(doc, key);
    const before = exists ? doc[key] : undefined;
    if (value === null) {
      if (!exists) continue;
      merged ??= copyOf(doc);
      delete merged[key];
      continue;
    }
    const after =
      isObject(before) && isObject(value) ? mergeObjects(before, value) : renew(value, before);
    if (exists && after === before) continue;
    merged ??= copyOf(doc);
    define(merged, key, after);
  }
  return merged ?? doc;
}

/**
 * A value that replaces another, without its nulls. Clients send whole lists to change one item: what equals its predecessor
 * is that very thing, so that all who come after can tell what is new.
 */
function renew(value: unknown, before: unknown): unknown {
  if (Array.isArray(value)) return renewList(value, Array.isArray(before) ? before : []);
  return isObject(value) ? renewObject(value, isObject(before) ? before : none) : value;
}

const none: JsonObject = Object.freeze({});

function renewList(list: readonly unknown[], before: readonly unknown[]): readonly unknown[] {
  // Where items have come or gone, those behind stand as far from the end as before.
  const shift = before.length - list.length;
  let isSame = shift === 0;
  const items = list.map((item, index) => {
    const after = renew(item, before[index]);
    if (after === before[index]) return after;
    isSame = false;
    return shift === 0 ? after : renew(after, before[Math.max(0, index + shift)]);
  });
  return isSame ? before : items;
}

function renewObject(value: JsonObject, before: JsonObject): JsonObject {
  let copy: Record<string, unknown> | undefined;
  let isSame = before !== none;
  let count = 0;
  for (const key of Object.keys(value)) {
    const field = value[key];
    if (field === null) {
      copy ??= copyOf(value);
      delete copy[key];
      continue;
    }
    count += 1;
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    const after = renew(field, old);
    if (after !== old) isSame = false;
    if (after === field) continue;
    copy ??= copyOf(value);
    define(copy, key, after);
  }
  return isSame && count === Object.keys(before).length ? before : (copy ?? value);
}

function copyOf(doc: JsonObject): Record<string, unknown> {
  return { ...doc };
}

/** Sets a field; `__proto__` is a field like any other. */
export function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else target[key] = value;
}
