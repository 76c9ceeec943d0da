import { isList, isMap, type Json, type JsonObject } from "./patch.ts";

/** The value at a path; undefined where there is none. */
export function at(object: Json | undefined, ...path: readonly string[]): Json | undefined {
  let value = object;
  for (const step of path) {
    if (!isMap(value)) return undefined;
    value = value[step];
  }
  return value;
}

export function textAt(object: Json | undefined, ...path: readonly string[]): string {
  const value = at(object, ...path);
  return typeof value === "string" ? value : "";
}

export function numberAt(object: Json | undefined, ...path: readonly string[]): number | undefined {
  const value = at(object, ...path);
  return typeof value === "number" ? value : undefined;
}

export interface ConditionFields {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

export function conditionsOf(object: JsonObject): readonly ConditionFields[] {
  const conditions = at(object, "status", "conditions");
  if (!isList(conditions)) return [];
  return conditions.map((one) => ({
    type: textAt(one, "type"),
    status: textAt(one, "status"),
    reason: textAt(one, "reason"),
    message: textAt(one, "message"),
  }));
}

export function holds(object: JsonObject, type: string): boolean {
  return conditionsOf(object).some((one) => one.type === type && one.status === "True");
}

export const isDeleting = (object: JsonObject): boolean =>
  textAt(object, "metadata", "deletionTimestamp") !== "";
