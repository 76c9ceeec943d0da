import { objectMetaSchema } from "../schema/object-meta.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { definitionTable } from "./generated/definitions.ts";
import { defaultTable } from "./tables/defaults.ts";

type MutableSchema = { -readonly [K in keyof OpenApiSchema]: OpenApiSchema[K] };

const open = "x-kubernetes-preserve-unknown-fields";
const scalars: Readonly<Record<string, OpenApiSchema>> = {
  any: { [open]: true },
  boolean: { type: "boolean" },
  bytes: { type: "string", format: "byte" },
  double: { type: "number", format: "double" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  integer: { type: "integer" },
  intstr: {
    "x-kubernetes-int-or-string": true,
    format: "int-or-string",
    "x-seatrial-definition": "util.intstr.IntOrString",
  },
  microtime: { type: "string", format: "date-time" },
  object: { type: "object", [open]: true },
  quantity: {
    "x-kubernetes-int-or-string": true,
    format: "quantity",
    "x-seatrial-definition": "api.resource.Quantity",
  },
  raw: { type: "object", [open]: true },
  string: { type: "string" },
  time: { type: "string", format: "date-time" },
};

let loaded: ReadonlyMap<string, OpenApiSchema> | undefined;

/** The schema of a built-in type: `core.v1.PodSpec`. Types share their nodes, and some contain themselves. */
export function definitionOf(name: string): OpenApiSchema {
  loaded ??= load();
  const schema = loaded.get(name);
  if (schema === undefined) throw new Error(`no definition of ${name}`);
  return schema;
}

function load(): ReadonlyMap<string, OpenApiSchema> {
  const nodes = new Map<string, MutableSchema>();
  const lines = definitionTable.split("\n").filter((line) => line !== "");
  for (const line of lines) {
    if (!line.startsWith(" ")) addNode(nodes, line);
  }
  let properties: Record<string, OpenApiSchema> = {};
  let required: string[] = [];
  for (const line of lines) {
    if (line.startsWith(" ")) {
      const { name, schema, isRequired } = parseField(line.trim(), nodes);
      properties[name] = schema;
      if (isRequired) required.push(name);
      continue;
    }
    const node = nodes.get(line.split(" ")[0] ?? "");
    // The objects were made before, because other types refer to them already.
    properties = node?.properties ?? {};
    required = (node?.["x-seatrial-required"] ?? []) as string[];
  }
  addDefaults(nodes);
  return nodes;
}

/** Lays the defaults that API machinery writes over the empty values that Go writes. */
function addDefaults(nodes: ReadonlyMap<string, MutableSchema>): void {
  let properties: Record<string, OpenApiSchema> = {};
  for (const line of defaultTable.split("\n")) {
    if (line === "") continue;
    if (!line.startsWith(" ")) {
      const node = nodes.get(line);
      if (node === undefined) throw new Error(`no definition of ${line}`);
      properties = node.properties ?? {};
      continue;
    }
    const [name = "", value = ""] = line.trim().split(" ");
    const { "x-seatrial-zero": _zero, ...field } = properties[name] ?? {};
    properties[name] = { ...field, default: JSON.parse(value) as unknown };
  }
}

function addNode(nodes: Map<string, MutableSchema>, line: string): void {
  const [name = "", mark] = line.split(" ");
  if (name === "meta.v1.ObjectMeta") {
    nodes.set(name, objectMetaSchema);
    return;
  }
  nodes.set(name, {
    type: "object",
    properties: {},
    "x-seatrial-definition": name,
    "x-seatrial-required": [],
    ...(mark === "atomic" ? { "x-kubernetes-map-type": "atomic" } : {}),
  });
}

interface Field {
  readonly name: string;
  readonly schema: OpenApiSchema;
  readonly isRequired: boolean;
}

function parseField(line: string, nodes: ReadonlyMap<string, OpenApiSchema>): Field {
  // Blanks inside list marks are part of the type.
  const match = /^(\S+) ((?:\[[^\]]*\]|\{\})*\S+)(.*)$/.exec(line);
  const [, name = "", type = "", rest = ""] = match ?? [];
  const marks = rest.split(" ");
  const value = marks.find((mark) => mark.startsWith("="));
  const extras: MutableSchema = {};
  if (marks.includes("atomic")) extras["x-kubernetes-map-type"] = "atomic";
  if (marks.includes("retainKeys")) extras["x-kubernetes-patch-strategy"] = "retainKeys";
  if (value !== undefined) {
    extras.default = JSON.parse(value.slice(1)) as unknown;
    if (isZero(extras.default)) extras["x-seatrial-zero"] = true;
  }
  const schema = parseType(type, nodes);
  const isPlain = Object.keys(extras).length === 0;
  return {
    name,
    schema: isPlain ? schema : { ...schema, ...extras },
    isRequired: marks.includes("!"),
  };
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === false || typeof value === "object";
}

function parseType(type: string, nodes: ReadonlyMap<string, OpenApiSchema>): OpenApiSchema {
  if (type.startsWith("{}")) {
    return { type: "object", additionalProperties: parseType(type.slice(2), nodes) };
  }
  if (type.startsWith("[")) {
    const end = type.indexOf("]");
    return {
      type: "array",
      items: parseType(type.slice(end + 1), nodes),
      ...listMarks(type.slice(1, end)),
    };
  }
  const schema = scalars[type] ?? nodes.get(type);
  if (schema === undefined) throw new Error(`no definition of ${type}`);
  return schema;
}

function listMarks(text: string): OpenApiSchema {
  const [listType = "", patch = ""] = text.split("|");
  const [kind = "", keys] = listType.split(" ");
  const [strategy = "", mergeKey] = patch.split(" ");
  return {
    ...(kind === "" ? {} : { "x-kubernetes-list-type": kind }),
    ...(keys === undefined ? {} : { "x-kubernetes-list-map-keys": keys.split(",") }),
    ...(strategy === "" ? {} : { "x-kubernetes-patch-strategy": strategy }),
    ...(mergeKey === undefined ? {} : { "x-kubernetes-patch-merge-key": mergeKey }),
  };
}
