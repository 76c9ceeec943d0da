import type { NormalizedSchema } from "@smithy/core/schema";
import { parseTime, toDate } from "../kernel/clock.ts";

/** Marks of the timestamp formats in schemas. */
const httpDate = 6;
const epochSeconds = 7;

/** A leaf of a request as text becomes what the SDK's types promise to a handler. Undefined: the text does not fit. */
export function scalarFromText(schema: NormalizedSchema, text: string): unknown {
  if (schema.isBooleanSchema()) return booleanFrom(text);
  if (schema.isNumericSchema())
    return text.trim() === "" || Number.isNaN(Number(text)) ? undefined : Number(text);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, "base64"));
  if (schema.isTimestampSchema()) {
    const ms = /^[0-9.]+$/.test(text) ? Number(text) * 1000 : parseTime(text);
    return ms === undefined ? undefined : toDate(ms);
  }
  return text;
}

function booleanFrom(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

/** A leaf of an answer as XML text. */
export function scalarToText(schema: NormalizedSchema, value: unknown): string {
  if (schema.isBlobSchema()) return Buffer.from(value as Uint8Array).toString("base64");
  if (!schema.isTimestampSchema()) return String(value);
  const date = value as Date;
  const format: unknown = schema.getSchema();
  if (format === epochSeconds) return String(date.getTime() / 1000);
  return format === httpDate ? date.toUTCString() : date.toISOString();
}
