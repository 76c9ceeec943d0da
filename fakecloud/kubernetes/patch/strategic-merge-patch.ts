import { isObject, type JsonObject } from "../object.ts";
import { fieldSchema, type OpenApiSchema } from "../schema/open-api-schema.ts";
import { define } from "./merge-patch.ts";
import { badPatch, unexpectedPatch } from "./patch-error.ts";
import { mergeList, mergeOrderedList, type MergeMeta } from "./strategic-merge-list.ts";
import { patchMarker, printGo, withoutDirectives } from "./strategic-merge-values.ts";

const retainKeysMarker = "$retainKeys";
const orderPrefix = "$setElementOrder";
const deletePrefix = "$deleteFromPrimitiveList";

/**
 * Strategic merge patch: like a merge patch, but lists whose schema says so merge item by item, and the patch can carry
 * directives (`$patch`, `$retainKeys`, `$setElementOrder/x`, `$deleteFromPrimitiveList/x`). Inputs stay as they are.
 */
export function applyStrategicMergePatch(
  doc: JsonObject,
  patch: unknown,
  schema: OpenApiSchema,
): JsonObject {
  if (!isObject(patch)) throw badPatch("invalid JSON document");
  return mergeMap(doc, patch, schema);
}

function mergeMap(
  original: JsonObject,
  patch: JsonObject,
  schema: OpenApiSchema | undefined,
): JsonObject {
  const directive = patch[patchMarker];
  if (directive !== undefined) return followDirective(directive, patch);
  const merged = retainKeys(original, patch);
  const done = mergeOrderedFields(merged, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (key === retainKeysMarker || key.startsWith(orderPrefix) || done.has(key)) continue;
    if (key.startsWith(deletePrefix)) {
      deletePrimitives(merged, extractField(key, deletePrefix), value);
    } else mergeField(merged, key, value, schema);
  }
  return merged;
}

function followDirective(directive: unknown, patch: JsonObject): JsonObject {
  if (directive === "delete") return {};
  if (directive !== "replace") {
    throw unexpectedPatch(`unknown patch type: ${printGo(directive)} in map: ${printGo(patch)}`);
  }
  const { [patchMarker]: _marker, ...replacement } = patch;
  return replacement;
}

/** A copy of the original, reduced to the keys that the patch wants to keep. */
function retainKeys(original: JsonObject, patch: JsonObject): Record<string, unknown> {
  const retained = patch[retainKeysMarker];
  if (retained === undefined) return { ...original };
  if (!Array.isArray(retained)) throw badPatch("invalid patch format of retainKeys");
  const keep = new Set<unknown>(retained);
  for (const [key, value] of Object.entries(patch)) {
    const isPlain = !key.startsWith("$") || key === patchMarker;
    if (value !== null && isPlain && !keep.has(key)) {
      throw badPatch("invalid patch format of retainKeys");
    }
  }
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(original)) if (keep.has(key)) define(kept, key, original[key]);
  return kept;
}

/** Merges the lists that come with an order; returns the fields that are done with it. */
function mergeOrderedFields(
  merged: Record<string, unknown>,
  patch: JsonObject,
  schema: OpenApiSchema | undefined,
): Set<string> {
  const done = new Set<string>();
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    const field = extractField(key, orderPrefix);
    const current = Object.hasOwn(merged, field) ? merged[field] : undefined;
    const list = mergeOrderedList({
      original: requireList(current),
      patch: Object.hasOwn(patch, field) ? requireList(patch[field]) : undefined,
      order: requireList(order) ?? [],
      meta: mergeMetaOf(schema, field),
    });
    if (list === undefined) continue;
    define(merged, field, list);
    done.add(field);
  }
  return done;
}

function requireList(value: unknown): readonly unknown[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw unexpectedPatch(`expected a []interface {}, but received a ${goType(value)}`);
}

function extractField(key: string, prefix: string): string {
  const slash = key.indexOf("/");
  if (slash === prefix.length) return key.slice(slash + 1);
  const what = prefix === orderPrefix ? "setElementOrder list" : "primitive list";
  throw badPatch(`invalid patch format of ${what}`);
}

function deletePrimitives(merged: Record<string, unknown>, field: string, value: unknown): void {
  if (value === null) {
    delete merged[field];
    return;
  }
  const current = Object.hasOwn(merged, field) ? merged[field] : undefined;
  if (!Array.isArray(current) || !Array.isArray(value)) return;
  const gone = new Set<unknown>(value);
  define(
    merged,
    field,
    current.filter((item) => !gone.has(item)),
  );
}

function mergeField(
  merged: Record<string, unknown>,
  key: string,
  value: unknown,
  schema: OpenApiSchema | undefined,
): void {
  if (value === null) {
    delete merged[key];
    return;
  }
  const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
  const after = mergeValue(before, value, () => mergeMetaOf(schema, key));
  if (after === undefined) delete merged[key];
  else define(merged, key, after);
}

function mergeValue(before: unknown, value: unknown, metaOf: () => MergeMeta): unknown {
  if (isObject(before) && isObject(value)) {
    const meta = metaOf();
    return meta.strategy === "replace" ? value : mergeMap(before, value, meta.schema);
  }
  if (Array.isArray(before) && Array.isArray(value)) {
    const meta = metaOf();
    return meta.strategy === "merge" ? mergeList(before, value, meta) : value;
  }
  return withoutDirectives(withoutNulls(value));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    if (field !== null) define(kept, key, withoutNulls(field));
  }
  return kept;
}

function mergeMetaOf(schema: OpenApiSchema | undefined, field: string): MergeMeta {
  const node = fieldSchema(schema, field);
  const strategies = (node?.["x-kubernetes-patch-strategy"] ?? "").split(",");
  const inner = node?.type === "array" ? node.items : node;
  return {
    schema: inner,
    mergeItem: (original, patch) => mergeMap(original, patch, inner),
    strategy: strategies.find((each) => each !== "retainKeys") ?? "",
    mergeKey: node?.["x-kubernetes-patch-merge-key"] ?? "",
  };
}

function goType(value: unknown): string {
  if (isObject(value)) return "map[string]interface {}";
  if (value === null) return "%!s(<nil>)";
  if (typeof value === "boolean") return "bool";
  return typeof value === "number" ? "int64" : "string";
}
