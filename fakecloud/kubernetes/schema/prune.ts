import { isObject, type JsonObject } from "../object.ts";
import { define } from "../patch/merge-patch.ts";
import { counterpart } from "./counterpart.ts";
import { objectMetaSchema } from "./object-meta.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { perField, perNode } from "./per-node.ts";

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
  return prunerOf(schema);
}

const prunerOf = perNode((schema): Transform => {
  if (isKept(schema)) return keep;
  let built: Transform | undefined;
  return (value, known) => (built ??= buildPruner(schema))(value, known);
});

/** Whether nothing in a value of this node can be undeclared: it can only where there are declarations. */
function isKept(schema: OpenApiSchema): boolean {
  const { items, properties, additionalProperties: rest } = schema;
  if (items !== undefined) return isKept(items);
  if (typeof rest === "object") return isKept(rest);
  if (rest === true) return true;
  if (properties !== undefined) return false;
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  return schema.type !== "object" || (isOpen && !isEmbedded(schema));
}

function buildPruner(schema: OpenApiSchema): Transform {
  if (schema.items !== undefined) return listTransform(prunerOf(schema.items));
  if (typeof schema.additionalProperties === "object") {
    return recordTransform(prunerOf(schema.additionalProperties));
  }
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  const transformOf = perField(declaredProperties(schema), prunerOf);
  return (value, known) =>
    isObject(value) && value !== known ? pruneRecord(value, known, { transformOf, isOpen }) : value;
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
  {
    transformOf,
    isOpen,
  }: {
    readonly transformOf: (field: string) => Transform | undefined;
    readonly isOpen: boolean;
  },
): JsonObject {
  const done = isObject(known) ? known : undefined;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const before = value[key];
    const last = done?.[key];
    if (before === last) continue;
    const transform = transformOf(key);
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
