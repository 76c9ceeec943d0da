import { deepFreeze } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import { define } from "../patch/merge-patch.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { perField, perNode } from "./per-node.ts";
import { listTransform, type Transform } from "./prune.ts";

const keep: Transform = (value) => value;

interface Property {
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
  return defaulterOf(schema);
}

const defaulterOf = perNode((schema): Transform => {
  if (hasNoFields(schema)) return keep;
  let built: Transform | undefined;
  return (value, known) => (built ??= buildDefaulter(schema))(value, known);
});

/** Nothing of a value is filled in or dropped where no field is declared. */
function hasNoFields({ items, properties, additionalProperties }: OpenApiSchema): boolean {
  if (items !== undefined) return !replacesNull(items) && hasNoFields(items);
  return properties === undefined && typeof additionalProperties !== "object";
}

function replacesNull(entry: OpenApiSchema): boolean {
  return entry.default !== undefined && entry.nullable !== true;
}

function buildDefaulter({ items, properties, additionalProperties }: OpenApiSchema): Transform {
  if (items !== undefined) return listTransform(entryDefaulter(items));
  if (properties !== undefined) {
    const property = perField(properties, propertyOf);
    const withValue: (readonly [string, Property])[] = [];
    for (const name of Object.keys(properties)) {
      const schema = properties[name];
      const known = schema?.default === undefined ? undefined : property(name);
      if (known !== undefined) withValue.push([name, known]);
    }
    return recordDefaulter(withValue, property);
  }
  if (typeof additionalProperties !== "object") return keep;
  const entry = propertyOf(additionalProperties);
  return recordDefaulter([], () => entry);
}

function entryDefaulter(schema: OpenApiSchema): Transform {
  const inner = defaulterOf(schema);
  if (!replacesNull(schema)) return inner;
  const value = inner(deepFreeze(structuredClone(schema.default)));
  return (entry, known) => (entry === null ? value : inner(entry, known));
}

function propertyOf(schema: OpenApiSchema): Property {
  const value = schema.default;
  return {
    transform: defaulterOf(schema),
    isNullable: schema.nullable === true,
    value: value === undefined ? undefined : deepFreeze(structuredClone(value)),
  };
}

function recordDefaulter(
  withValue: readonly (readonly [string, Property])[],
  property: (name: string) => Property | undefined,
): Transform {
  return (value, known) => {
    if (!isObject(value) || value === known) return value;
    const filled = fillAbsent(value, withValue);
    return defaultFields(filled, isObject(known) ? known : undefined, property);
  };
}

function fillAbsent(
  record: JsonObject,
  withValue: readonly (readonly [string, Property])[],
): JsonObject {
  let copy: Record<string, unknown> | undefined;
  for (const [name, { value, transform }] of withValue) {
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
