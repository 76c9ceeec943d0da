import { isObject } from "../object.ts";
import { define } from "./merge-patch.ts";

export const patchMarker = "$patch";

/** The value of a patch where nothing was before; undefined if it is a directive itself. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, patchMarker)) return undefined;
  const kept: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    const clean = withoutDirectives(field);
    if (clean !== undefined) define(kept, key, clean);
  }
  return kept;
}

/** A value as Go's `%v` prints it: how the errors of this patch type quote maps. */
export function printGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printGo).join(" ")}]`;
  if (!isObject(value)) return value === null ? "<nil>" : printScalar(value);
  const fields = Object.keys(value).sort();
  return `map[${fields.map((field) => `${field}:${printGo(value[field])}`).join(" ")}]`;
}

function printScalar(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
