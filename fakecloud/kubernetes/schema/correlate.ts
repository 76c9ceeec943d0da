import { isObject } from "../object.ts";
import { counterpart } from "./counterpart.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";

/** Which old item the item at an index is to be compared with: known only for lists with keys. */
type Correlate = (old: unknown, list: readonly unknown[]) => (index: number) => unknown;

const noOldItem = () => undefined;

export function correlator(schema: OpenApiSchema): Correlate {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (schema["x-kubernetes-list-type"] !== "map" || keys.length === 0) return () => noOldItem;
  return (old, list) => {
    if (!Array.isArray(old)) return noOldItem;
    let byKey: Map<unknown, unknown> | undefined;
    return (index) => {
      const item = list[index];
      if (counterpart(old, list, index) === item) return item;
      byKey ??= new Map(old.map((each: unknown) => [keyOf(each, keys), each]));
      return byKey.get(keyOf(item, keys));
    };
  };
}

function keyOf(item: unknown, keys: readonly string[]): unknown {
  if (!isObject(item)) return undefined;
  const [only = "", second] = keys;
  return second === undefined
    ? (item[only] ?? null)
    : JSON.stringify(keys.map((key) => item[key] ?? null));
}
