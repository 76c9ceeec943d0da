/**
 * The compact form in which this project keeps the fields of every kind (`schemas/*.json`), and what it means.
 *
 * A node is one of
 * - `"string 1..253"`, `"int32 0.."`, `"boolean"`, `"date-time"`, `"int-or-string"`, `"any"`, `"object"`: a type with the
 *   range of its length or value;
 * - `"enum A|B|"`: one of these strings (the last one here is empty);
 * - `"Condition"`, in upper case: the definition of that name;
 * - `{ "is": … }`: one of the above with a pattern, default or CEL rules;
 * - `{ "fields": { "name!": node } }`: an object, `!` marks what is required;
 * - `{ "list": node, "size": "1..32", "keys": ["type"] }` and `{ "map": node }`.
 */
export type SchemaNode = string | LeafNode | UseNode | ObjectNode | ListNode | MapNode;

interface Attributes {
  readonly default?: unknown;
  readonly nullable?: boolean;
  /** CEL; the message is the API server's own unless given. */
  readonly rules?: readonly (string | CelRule)[];
  readonly mapType?: string;
  readonly minProperties?: number;
}

export interface CelRule {
  readonly rule: string;
  readonly message?: string;
  readonly fieldPath?: string;
  readonly reason?: string;
}

export interface LeafNode extends Attributes {
  readonly is: string;
  readonly pattern?: string;
  /** Range of the length of an enum. */
  readonly length?: string;
  /** Allowed numbers. */
  readonly enum?: readonly number[];
}

export interface UseNode extends Attributes {
  readonly use: string;
}

export interface ObjectNode extends Attributes {
  readonly fields: Readonly<Record<string, SchemaNode>>;
}

export interface ListNode extends Attributes {
  readonly list: SchemaNode;
  readonly size?: string;
  readonly keys?: readonly string[];
  readonly listType?: string;
}

export interface MapNode extends Attributes {
  readonly map: SchemaNode;
}

export type Definitions = Readonly<Record<string, ObjectNode>>;

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly priority?: number;
  readonly format?: string;
}

export interface VersionSchema {
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly subresources?: Readonly<Record<string, unknown>>;
  readonly columns: readonly PrinterColumn[];
  readonly schema: ObjectNode;
}

/** One file of `schemas/`. */
export interface KindSchema {
  /** Where the facts come from: repository and version. */
  readonly source: string;
  readonly kind: string;
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: "Cluster" | "Namespaced";
  readonly versions: Readonly<Record<string, VersionSchema>>;
}

export function isReference(node: SchemaNode): node is string {
  return typeof node === "string" && /^[A-Z]/.test(node);
}

/** "clusterName!" is the required field "clusterName". */
export function parseField(field: string): { readonly name: string; readonly required: boolean } {
  const required = field.endsWith("!");
  return { name: required ? field.slice(0, -1) : field, required };
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** "1..253", "0..", "..64". */
export function parseRange(text: string): Range {
  const [min = "", max = ""] = text.split("..");
  return {
    ...(min === "" ? {} : { min: Number(min) }),
    ...(max === "" ? {} : { max: Number(max) }),
  };
}

/** "string 1..253" → the word and its range. */
export function parseLeaf(text: string): { readonly word: string; readonly range: Range } {
  const [word = "", range = ".."] = text.split(" ");
  return { word, range: parseRange(range) };
}

/** The allowed strings of "enum A|B", undefined for any other leaf. */
export function parseEnum(text: string): readonly string[] | undefined {
  return text.startsWith("enum ") ? text.slice("enum ".length).split("|") : undefined;
}
