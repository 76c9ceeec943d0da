import type { FieldError } from "../field-error.ts";
import { printValue } from "../field-error.ts";
import { isObject } from "../object.ts";
import { counterpart } from "./counterpart.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { anyBelow, perNode } from "./per-node.ts";

type Visit = (value: unknown, old: unknown, path: string, errors: FieldError[]) => void;

/** Finds items that appear twice in lists whose schema calls them a set or a map; not in what is shared with `old`. */
export function compileUniqueness(
  schema: OpenApiSchema,
): (value: unknown, old?: unknown) => FieldError[] {
  if (!mayRepeat(schema)) return () => [];
  const visit = visitorOf(schema);
  return (value, old) => {
    const errors: FieldError[] = [];
    visit(value, old, "", errors);
    return errors;
  };
}

/** Where nothing below can be a duplicate, most of an object is not even looked at. */
const mayRepeat = anyBelow(
  ({ "x-kubernetes-list-type": type }) => type === "set" || type === "map",
);

const visitorOf = perNode((schema): Visit => {
  let built: Visit | undefined;
  return (value, old, path, errors) => {
    built ??= schema.type === "array" ? listVisitor(schema) : recordVisitor(schema);
    built(value, old, path, errors);
  };
});

function recordVisitor(schema: OpenApiSchema): Visit {
  const fields: (readonly [string, Visit])[] = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (mayRepeat(property)) fields.push([name, visitorOf(property)]);
  }
  const rest = schema.additionalProperties;
  const entry = typeof rest === "object" && mayRepeat(rest) ? visitorOf(rest) : undefined;
  return (value, old, path, errors) => {
    if (!isObject(value) || value === old) return;
    const before = isObject(old) ? old : undefined;
    for (const [name, visit] of fields) {
      if (!Object.hasOwn(value, name)) continue;
      visit(value[name], before?.[name], path === "" ? name : `${path}.${name}`, errors);
    }
    if (entry === undefined) return;
    for (const key of Object.keys(value)) {
      entry(value[key], before?.[key], `${path}[${key}]`, errors);
    }
  };
}

function listVisitor(schema: OpenApiSchema): Visit {
  const { items } = schema;
  const item = items !== undefined && mayRepeat(items) ? visitorOf(items) : undefined;
  const type = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  return (value, old, path, errors) => {
    if (!Array.isArray(value) || value === old) return;
    if (type === "set") reportDuplicates(value, path, errors);
    if (type === "map") checkMap(value, keys, path, errors);
    if (item === undefined) return;
    const before: readonly unknown[] = Array.isArray(old) ? old : [];
    for (const [index, each] of value.entries()) {
      item(each, counterpart(before, value, index), `${path}[${index}]`, errors);
    }
  };
}

function checkMap(
  list: readonly unknown[],
  keys: readonly string[],
  path: string,
  errors: FieldError[],
): void {
  const wrong = list.findIndex((item) => item !== null && !isObject(item));
  if (wrong >= 0) {
    errors.push({
      type: "Invalid",
      field: `${path}[${wrong}]`,
      message: `Invalid value: ${printValue(list[wrong])}: must be an object for an array of list-type map`,
    });
    return;
  }
  if (haveOwnNames(list, keys)) return;
  reportDuplicates(
    list.map((item) => keyFields(item, keys)),
    path,
    errors,
  );
}

/** Whether all items are told apart by one text: so most lists are, and it is soon seen. */
function haveOwnNames(list: readonly unknown[], [key, second]: readonly string[]): boolean {
  if (key === undefined || second !== undefined) return false;
  const names = new Set<unknown>();
  for (const item of list) {
    const name = isObject(item) ? item[key] : undefined;
    if (typeof name !== "string" || names.has(name)) return false;
    names.add(name);
  }
  return true;
}

function keyFields(item: unknown, keys: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  if (!isObject(item)) return fields;
  for (const key of [...keys].sort()) if (Object.hasOwn(item, key)) fields[key] = item[key];
  return fields;
}

/** Complains once about each value, at its second place. */
function reportDuplicates(list: readonly unknown[], path: string, errors: FieldError[]): void {
  if (list.length < 2) return;
  const times = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const text = JSON.stringify(item);
    const count = (times.get(text) ?? 0) + 1;
    times.set(text, count);
    if (count !== 2) continue;
    errors.push({
      type: "Duplicate",
      field: `${path}[${index}]`,
      message: `Duplicate value: ${text}`,
    });
  }
}
