import {
  type CelRule,
  type Definitions,
  isReference,
  type LeafNode,
  type ListNode,
  type ObjectNode,
  parseEnum,
  parseField,
  parseLeaf,
  parseRange,
  type SchemaNode,
} from "./schema.ts";

/** The part of OpenAPI v3 that structural schemas of CustomResourceDefinitions use. */
export interface OpenApiSchema {
  type?: string;
  format?: string;
  pattern?: string;
  enum?: readonly unknown[];
  default?: unknown;
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  properties?: Record<string, OpenApiSchema>;
  required?: string[];
  items?: OpenApiSchema;
  additionalProperties?: OpenApiSchema;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-list-type"?: string;
  "x-kubernetes-list-map-keys"?: readonly string[];
  "x-kubernetes-map-type"?: string;
  "x-kubernetes-validations"?: readonly CelRule[];
}

/** Expands the compact form; every use of a definition gets a copy of its own. */
export function toOpenApi(node: SchemaNode, definitions: Definitions): OpenApiSchema {
  if (typeof node === "string") {
    return isReference(node) ? expand(node, definitions) : leaf({ is: node });
  }
  const schema = bare(node, definitions);
  if (node.default !== undefined) schema.default = node.default;
  if (node.nullable === true) schema.nullable = true;
  if (node.minProperties !== undefined) schema.minProperties = node.minProperties;
  if (node.mapType !== undefined) schema["x-kubernetes-map-type"] = node.mapType;
  if (node.rules !== undefined) {
    schema["x-kubernetes-validations"] = node.rules.map((rule) =>
      typeof rule === "string" ? { rule } : rule,
    );
  }
  return schema;
}

function expand(name: string, definitions: Definitions): OpenApiSchema {
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`no definition is called ${name}`);
  return toOpenApi(definition, definitions);
}

function bare(node: Exclude<SchemaNode, string>, definitions: Definitions): OpenApiSchema {
  if ("fields" in node) return object(node, definitions);
  if ("list" in node) return list(node, definitions);
  if ("map" in node) {
    return { type: "object", additionalProperties: toOpenApi(node.map, definitions) };
  }
  if ("use" in node) return expand(node.use, definitions);
  return leaf(node);
}

function object(node: ObjectNode, definitions: Definitions): OpenApiSchema {
  const properties: Record<string, OpenApiSchema> = {};
  const required: string[] = [];
  for (const [field, child] of Object.entries(node.fields)) {
    const { name, required: isRequired } = parseField(field);
    properties[name] = toOpenApi(child, definitions);
    if (isRequired) required.push(name);
  }
  return { type: "object", properties, ...(required.length === 0 ? {} : { required }) };
}

function list(node: ListNode, definitions: Definitions): OpenApiSchema {
  const schema: OpenApiSchema = { type: "array", items: toOpenApi(node.list, definitions) };
  const { min, max } = parseRange(node.size ?? "..");
  if (min !== undefined) schema.minItems = min;
  if (max !== undefined) schema.maxItems = max;
  const listType = node.keys === undefined ? node.listType : "map";
  if (listType !== undefined) schema["x-kubernetes-list-type"] = listType;
  if (node.keys !== undefined) schema["x-kubernetes-list-map-keys"] = node.keys;
  return schema;
}

function leaf(node: LeafNode): OpenApiSchema {
  const schema = withoutPattern(node);
  if (node.pattern !== undefined) schema.pattern = node.pattern;
  if (node.enum !== undefined) schema.enum = node.enum;
  return schema;
}

function withoutPattern(node: LeafNode): OpenApiSchema {
  const values = parseEnum(node.is);
  if (values !== undefined) {
    const { min, max } = parseRange(node.length ?? "..");
    return { type: "string", enum: values, ...lengths(min, max) };
  }
  if (node.is === "any") return { "x-kubernetes-preserve-unknown-fields": true };
  if (node.is === "any object") {
    return { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  }
  return plain(node.is);
}

function plain(text: string): OpenApiSchema {
  const { word, range } = parseLeaf(text);
  switch (word) {
    case "boolean":
    case "object":
      return { type: word };
    case "int-or-string":
      return { "x-kubernetes-int-or-string": true };
    case "integer":
    case "number":
      return { type: word, ...bounds(range.min, range.max) };
    case "int32":
    case "int64":
      return { type: "integer", format: word, ...bounds(range.min, range.max) };
    case "string":
      return { type: "string", ...lengths(range.min, range.max) };
    default:
      return { type: "string", format: word, ...lengths(range.min, range.max) };
  }
}

function lengths(min: number | undefined, max: number | undefined): OpenApiSchema {
  return {
    ...(min === undefined ? {} : { minLength: min }),
    ...(max === undefined ? {} : { maxLength: max }),
  };
}

function bounds(min: number | undefined, max: number | undefined): OpenApiSchema {
  return {
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
  };
}
