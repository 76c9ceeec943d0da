import type { OpenApiSchema } from "./open-api.ts";

/** The attributes of one field that decide what the API server accepts, in a fixed order. */
const attributes = [
  "format",
  "pattern",
  "enum",
  "default",
  "nullable",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "x-kubernetes-int-or-string",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
] as const satisfies readonly (keyof OpenApiSchema)[];

/**
 * One line per field below spec and status: "spec.replicas integer format=int32". `[]` stands for the items of a list, `{}`
 * for the values of a map, `!` for required. CEL rules are listed by their text.
 */
export function fieldLines(root: OpenApiSchema): readonly string[] {
  const lines: string[] = [];
  const visit = (path: string, schema: OpenApiSchema, isRequired: boolean) => {
    const parts = attributes
      .filter((name) => schema[name] !== undefined)
      .map((name) => `${name.replace("x-kubernetes-", "")}=${JSON.stringify(schema[name])}`);
    const rules = (schema["x-kubernetes-validations"] ?? []).map(({ rule }) => `rule=${rule}`);
    const head = `${path}${isRequired ? "!" : ""} ${schema.type ?? "any"}`;
    lines.push([head, ...parts, ...rules].join(" "));
    descend(path, schema);
  };
  const descend = (path: string, schema: OpenApiSchema) => {
    if (schema.items !== undefined) visit(`${path}[]`, schema.items, false);
    if (schema.additionalProperties !== undefined) {
      visit(`${path}{}`, schema.additionalProperties, false);
    }
    for (const [name, inner] of Object.entries(schema.properties ?? {})) {
      visit(`${path}.${name}`, inner, schema.required?.includes(name) === true);
    }
  };
  for (const [name, schema] of Object.entries(root.properties ?? {})) {
    const isMeta = name === "apiVersion" || name === "kind" || name === "metadata";
    if (!isMeta) visit(name, schema, root.required?.includes(name) === true);
  }
  return lines.sort();
}
