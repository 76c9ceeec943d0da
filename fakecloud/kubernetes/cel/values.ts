import { parseMs } from "./clock.ts";
import { isObject } from "../object.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";

/** JSON by its schema as the engine wants it: whole numbers as BigInt, times as dates, fields under their CEL names. */
export type ToCel = (value: unknown) => unknown;

const reserved = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

/** The name of a field in CEL: characters that no identifier has are spelled out. */
export function escapeField(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !name.includes("__")) return name;
  const escaped = name
    .replaceAll("__", "__underscores__")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__");
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(escaped) ? escaped : undefined;
}

const compiled = new WeakMap<OpenApiSchema, ToCel>();

export function toCelOf(schema: OpenApiSchema): ToCel {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  let built: ToCel = dynamic;
  compiled.set(schema, (value) => built(value));
  built = remembering(build(schema));
  compiled.set(schema, built);
  return built;
}

/** Stored snapshots are frozen and come again with the next write: their conversion is kept as long as they live. */
function remembering(convert: ToCel): ToCel {
  const memory = new WeakMap<object, unknown>();
  return (value) => {
    if (typeof value !== "object" || value === null || !Object.isFrozen(value)) {
      return convert(value);
    }
    let converted = memory.get(value);
    if (converted === undefined) {
      converted = convert(value);
      memory.set(value, converted);
    }
    return converted;
  };
}

function build(schema: OpenApiSchema): ToCel {
  if (schema["x-kubernetes-int-or-string"] === true) return dynamic;
  switch (schema.type) {
    case "integer":
      return (value) => (Number.isInteger(value) ? BigInt(value as number) : value);
    case "number":
    case "boolean":
      return (value) => value;
    case "string":
      return textConverter(schema.format);
    case "array": {
      const item = schema.items === undefined ? dynamic : toCelOf(schema.items);
      return (value) => (Array.isArray(value) ? value.map(item) : value);
    }
    case undefined:
    default:
      return recordConverter(schema);
  }
}

const durations: { parse?: (text: string) => unknown } = {};

/** The engine's own durations are made by the engine; it registers here how. */
export function setDurationParser(parse: (text: string) => unknown): void {
  durations.parse = parse;
}

function textConverter(format: string | undefined): ToCel {
  switch (format) {
    case "date":
    case "date-time":
      return (value) => (typeof value === "string" ? parseMs(value) : value);
    case "duration":
      return (value) => (typeof value === "string" ? (durations.parse?.(value) ?? value) : value);
    case "byte":
      return (value) =>
        typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : value;
    case undefined:
    default:
      return (value) => value;
  }
}

function recordConverter(schema: OpenApiSchema): ToCel {
  const { properties, additionalProperties } = schema;
  if (typeof additionalProperties === "object") {
    const entry = toCelOf(additionalProperties);
    return (value) => (isObject(value) ? mapFields(value, (field) => entry(field)) : value);
  }
  if (properties === undefined) return dynamic;
  const fields = new Map<string, readonly [string, ToCel]>();
  for (const [name, property] of Object.entries(properties)) {
    const escaped = escapeField(name);
    if (escaped !== undefined) fields.set(name, [escaped, toCelOf(property)]);
  }
  return (value) => {
    if (!isObject(value)) return value;
    const converted: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const field = fields.get(key);
      if (field !== undefined) converted[field[0]] = field[1](value[key]);
    }
    return converted;
  };
}

function mapFields(value: Readonly<Record<string, unknown>>, convert: ToCel): Map<string, unknown> {
  // A Map, because the keys are data: `__proto__` and `constructor` are keys like any other.
  return new Map(Object.keys(value).map((key) => [key, convert(value[key])]));
}

/** Where the schema says nothing about a value, the value itself decides. */
function dynamic(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(dynamic);
  return isObject(value) ? mapFields(value, dynamic) : value;
}
