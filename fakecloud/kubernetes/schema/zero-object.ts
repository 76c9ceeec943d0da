import { deepFreeze } from "../json.ts";
import type { JsonObject } from "../object.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";

const known = new WeakMap<OpenApiSchema, JsonObject>();

/** What Go writes for an object of this type that nothing was said about: its structs exist before anybody creates them. */
export function zeroObjectOf(schema: OpenApiSchema): JsonObject {
  const zero = known.get(schema);
  if (zero !== undefined) return zero;
  const fields: Record<string, unknown> = {};
  const always = new Set(schema["x-seatrial-required"]);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    // Lists and pointers that are always written are null while they are empty.
    if (always.has(name) && property.default === undefined) fields[name] = null;
    if (property["x-seatrial-zero"] !== true) continue;
    fields[name] = typeof property.default === "object" ? zeroObjectOf(property) : property.default;
  }
  const frozen = deepFreeze(fields);
  known.set(schema, frozen);
  return frozen;
}
