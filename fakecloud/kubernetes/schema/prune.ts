import { isObject, type JsonObject } from "../object.ts";
import { define } from "../patch/merge-patch.ts";
import { counterpart } from "./counterpart.ts";
import { objectMetaSchema } from "./object-meta.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";

/**
 * Brings a value in line with a schema. `known` has been in line before: what the value shares with it is not looked at again.
 */
export type Transform = (value: unknown, known?: unknown) => unknown;

const keep: Transform = (value) => value;
const text: OpenApiSchema = { type: "string" };
const none: readonly unknown[] = Object.freeze([]);

/**
 * Compiles the removal of fields that the schema does not declare. What needs no change is returned as it is, so stored
 * snapshots stay shared. Values of a wrong type are left for validation to complain about.
 */
export function compilePruner(schema: OpenApiSchema): Transform {
  return prunerOf(schema, new Map());
}

function prunerOf(schema: OpenApiSchema, memo: Map<OpenApiSchema, Transform>): Transform {
  const known = memo.get(schema);
  if (known !== undefined) return known;
  // Schemas of built-in kinds contain themselves (JSONSchemaProps); the detour closes the cycle.
  let built: Transform = keep;
  memo.set(schema, (value, known) => built(value, known));
  built = buildPruner(schema, memo);
  memo.set(schema, built);
  return built;
}

function buildPruner(schema: OpenApiSchema, memo: Map<OpenApiSchema, Transform>): Transform {
  if (schema.items !== undefined) {
    const item = prunerOf(schema.items, memo);
    return item === keep ? keep : listTransform(item);
  }
  if (typeof schema.additionalProperties === "object") {
    const field = prunerOf(schema.additionalProperties, memo);
    return field === keep ? keep : recordTransform(field);
  }
  if (schema.additionalProperties === true) return keep;
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema.type !== "object" && schema.properties === undefined) return keep;
  if (isOpen && schema.properties === undefined && !isEmbedded(schema)) return keep;
  const fields = new Map<string, Transform>();
  for (const [name, property] of Object.entries(declaredProperties(schema))) {
    fields.set(name, prunerOf(property, memo));
  }
  return (value, known) =>
    isObject(value) && value !== known ? pruneRecord(value, known, { fields, isOpen }) : value;
}

function isEmbedded(schema: OpenApiSchema): boolean {
  return schema["x-kubernetes-embedded-resource"] === true;
}

/** Embedded resources have their type and metadata without declaring them. */
function declaredProperties(schema: OpenApiSchema): Readonly<Record<string, OpenApiSchema>> {
  if (!isEmbedded(schema)) return schema.properties ?? {};
  return { apiVersion: text, kind: text, ...schema.properties, metadata: objectMetaSchema };
}

function pruneRecord(
  value: JsonObject,
  known: unknown,
  { fields, isOpen }: { readonly fields: ReadonlyMap<string, Transform>; readonly isOpen: boolean },
): JsonObject {
  const done = isObject(known) ? known : undefined;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const before = value[key];
    const last = done?.[key];
    if (before === last) continue;
    const transform = fields.get(key);
    if (transform === undefined) {
      if (isOpen) continue;
      copy ??= { ...value };
      delete copy[key];
      continue;
    }
    if (transform === keep) continue;
    const after = transform(before, last);
    if (after === before) continue;
    copy ??= { ...value };
    define(copy, key, after);
  }
  return copy ?? value;
}

/** The transform of a list out of that of its items. */
export function listTransform(item: Transform): Transform {
  return (list, known) =>
    Array.isArray(list) && list !== known
      ? mapList(list, Array.isArray(known) ? known : none, item)
      : list;
}

function mapList(
  list: readonly unknown[],
  known: readonly unknown[],
  transform: Transform,
): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const before = list[index];
    const last = counterpart(known, list, index);
    if (before === last) continue;
    const after = transform(before, last);
    if (after === before) continue;
    copy ??= [...list];
    copy[index] = after;
  }
  return copy ?? list;
}

/** The transform of a map with any keys out of that of its values. */
export function recordTransform(entry: Transform): Transform {
  return (record, known) =>
    isObject(record) && record !== known
      ? mapRecord(record, isObject(known) ? known : undefined, entry)
      : record;
}

function mapRecord(
  record: JsonObject,
  known: JsonObject | undefined,
  transform: Transform,
): JsonObject {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(record)) {
    const before = record[key];
    const last = known?.[key];
    if (before === last) continue;
    const after = transform(before, last);
    if (after === before) continue;
    copy ??= { ...record };
    define(copy, key, after);
  }
  return copy ?? record;
}

/** Paths of the fields that pruning took away: `spec.list[0].x`, sorted. */
export function listPrunedFields(before: unknown, after: unknown): string[] {
  const paths: string[] = [];
  collectPruned(before, after, "", paths);
  return paths.sort();
}

function collectPruned(before: unknown, after: unknown, path: string, paths: string[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (const [index, item] of before.entries()) {
      collectPruned(item, after[index], `${path}[${index}]`, paths);
    }
    return;
  }
  if (!isObject(before) || !isObject(after)) return;
  for (const key of Object.keys(before)) {
    const field = path === "" ? key : `${path}.${key}`;
    if (Object.hasOwn(after, key)) collectPruned(before[key], after[key], field, paths);
    else paths.push(field);
  }
}
