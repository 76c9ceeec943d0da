import type { KubeObject } from "../object.ts";

/** A column as a Table describes it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** Above zero the column is shown only in wide output. */
  readonly priority: number;
}

export interface Column extends ColumnDefinition {
  cell(object: KubeObject, nowMs: number): unknown;
}

const nameDescription =
  "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";

export const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: nameDescription,
  priority: 0,
  cell: ({ metadata }) => metadata.name ?? "",
};

interface ColumnOptions {
  readonly type?: "boolean" | "date" | "integer" | "string";
  readonly format?: string;
  readonly wide?: boolean;
}

export function column(
  name: string,
  cell: (object: KubeObject, nowMs: number) => unknown,
  { type = "string", format = "", wide = false }: ColumnOptions = {},
): Column {
  return { name, type, format, description: "", priority: wide ? 1 : 0, cell };
}

export function wide(name: string, cell: (object: KubeObject, nowMs: number) => unknown): Column {
  return column(name, cell, { wide: true });
}

export function integer(
  name: string,
  cell: (object: KubeObject, nowMs: number) => unknown,
): Column {
  return column(name, cell, { type: "integer" });
}
