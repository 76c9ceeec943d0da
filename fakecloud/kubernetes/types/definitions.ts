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

const metaName = "meta.v1.ObjectMeta";

type Nodes = ReadonlyMap<string, OpenApiSchema>;

/** All types by name. Their fields are read when they are first asked for: of most types nobody ever writes an object. */
function load(): Nodes {
  const nodes = new Map<string, OpenApiSchema>();
  const defaults = new Map(blocksOf(defaultTable).map(([name, _mark, lines]) => [name, lines]));
  for (const [name, mark, lines] of blocksOf(definitionTable)) {
    const read = () => fieldsOf(lines, defaults.get(name) ?? "", nodes);
    nodes.set(name, nodeOf(name, mark, read));
  }
  // Custom kinds have the same metadata.
  Object.assign(objectMetaSchema.properties ?? {}, nodes.get(metaName)?.properties);
  nodes.set(metaName, objectMetaSchema);
  for (const name of defaults.keys()) {
    if (!nodes.has(name)) throw new Error(`no definition of ${name}`);
  }
  return nodes;
}

/** The unindented lines of a table, as a name and a mark, each with the indented ones below it as one text. */
function blocksOf(table: string): (readonly [name: string, mark: string, lines: string])[] {
  return Array.from(table.matchAll(/^(\S+)(?: (.*))?\n((?: .*\n)*)/gm), (block) => {
    const [, name = "", mark = "", lines = ""] = block;
    return [name, mark, lines];
  });
}

interface Fields {
  readonly properties: Readonly<Record<string, OpenApiSchema>>;
  readonly required: readonly string[];
}

function nodeOf(name: string, mark: string, read: () => Fields): OpenApiSchema {
  let known: Fields | undefined;
  const fields = () => (known ??= read());
  return {
    type: "object",
    get properties() {
      return fields().properties;
    },
    "x-seatrial-definition": name,
    get "x-seatrial-required"() {
      return fields().required;
    },
    ...(mark === "atomic" ? { "x-kubernetes-map-type": "atomic" } : {}),
  };
}

function fieldsOf(lines: string, defaults: string, nodes: Nodes): Fields {
  const properties: Record<string, OpenApiSchema> = {};
  const required: string[] = [];
  for (const line of trimmedLines(lines)) {
    const { name, schema, isRequired } = parseField(line, nodes);
    properties[name] = schema;
    if (isRequired) required.push(name);
  }
  // The defaults that API machinery writes lie over the empty values that Go writes.
  for (const line of trimmedLines(defaults)) {
    const [name = "", value = ""] = line.split(" ");
    const field = extended(properties[name] ?? {}, { default: JSON.parse(value) as unknown });
    delete field["x-seatrial-zero"];
    properties[name] = field;
  }
  return { properties, required };
}

function trimmedLines(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.trim());
}

/** A copy with more to it, whose fields are still not read before they are asked for. */
function extended(schema: OpenApiSchema, extras: OpenApiSchema): MutableSchema {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema));
  return Object.assign(copy, extras);
}

interface Field {
  readonly name: string;
  readonly schema: OpenApiSchema;
  readonly isRequired: boolean;
}

function parseField(line: string, nodes: Nodes): Field {
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
    schema: isPlain ? schema : extended(schema, extras),
    isRequired: marks.includes("!"),
  };
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === false || typeof value === "object";
}

function parseType(type: string, nodes: Nodes): OpenApiSchema {
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
