import { resourceSchema } from "../schema/object-meta.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";

export type ScalarKind = "boolean" | "numeric" | "string" | "untyped";

export interface ListType {
  readonly isAtomic: boolean;
  /** Fields that identify an item; empty for sets of scalars. */
  readonly keys: readonly string[];
  readonly element: () => MergeType;
  /** What identifies the items that have been looked at: they are the same from write to write. */
  readonly elements: WeakMap<object, ItemElement>;
}

/** What makes an item of an associative list itself: `k:{"name":"a"}` or `v:"a"`. */
export type ItemElement = { readonly element: string } | { readonly error: string };

export interface MapType {
  readonly isAtomic: boolean;
  readonly fields: ReadonlyMap<string, () => MergeType>;
  /** The type of fields that are not declared; undefined if there must not be any. */
  readonly element: (() => MergeType) | undefined;
  /** Nothing is declared: whatever comes is taken as it is. */
  readonly isDeduced: boolean;
}

/** What a value may be, as far as merging and ownership care. Several may be possible; the value decides. */
export interface MergeType {
  readonly scalar?: ScalarKind;
  readonly list?: ListType;
  readonly map?: MapType;
  /** The default of list keys: an item that leaves a key out is still identified by it. */
  readonly default?: unknown;
}

const untypedAtomic: MergeType = {
  scalar: "untyped",
  list: { isAtomic: true, keys: [], element: () => untypedAtomic, elements: new WeakMap() },
  map: { isAtomic: true, fields: new Map(), element: () => untypedAtomic, isDeduced: true },
};

/** Where the schema says nothing: maps merge field by field, lists are replaced as a whole. */
const deduced: MergeType = {
  scalar: "untyped",
  list: { isAtomic: true, keys: [], element: () => untypedAtomic, elements: new WeakMap() },
  map: { isAtomic: false, fields: new Map(), element: () => deduced, isDeduced: true },
};

const types = new WeakMap<OpenApiSchema, MergeType>();
const resourceTypes = new WeakMap<OpenApiSchema, MergeType>();

/** The type of a whole resource; its metadata is ObjectMeta whatever the schema says. */
export function resourceTypeOf(schema: OpenApiSchema): MergeType {
  let type = resourceTypes.get(schema);
  if (type === undefined) {
    type = typeOf(resourceSchema(schema));
    resourceTypes.set(schema, type);
  }
  return type;
}

function typeOf(schema: OpenApiSchema): MergeType {
  let type = types.get(schema);
  if (type === undefined) {
    type = build(schema);
    if (schema.default !== undefined) type = { ...type, default: schema.default };
    types.set(schema, type);
  }
  return type;
}

function build(schema: OpenApiSchema): MergeType {
  if (schema["x-kubernetes-int-or-string"] === true) return { scalar: "untyped" };
  switch (schema.type) {
    case "array":
      return { list: listTypeOf(schema) };
    case "boolean":
      return { scalar: "boolean" };
    case "integer":
    case "number":
      return { scalar: "numeric" };
    case "object":
      return objectTypeOf(schema);
    case "string":
      return { scalar: schema.format === undefined ? "string" : "untyped" };
    case undefined:
    default:
      return schema.properties === undefined ? deduced : objectTypeOf(schema);
  }
}

function listTypeOf(schema: OpenApiSchema): ListType {
  const kind = schema["x-kubernetes-list-type"];
  const { items } = schema;
  let element: MergeType | undefined;
  return {
    isAtomic: kind !== "set" && kind !== "map",
    keys: kind === "map" ? (schema["x-kubernetes-list-map-keys"] ?? []) : [],
    element: () => (element ??= items === undefined ? deduced : typeOf(items)),
    elements: new WeakMap(),
  };
}

function objectTypeOf(schema: OpenApiSchema): MergeType {
  const isAtomic = schema["x-kubernetes-map-type"] === "atomic";
  const rest = schema.additionalProperties;
  const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if (schema.properties === undefined && typeof rest !== "object") {
    return isAtomic ? untypedAtomic : deduced;
  }
  const fields = new Map<string, () => MergeType>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    let type: MergeType | undefined;
    fields.set(name, () => (type ??= typeOf(property)));
  }
  if (schema["x-kubernetes-embedded-resource"] === true) {
    for (const name of ["apiVersion", "kind"]) fields.set(name, () => ({ scalar: "string" }));
    if (!fields.has("metadata")) fields.set("metadata", () => deduced);
  }
  let element: (() => MergeType) | undefined;
  if (typeof rest === "object") element = () => typeOf(rest);
  else if (isOpen) element = () => deduced;
  return { map: { isAtomic, fields, element, isDeduced: false } };
}

/** The type of a map's field; undefined if the schema does not know it. */
export function fieldTypeOf(map: MapType, field: string): MergeType | undefined {
  return (map.fields.get(field) ?? map.element)?.();
}

export function isDeclaredField(map: MapType, field: string): boolean {
  return map.fields.has(field);
}

type Shape = "list" | "map" | "scalar";

/** Which of the possible types a value takes; null and unfitting values take the first that exists. */
export function shapeOf(type: MergeType, value: unknown): Shape {
  if (Array.isArray(value)) {
    if (type.list !== undefined) return "list";
  } else if (typeof value === "object" && value !== null) {
    if (type.map !== undefined) return "map";
  } else if (value !== null && value !== undefined && type.scalar !== undefined) return "scalar";
  if (type.map !== undefined) return "map";
  return type.scalar === undefined ? "list" : "scalar";
}
