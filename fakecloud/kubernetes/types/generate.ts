/**
 * Writes `generated/definitions.ts`: the fields of Kubernetes' built-in kinds, without their descriptions, from the OpenAPI
 * documents that Kubernetes publishes.
 *
 *   node fakecloud/kubernetes/types/generate.ts <k8s.io/kubernetes>/api/openapi-spec/v3
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
}

const skipped = /\.v\d+(alpha|beta)\d+\.|^io\.k8s\.api\.(resource|storagemigration|imagepolicy)\./;

/** "io.k8s.api.apps.v1.Deployment" → "apps.v1.Deployment"; names stay unique without the common prefix. */
function shorten(name: string): string {
  return name
    .replace("io.k8s.api.", "")
    .replace("io.k8s.apimachinery.pkg.apis.", "")
    .replace("io.k8s.apimachinery.pkg.", "")
    .replace("io.k8s.apiextensions-apiserver.pkg.apis.", "")
    .replace("io.k8s.kube-aggregator.pkg.apis.", "");
}

const special: Readonly<Record<string, string>> = {
  "api.resource.Quantity": "quantity",
  "meta.v1.FieldsV1": "raw",
  "meta.v1.MicroTime": "microtime",
  "meta.v1.Time": "time",
  "runtime.RawExtension": "raw",
  "util.intstr.IntOrString": "intstr",
  "apiextensions.v1.JSON": "any",
  "apiextensions.v1.JSONSchemaPropsOrArray": "any",
  "apiextensions.v1.JSONSchemaPropsOrBool": "any",
  "apiextensions.v1.JSONSchemaPropsOrStringArray": "any",
};

function typeOf(schema: Schema): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (reference !== undefined) {
    const name = shorten(reference.slice(reference.lastIndexOf("/") + 1));
    return special[name] ?? name;
  }
  if (schema.type === "array") return `[${listMarks(schema)}]${typeOf(schema.items ?? {})}`;
  if (schema.additionalProperties !== undefined) return `{}${typeOf(schema.additionalProperties)}`;
  return scalarOf(schema);
}

function scalarOf({ type, format }: Schema): string {
  if (format === "byte") return "bytes";
  if (format !== undefined && type !== "string") return format;
  return type ?? "any";
}

function listMarks(schema: Schema): string {
  const type = schema["x-kubernetes-list-type"] ?? "atomic";
  const keys = schema["x-kubernetes-list-map-keys"];
  const merge = schema["x-kubernetes-patch-merge-key"];
  const marks = [type === "atomic" ? "" : type];
  if (keys !== undefined) marks[0] = `map ${keys.join(",")}`;
  if (schema["x-kubernetes-patch-strategy"]?.includes("merge") === true) {
    marks.push(merge === undefined ? "merge" : `merge ${merge}`);
  }
  return marks.join("|");
}

function fieldLine(name: string, schema: Schema, isRequired: boolean): string {
  const marks: string[] = [];
  if (isRequired) marks.push("!");
  if (schema["x-kubernetes-map-type"] === "atomic") marks.push("atomic");
  if (schema["x-kubernetes-patch-strategy"]?.includes("retainKeys") === true) {
    marks.push("retainKeys");
  }
  const value = schema.default;
  // Go writes structs and required scalars even if they are empty; the document says so by a default. A scalar type that is
  // a struct in Go (Time, Quantity) has no such value.
  const isScalarStruct = typeof value === "object" && !/^[a-z]+\.v\d/.test(typeOf(schema));
  if (value !== undefined && !isScalarStruct) marks.push(`=${JSON.stringify(value)}`);
  return [`  ${name}`, typeOf(schema), ...marks].join(" ");
}

function collect(folder: string): Map<string, Schema> {
  const schemas = new Map<string, Schema>();
  for (const file of readdirSync(folder).sort()) {
    const document = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as {
      components?: { schemas?: Record<string, Schema> };
    };
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      const short = shorten(name);
      if (!skipped.test(name) && special[short] === undefined) schemas.set(short, schema);
    }
  }
  return schemas;
}

function write(schemas: ReadonlyMap<string, Schema>): string {
  const lines: string[] = [];
  for (const [name, schema] of [...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (name.endsWith("List") && schema.properties?.["items"] !== undefined) continue;
    lines.push(schema["x-kubernetes-map-type"] === "atomic" ? `${name} atomic` : name);
    const required = new Set(schema.required);
    for (const [field, property] of Object.entries(schema.properties ?? {})) {
      lines.push(fieldLine(field, property, required.has(field)));
    }
  }
  return lines.join("\n");
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: generate.ts <folder with the v3 documents>");
const table = write(collect(folder));
writeFileSync(
  new URL("generated/definitions.ts", import.meta.url),
  `// Generated by types/generate.ts from api/openapi-spec/v3 of k8s.io/kubernetes v1.36.0 (Apache-2.0): names and types only.
// One definition per unindented line; its fields below it as "name type marks". Types: [list-type keys|patch]item, {}value,
// scalars, names of definitions. Marks: ! required, atomic, retainKeys, =default.
export const definitionTable = String.raw\`
${table}
\`;
`,
);
