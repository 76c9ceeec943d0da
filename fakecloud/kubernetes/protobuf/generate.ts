/**
 * Writes `generated/fields.ts`: how the fields of Kubernetes' built-in types are numbered in protobuf, and which of them JSON
 * leaves out when they are empty. Read from the struct tags of Kubernetes' published Go types.
 *
 *   node fakecloud/kubernetes/protobuf/generate.ts <k8s.io/api> <k8s.io/apimachinery>
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const packages: Readonly<Record<string, string>> = {
  "admissionregistration.v1": "admissionregistration/v1",
  "apps.v1": "apps/v1",
  "authentication.v1": "authentication/v1",
  "authorization.v1": "authorization/v1",
  "autoscaling.v1": "autoscaling/v1",
  "autoscaling.v2": "autoscaling/v2",
  "batch.v1": "batch/v1",
  "certificates.v1": "certificates/v1",
  "coordination.v1": "coordination/v1",
  "core.v1": "core/v1",
  "discovery.v1": "discovery/v1",
  "events.v1": "events/v1",
  "networking.v1": "networking/v1",
  "node.v1": "node/v1",
  "policy.v1": "policy/v1",
  "rbac.v1": "rbac/v1",
  "scheduling.v1": "scheduling/v1",
  "storage.v1": "storage/v1",
};

const scalars: Readonly<Record<string, string>> = {
  "[]byte": "bytes",
  bool: "bool",
  float64: "double",
  int: "int64",
  int32: "int32",
  int64: "int64",
  string: "string",
  uint32: "int32",
  "intstr.IntOrString": "intstr",
  "meta.v1.Duration": "duration",
  "meta.v1.FieldsV1": "raw",
  "meta.v1.MicroTime": "time",
  "meta.v1.Time": "time",
  "resource.Quantity": "quantity",
  "runtime.RawExtension": "raw",
  "types.NodeName": "string",
  "types.UID": "string",
};

interface Types {
  /** Name → lines of the struct. */
  readonly structs: Map<string, readonly string[]>;
  /** Name → what it is another name for. */
  readonly names: Map<string, string>;
}

function readTypes(name: string, file: string, types: Types): void {
  const text = readFileSync(file, "utf8").replaceAll(/^\s*\/\/.*$/gm, "");
  for (const [, type = "", body = ""] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    types.structs.set(`${name}.${type}`, body.split("\n"));
  }
  for (const [, type = "", target = ""] of text.matchAll(/^type (\w+) ([\w.[\]*]+)$/gm)) {
    if (target !== "struct") types.names.set(`${name}.${type}`, target);
  }
}

/** The name of a Go type as the table has it; aliases are followed. */
function resolve(goType: string, home: string, types: Types): string {
  const known = scalars[goType];
  if (known !== undefined) return known;
  if (goType.startsWith("*")) return resolve(goType.slice(1), home, types);
  if (goType.startsWith("[]")) return `[]${resolve(goType.slice(2), home, types)}`;
  const map = /^map\[\w+(?:\.\w+)?\](.+)$/.exec(goType);
  if (map !== null) return `{}${resolve(map[1] ?? "", home, types)}`;
  const full = qualify(goType, home);
  const scalar = scalars[full];
  if (scalar !== undefined) return scalar;
  const target = types.names.get(full);
  if (target === undefined) return full;
  const resolved = resolve(target, full.slice(0, full.lastIndexOf(".")), types);
  // A named list is a message of its own, with one repeated field.
  return resolved.startsWith("[]") ? `list ${resolved}` : resolved;
}

function qualify(goType: string, home: string): string {
  const dot = goType.indexOf(".");
  if (dot < 0) return `${home}.${goType}`;
  const [name = "", type = ""] = goType.split(".");
  if (name === "metav1") return `meta.v1.${type}`;
  const version = /^(\w+?)(v\d+)$/.exec(name);
  if (name === "v1" || name === "apiv1") return `core.v1.${type}`;
  return version === null ? goType : `${version[1]}.${version[2]}.${type}`;
}

function fieldLine(line: string, home: string, types: Types): string | undefined {
  const match = /^\s*(?:(\w+)\s+)?(\S+)\s+`([^`]*)`/.exec(line);
  const [, , goType = "", tags = ""] = match ?? [];
  const number = /protobuf:"\w+,(\d+)/.exec(tags)?.[1];
  if (number === undefined) return undefined;
  const [name = "", ...options] = (/json:"([^"]*)"/.exec(tags)?.[1] ?? "").split(",");
  const type = resolve(goType, home, types);
  const marks = [
    ...(goType.startsWith("*") ? ["*"] : []),
    ...(options.includes("omitempty") ? ["?"] : []),
  ];
  const shown = options.includes("inline") ? "~" : name;
  return [`  ${number}`, shown, type, ...marks].join(" ");
}

const [apiFolder, machineryFolder] = process.argv.slice(2);
if (apiFolder === undefined || machineryFolder === undefined) {
  throw new Error("usage: generate.ts <k8s.io/api> <k8s.io/apimachinery>");
}
const types: Types = { structs: new Map(), names: new Map() };
readTypes("meta.v1", path.join(machineryFolder, "pkg/apis/meta/v1/types.go"), types);
for (const [name, folder] of Object.entries(packages)) {
  for (const file of ["types.go"]) {
    const full = path.join(apiFolder, folder, file);
    if (existsSync(full)) readTypes(name, full, types);
  }
}
const lines: string[] = [];
for (const [name, body] of [...types.structs].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const home = name.slice(0, name.lastIndexOf("."));
  const fields = body.flatMap((line) => fieldLine(line, home, types) ?? []);
  if (fields.length > 0 && !name.endsWith("List")) lines.push(name, ...fields);
}
writeFileSync(
  new URL("generated/fields.ts", import.meta.url),
  `// Generated by protobuf/generate.ts from the struct tags of k8s.io/api and k8s.io/apimachinery v0.36.0 (Apache-2.0).
// One message per unindented line; its fields below it as "number name type marks". ~ an inlined struct, []repeated, {}map,
// list: a message with one repeated field. Marks: * pointer, ? left out of JSON when empty.
export const fieldTable = \`
${lines.join("\n")}
\`;
`,
);
