import { isObject, type JsonObject } from "../object.ts";
import { badPatch } from "./patch-error.ts";

/**
 * JSON merge patch (RFC 7386): null removes, objects merge, everything else replaces. Nulls are dropped inside new objects
 * too. Parts that do not change are shared with `doc`; a patch without effect returns `doc` itself.
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
    const after = isObject(before) && isObject(value) ? mergeObjects(before, value) : prune(value);
    if (exists && after === before) continue;
    merged ??= copyOf(doc);
    define(merged, key, after);
  }
  return merged ?? doc;
}

function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (value[key] !== null) define(kept, key, prune(value[key]));
  }
  return kept;
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
