import type { Environment } from "@marcbachmann/cel-js";
import { objectMetaSchema } from "../schema/object-meta.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { kubernetesEnvironment } from "./environment.ts";
import { escapeField } from "./values.ts";

let shared: Environment | undefined;

/** What rules below one node of a schema may speak of: its own type as `self` and `oldSelf`, and the types within. */
export interface RuleScope {
  readonly environment: Environment;
  /** The schema of a field by its name in CEL; undefined for what rules do not see. */
  readonly fieldOf: (schema: OpenApiSchema, name: string) => OpenApiSchema | undefined;
}

/** With `isOptional` the old value may be missing, and has to be unwrapped. */
export function ruleScope(self: OpenApiSchema, isOptional: boolean): RuleScope {
  shared ??= kubernetesEnvironment();
  const environment = shared.clone();
  const types = new Types(environment);
  const name = types.nameOf(self);
  environment.registerVariable("self", name);
  environment.registerVariable("oldSelf", isOptional ? `optional<${name}>` : name);
  return { environment, fieldOf: (schema, field) => fieldsOf(schema).get(field) };
}

const scalars: Readonly<Record<string, string>> = {
  boolean: "bool",
  integer: "int",
  number: "double",
  string: "string",
};

const textTypes: Readonly<Record<string, string>> = {
  byte: "bytes",
  date: "google.protobuf.Timestamp",
  "date-time": "google.protobuf.Timestamp",
  duration: "google.protobuf.Duration",
};

class Types {
  readonly #environment: Environment;
  #count = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  nameOf(schema: OpenApiSchema): string {
    if (schema["x-kubernetes-int-or-string"] === true || schema.type === undefined) return "dyn";
    if (schema.type === "string") return textTypes[schema.format ?? ""] ?? "string";
    if (schema.type === "array") {
      return schema.items === undefined ? "list<dyn>" : `list<${this.nameOf(schema.items)}>`;
    }
    const { additionalProperties } = schema;
    if (schema.type === "object" && typeof additionalProperties === "object") {
      return `map<string, ${this.nameOf(additionalProperties)}>`;
    }
    return scalars[schema.type] ?? this.#object(schema);
  }

  #object(schema: OpenApiSchema): string {
    const fields: Record<string, string> = {};
    for (const [name, field] of fieldsOf(schema)) fields[name] = this.nameOf(field);
    this.#count += 1;
    const name = `Object${this.#count}`;
    this.#environment.registerType(name, { fields });
    this.#environment.registerOperator(`${name} == ${name}`, () => false);
    return name;
  }
}

const visibleMetadata: OpenApiSchema = {
  type: "object",
  properties: {
    name: objectMetaSchema.properties?.["name"] ?? {},
    generateName: objectMetaSchema.properties?.["generateName"] ?? {},
  },
};

/** Objects that stand for themselves show what they are and their name, whatever else their schema declares. */
export function asWholeObject(schema: OpenApiSchema): OpenApiSchema {
  const text: OpenApiSchema = { type: "string" };
  return {
    ...schema,
    properties: { ...schema.properties, apiVersion: text, kind: text, metadata: visibleMetadata },
  };
}

function fieldsOf(schema: OpenApiSchema): ReadonlyMap<string, OpenApiSchema> {
  const isEmbedded = schema["x-kubernetes-embedded-resource"] === true;
  const { properties = {} } = isEmbedded ? asWholeObject(schema) : schema;
  const fields = new Map<string, OpenApiSchema>();
  for (const [name, field] of Object.entries(properties)) {
    const escaped = escapeField(name);
    if (escaped !== undefined) fields.set(escaped, field);
  }
  return fields;
}
