import { isObject } from "../object.ts";
import { FieldSetBuilder, printElement, type FieldSet } from "./field-set.ts";
import { elementOf, indexItems, duplicate } from "./list-items.ts";
import {
  fieldTypeOf,
  isDeclaredField,
  shapeOf,
  type ListType,
  type MapType,
  type MergeType,
} from "./merge-type.ts";

/** All fields that an object sets. */
export function toFieldSet(value: unknown, type: MergeType): FieldSet {
  const builder = new FieldSetBuilder();
  collect(value, type, [], builder);
  return builder.build();
}

function collect(
  value: unknown,
  type: MergeType,
  path: readonly string[],
  builder: FieldSetBuilder,
): void {
  switch (shapeOf(type, value)) {
    case "map":
      collectMap(value, type.map as MapType, path, builder);
      break;
    case "list":
      collectList(value, type.list as ListType, path, builder);
      break;
    case "scalar":
      builder.insert(path);
  }
}

function collectMap(
  value: unknown,
  type: MapType,
  path: readonly string[],
  builder: FieldSetBuilder,
): void {
  if (type.isAtomic) {
    builder.insert(path);
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const fieldType = fieldTypeOf(type, key);
    if (fieldType === undefined) continue;
    const field = value[key];
    const fieldPath = [...path, `f:${key}`];
    collect(field, fieldType, fieldPath, builder);
    const isBare = field === null || (isObject(field) && Object.keys(field).length === 0);
    if (isBare || !isDeclaredField(type, key)) builder.insert(fieldPath);
  }
}

function collectList(
  value: unknown,
  type: ListType,
  path: readonly string[],
  builder: FieldSetBuilder,
): void {
  if (type.isAtomic) {
    builder.insert(path);
    return;
  }
  if (!Array.isArray(value)) return;
  for (const [element, item] of indexItems(type, value).byElement) {
    const itemPath = [...path, element];
    if (item !== duplicate) collect(item, type.element(), itemPath, builder);
    builder.insert(itemPath);
  }
}

/** What is wrong with an applied configuration, one text per complaint: `.spec.foo: field not declared in schema`. */
export function checkTyped(value: unknown, type: MergeType, path = ""): string[] {
  const shape = shapeOf(type, value);
  if (shape === "map") return checkMap(value, type.map as MapType, path);
  if (shape === "list") return checkList(value, type.list as ListType, path);
  return checkScalar(value, type, path);
}

function complaint(path: string, text: string): string {
  return path === "" ? text : `${path}: ${text}`;
}

function checkMap(value: unknown, type: MapType, path: string): string[] {
  if (value === null) return [];
  if (!isObject(value)) return [complaint(path, `expected map, got ${printGot(value)}`)];
  const errors: string[] = [];
  for (const [key, field] of Object.entries(value)) {
    const fieldPath = `${path}.${key}`;
    const fieldType = fieldTypeOf(type, key);
    if (fieldType === undefined) errors.push(complaint(fieldPath, "field not declared in schema"));
    else errors.push(...checkTyped(field, fieldType, fieldPath));
  }
  return errors;
}

function checkList(value: unknown, type: ListType, path: string): string[] {
  if (value === null) return [];
  if (!Array.isArray(value)) return [complaint(path, `expected list, got ${printGot(value)}`)];
  if (type.isAtomic) {
    return value.flatMap((item, index) => checkTyped(item, type.element(), `${path}[${index}]`));
  }
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const found = elementOf(type, item);
    if ("error" in found) {
      errors.push(complaint(path, `element ${index}: ${found.error}`));
      continue;
    }
    const printed = printElement(found.element);
    if (seen.has(found.element)) {
      errors.push(complaint(path, `duplicate entries for key ${printed}`));
    }
    seen.add(found.element);
    errors.push(...checkTyped(item, type.element(), `${path}${printed}`));
  }
  return errors;
}

function checkScalar(value: unknown, type: MergeType, path: string): string[] {
  if (value === null || type.scalar === "untyped") return [];
  const actual = typeof value;
  if (type.scalar === "numeric" && actual !== "number") {
    return [complaint(path, `expected numeric (int or float), got ${goTypeName(value)}`)];
  }
  if (type.scalar === "string" && actual !== "string") {
    return [complaint(path, `expected string, got ${printGot(value)}`)];
  }
  if (type.scalar === "boolean" && actual !== "boolean") {
    return [complaint(path, `expected boolean, got ${printGot(value)}`)];
  }
  return [];
}

function goTypeName(value: unknown): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** The real server prints the wrapper of its value library. */
function printGot(value: unknown): string {
  return `&value.valueUnstructured{Value:${JSON.stringify(value)}}`;
}
