import { isObject } from "../object.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";

type Correlate = (old: readonly unknown[]) => (item: unknown) => unknown;

const noOldItem = () => undefined;

/** Which old item an item is to be compared with: known only for lists with keys. */
export function correlator(schema: OpenApiSchema): Correlate {
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (schema["x-kubernetes-list-type"] !== "map" || keys.length === 0) return () => noOldItem;
  return (old) => {
    const byKey = new Map(old.map((item) => [keyOf(item, keys), item]));
    return (item) => byKey.get(keyOf(item, keys));
  };
}

function keyOf(item: unknown, keys: readonly string[]): string {
  if (!isObject(item)) return "";
  return JSON.stringify(keys.map((key) => item[key] ?? null));
}
