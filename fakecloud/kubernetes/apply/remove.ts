import { isObject, type JsonObject } from "../object.ts";
import { define } from "../patch/merge-patch.ts";
import { below, containsPath, isEmptySet, type FieldSet } from "./field-set.ts";
import { elementOf } from "./list-items.ts";
import { fieldTypeOf, shapeOf, type ListType, type MapType, type MergeType } from "./merge-type.ts";

/**
 * The value without the fields of a set. A container that loses its last field stays, empty; what is not touched is shared.
 */
export function removeFields(value: unknown, fields: FieldSet, type: MergeType): unknown {
  if (isEmptySet(fields)) return value;
  const shape = shapeOf(type, value);
  if (shape === "map" && isObject(value)) return removeFromMap(value, fields, type.map as MapType);
  if (shape === "list" && Array.isArray(value)) {
    return removeFromList(value, fields, type.list as ListType);
  }
  return value;
}

function removeFromMap(value: JsonObject, fields: FieldSet, type: MapType): unknown {
  if (type.isAtomic) return value;
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const element = `f:${key}`;
    if (!(element in fields)) continue;
    if (containsPath(fields, element)) {
      copy ??= { ...value };
      delete copy[key];
      continue;
    }
    const fieldType = fieldTypeOf(type, key);
    if (fieldType === undefined) continue;
    const after = removeFields(value[key], below(fields, element), fieldType);
    if (after === value[key]) continue;
    copy ??= { ...value };
    define(copy, key, after);
  }
  return copy ?? value;
}

function removeFromList(value: readonly unknown[], fields: FieldSet, type: ListType): unknown {
  if (type.isAtomic) return value;
  let isSame = true;
  const kept: unknown[] = [];
  for (const item of value) {
    const found = elementOf(type, item);
    if ("error" in found || !(found.element in fields)) {
      kept.push(item);
      continue;
    }
    if (containsPath(fields, found.element)) {
      isSame = false;
      continue;
    }
    const after = removeFields(item, below(fields, found.element), type.element());
    if (after !== item) isSame = false;
    kept.push(after);
  }
  return isSame ? value : kept;
}
