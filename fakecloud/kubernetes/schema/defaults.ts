import { deepFreeze } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import { define } from "../patch/merge-patch.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { listTransform, type Transform } from "./prune.ts";

const keep: Transform = (value) => value;

interface Property {
  readonly name: string;
  readonly transform: Transform;
  readonly isNullable: boolean;
  /** Frozen, so that all objects can share it; undefined if there is none. */
  readonly value: unknown;
}

/**
 * Compiles defaulting: absent fields, and nulls where null is not allowed, get the default; nulls without one are dropped.
 * Defaults reach only into parents that exist.
 */
export function compileDefaulter(schema: OpenApiSchema): Transform {
  return defaulterOf(schema, new Map());
}

function defaulterOf(schema: OpenApiSchema, memo: Map<OpenApiSchema, Transform>): Transform {
  const known = memo.get(schema);
  if (known !== undefined) return known;
  let built: Transform = keep;
  memo.set(schema, (value, known) => built(value, known));
  built = buildDefaulter(schema, memo);
  memo.set(schema, built);
  return built;
}

function buildDefaulter(schema: OpenApiSchema, memo: Map<OpenApiSchema, Transform>): Transform {
  if (schema.items !== undefined) {
    const item = entryDefaulter(schema.items, memo);
    return item === keep ? keep : listTransform(item);
  }
  if (schema.properties !== undefined) {
    const properties = Object.entries(schema.properties).map(([name, property]) =>
      propertyOf(name, property, memo),
    );
    const byName = new Map(properties.map((property) => [property.name, property]));
    const withValue = properties.filter((property) => property.value !== undefined);
    return recordDefaulter(withValue, (name) => byName.get(name));
  }
  const rest = schema.additionalProperties;
  if (typeof rest !== "object") return keep;
  const entry = propertyOf("", rest, memo);
  return recordDefaulter([], () => entry);
}

function entryDefaulter(schema: OpenApiSchema, memo: Map<OpenApiSchema, Transform>): Transform {
  const inner = defaulterOf(schema, memo);
  if (schema.default === undefined || schema.nullable === true) return inner;
  const value = inner(deepFreeze(structuredClone(schema.default)));
  return (entry, known) => (entry === null ? value : inner(entry, known));
}

function propertyOf(
  name: string,
  schema: OpenApiSchema,
  memo: Map<OpenApiSchema, Transform>,
): Property {
  const transform = defaulterOf(schema, memo);
  const value = schema.default;
  return {
    name,
    transform,
    isNullable: schema.nullable === true,
    value: value === undefined ? undefined : deepFreeze(structuredClone(value)),
  };
}

function recordDefaulter(
  withValue: readonly Property[],
  property: (name: string) => Property | undefined,
): Transform {
  return (value, known) => {
    if (!isObject(value) || value === known) return value;
    const filled = fillAbsent(value, withValue);
    return defaultFields(filled, isObject(known) ? known : undefined, property);
  };
}

function fillAbsent(record: JsonObject, withValue: readonly Property[]): JsonObject {
  let copy: Record<string, unknown> | undefined;
  for (const { name, value, transform } of withValue) {
    if (Object.hasOwn(record, name)) continue;
    copy ??= { ...record };
    define(copy, name, transform(value));
  }
  return copy ?? record;
}

function defaultFields(
  record: JsonObject,
  known: JsonObject | undefined,
  propertyOf: (name: string) => Property | undefined,
): JsonObject {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(record)) {
    const before = record[key];
    const last = known?.[key];
    const property = before === last ? undefined : propertyOf(key);
    if (property === undefined) continue;
    const after = defaultValue(before, last, property);
    if (after === before) continue;
    copy ??= { ...record };
    if (after === undefined) delete copy[key];
    else define(copy, key, after);
  }
  return copy ?? record;
}

function defaultValue(value: unknown, known: unknown, property: Property): unknown {
  if (value !== null) return property.transform === keep ? value : property.transform(value, known);
  if (property.isNullable) return null;
  return property.value === undefined ? undefined : property.transform(property.value);
}
