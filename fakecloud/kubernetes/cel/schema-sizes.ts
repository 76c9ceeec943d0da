import type { OpenApiSchema } from "../schema/open-api-schema.ts";

/** A request has no room for more. */
const mostRequestBytes = 3 * 1024 * 1024;

const textSizes: Readonly<Record<string, number>> = { date: 10, "date-time": 25, duration: 32 };

/** How large a value may become: bytes of a text, items of a list, entries of a map; anything else counts for nothing. */
export function largestSize(schema: OpenApiSchema): number | undefined {
  if (schema["x-kubernetes-int-or-string"] === true) return mostRequestBytes - 2;
  const { additionalProperties } = schema;
  switch (schema.type) {
    case "string":
      return textSize(schema);
    case "array":
      return schema.maxItems ?? fitting(smallestBytes(schema.items) + 1);
    case "object":
      if (typeof additionalProperties !== "object") return 0;
      return schema.maxProperties ?? fitting(smallestBytes(additionalProperties) + 6);
    case undefined:
      return undefined;
    default:
      return 0;
  }
}

function textSize({ maxLength, format = "", enum: choices }: OpenApiSchema): number {
  // A character may take four bytes.
  if (maxLength !== undefined) return format === "byte" ? maxLength : maxLength * 4;
  if (choices !== undefined && choices.length > 0) {
    return Math.max(...choices.map((each) => String(each).length));
  }
  return textSizes[format] ?? mostRequestBytes - 2;
}

function fitting(bytesEach: number): number {
  return Math.floor((mostRequestBytes - 2) / bytesEach);
}

/** How often a value may stand in a request at most. */
export function mostOccurrences(schema: OpenApiSchema): number {
  return Math.floor(mostRequestBytes / (smallestBytes(schema) + 1));
}

/** The least that a value takes in JSON. */
function smallestBytes(schema: OpenApiSchema | undefined): number {
  switch (schema?.type) {
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return 4;
    case "object":
      return smallestObject(schema);
    case undefined:
    default:
      return 2;
  }
}

function smallestObject({ properties = {}, required = [] }: OpenApiSchema): number {
  let bytes = 2;
  for (const name of required) {
    const field = properties[name];
    if (field === undefined || field.default !== undefined) continue;
    bytes += name.length + smallestBytes(field) + 4;
  }
  return bytes;
}
