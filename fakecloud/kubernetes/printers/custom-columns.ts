import type { KubeObject } from "../object.ts";
import type { PrinterColumn } from "../registry/resource.ts";
import { type Column, nameColumn } from "./column.ts";
import { ageOf } from "./duration.ts";
import { type JsonPath, parseJsonPath } from "./json-path.ts";

const ageColumn: PrinterColumn = {
  name: "Age",
  type: "date",
  description:
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
  jsonPath: ".metadata.creationTimestamp",
};

type Format = (value: unknown, nowMs: number) => unknown;

const formats: Readonly<Record<string, Format>> = {
  integer: (value) => (typeof value === "number" ? Math.trunc(value) : null),
  number: (value) => (typeof value === "number" ? value : null),
  boolean: (value) => (typeof value === "boolean" ? value : null),
  date: (value, nowMs) => (typeof value === "string" ? ageOf(value, nowMs) : "<unknown>"),
  string: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
};

function columnOf(declared: PrinterColumn): Column {
  const { name, type, jsonPath } = declared;
  const path = quietly(jsonPath);
  const format = formats[type] ?? formats["string"];
  return {
    name,
    type,
    format: declared.format ?? "",
    description:
      declared.description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: declared.priority ?? 0,
    cell: (object: KubeObject, nowMs) => {
      const [value] = path(object);
      if (value === undefined || value === null) return null;
      return format?.(value, nowMs) ?? null;
    },
  };
}

/** A path that can't be read shows nothing; the definition was accepted long ago. */
function quietly(text: string): JsonPath {
  try {
    return parseJsonPath(text);
  } catch {
    return () => [];
  }
}

/** The columns that a definition declares, behind the name; its age if it declares none. */
export function customColumns(declared: readonly PrinterColumn[] | undefined): readonly Column[] {
  const columns = declared === undefined || declared.length === 0 ? [ageColumn] : declared;
  return [nameColumn, ...columns.map(columnOf)];
}
