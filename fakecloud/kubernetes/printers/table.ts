import type { KubeObject } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { builtinColumns, defaultColumns } from "./builtin-columns.ts";
import type { Column } from "./column.ts";
import { customColumns } from "./custom-columns.ts";
import { columnDescriptions } from "./tables/column-descriptions.ts";

/** How much of each object comes along with its row. */
export type IncludeObject = "Metadata" | "None" | "Object";

export interface TableOptions {
  readonly apiVersion: string;
  readonly include: IncludeObject;
  readonly nowMs: number;
  /** False in all events of a watch but the first. */
  readonly describeColumns: boolean;
}

const known = new WeakMap<Resource, readonly Column[]>();

function columnsOf(resource: Resource): readonly Column[] {
  let columns = known.get(resource);
  if (columns !== undefined) return columns;
  const { group, kind } = resource;
  const id = group === "" ? kind : `${kind}.${group}`;
  columns = resource.custom
    ? customColumns(resource.columns)
    : described(id, builtinColumns[id] ?? defaultColumns);
  known.set(resource, columns);
  return columns;
}

const descriptions = new Map(
  columnDescriptions.flatMap(([text, ...columns]) => columns.map((column) => [column, text])),
);

function described(id: string, columns: readonly Column[]): readonly Column[] {
  return columns.map((column) => ({
    ...column,
    description: descriptions.get(`${id}/${column.name}`) ?? column.description,
  }));
}

export function partialMetadata(object: KubeObject, apiVersion: string): unknown {
  return { kind: "PartialObjectMetadata", apiVersion, metadata: object.metadata };
}

function finished(object: KubeObject): readonly unknown[] {
  const { phase, reason, message } = (object["status"] ?? {}) as Readonly<Record<string, string>>;
  if (phase !== "Succeeded" && phase !== "Failed") return [];
  const why = phase === "Succeeded" ? "The pod has completed successfully." : "The pod failed.";
  return [
    {
      type: "Completed",
      status: "True",
      reason: reason ?? phase,
      message: message ?? why,
    },
  ];
}

function rowOf(
  resource: Resource,
  columns: readonly Column[],
  object: KubeObject,
  options: TableOptions,
): unknown {
  const { include, apiVersion, nowMs } = options;
  const conditions = resource.table === "pods" ? finished(object) : [];
  const included = include === "Object" ? object : partialMetadata(object, apiVersion);
  return {
    cells: columns.map((each) => each.cell(object, nowMs)),
    ...(conditions.length === 0 ? {} : { conditions }),
    object: include === "None" ? null : included,
  };
}

/** Objects as rows, ready for `kubectl get`. */
export function tableOf(
  resource: Resource,
  objects: readonly KubeObject[],
  metadata: unknown,
  options: TableOptions,
): unknown {
  const columns = columnsOf(resource);
  return {
    kind: "Table",
    apiVersion: options.apiVersion,
    metadata,
    columnDefinitions: options.describeColumns
      ? columns.map(({ name, type, format, description, priority }) => ({
          name,
          type,
          format,
          description,
          priority,
        }))
      : null,
    rows: objects.map((object) => rowOf(resource, columns, object, options)),
  };
}
