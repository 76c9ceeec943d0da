import { isObject, type JsonObject } from "../object.ts";

/** A change to an object; returns the same object if there is nothing to change. */
export type Edit = (object: JsonObject) => JsonObject;

/** Sets the fields that are absent. */
export function fill(object: JsonObject, values: JsonObject): JsonObject {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(values)) {
    if (object[key] !== undefined) continue;
    copy ??= { ...object };
    copy[key] = values[key];
  }
  return copy ?? object;
}

/** Changes an object that stands in a field; anything else there is left alone. */
export function change(object: JsonObject, field: string, edit: Edit): JsonObject {
  const before = object[field];
  if (!isObject(before)) return object;
  const after = edit(before);
  return after === before ? object : { ...object, [field]: after };
}

/** Changes each object of a list that stands in a field. */
export function mapItems(object: JsonObject, field: string, edit: Edit): JsonObject {
  const before: unknown = object[field];
  if (!Array.isArray(before)) return object;
  let isSame = true;
  const after = before.map((item: unknown) => {
    const edited = isObject(item) ? edit(item) : item;
    if (edited !== item) isSame = false;
    return edited;
  });
  return isSame ? object : { ...object, [field]: after };
}
