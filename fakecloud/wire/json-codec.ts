import type { NormalizedSchema } from "@smithy/core/schema";
import { toDate } from "../kernel/clock.ts";
import { WireError } from "./wire-error.ts";

/** A JSON request body as the SDK's types promise it to a handler: blobs are bytes, timestamps are dates. */
export function decodeJson(body: Uint8Array, schema: NormalizedSchema): Record<string, unknown> {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  let parsed: unknown;
  try {
    parsed = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new WireError("SerializationException", "The request body is not valid JSON.");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new WireError("SerializationException", "The request body must be a JSON object.");
  }
  return decodeStruct(parsed as Record<string, unknown>, schema);
}

function decodeValue(value: unknown, schema: NormalizedSchema): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema()) return decodeStruct(value as Record<string, unknown>, schema);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw mismatch(value);
    return value.map((item) => decodeValue(item, schema.getValueSchema()));
  }
  if (schema.isMapSchema()) {
    const entries = Object.entries(value as Record<string, unknown>);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, decodeValue(item, schema.getValueSchema())]),
    );
  }
  return decodeLeaf(value, schema);
}

function decodeLeaf(value: unknown, schema: NormalizedSchema): unknown {
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(String(value), "base64"));
  if (schema.isTimestampSchema()) return toDate(Number(value) * 1000);
  if (schema.isBooleanSchema() && typeof value !== "boolean") throw mismatch(value);
  if (schema.isNumericSchema() && typeof value !== "number") throw mismatch(value);
  if (schema.isStringSchema() && typeof value !== "string") throw mismatch(value);
  return value;
}

function decodeStruct(
  value: Readonly<Record<string, unknown>>,
  schema: NormalizedSchema,
): Record<string, unknown> {
  if (typeof value !== "object") throw mismatch(value);
  const result: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, member] of schema.structIterator()) {
    known.add(name);
    const decoded = Object.hasOwn(value, name) ? decodeValue(value[name], member) : undefined;
    if (decoded !== undefined) result[name] = decoded;
  }
  const unknown = Object.keys(value).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new WireError("ValidationException", `The parameter ${unknown} is not recognized`);
  }
  return result;
}

function mismatch(value: unknown): WireError {
  return new WireError(
    "SerializationException",
    `A value of type ${typeof value} cannot be converted to what the operation expects.`,
  );
}

/** An answer as JSON: dates are seconds since the epoch, bytes are base64. */
export function encodeJson(schema: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (schema.isStructSchema()) {
    const source = value as Readonly<Record<string, unknown>>;
    const entries = [...schema.structIterator()].map(([name, member]) => [
      name,
      encodeJson(member, source[name]),
    ]);
    return Object.fromEntries(entries);
  }
  if (schema.isListSchema()) {
    return (value as readonly unknown[]).map((item) => encodeJson(schema.getValueSchema(), item));
  }
  if (schema.isMapSchema()) {
    const entries = Object.entries(value as Record<string, unknown>);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, encodeJson(schema.getValueSchema(), item)]),
    );
  }
  if (schema.isBlobSchema()) return Buffer.from(value as Uint8Array).toString("base64");
  if (schema.isTimestampSchema()) return (value as Date).getTime() / 1000;
  return value;
}
