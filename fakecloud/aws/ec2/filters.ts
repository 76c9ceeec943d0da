import type { Filter } from "@aws-sdk/client-ec2";
import { invalidParameter } from "./errors.ts";
import { matchesPattern } from "./filter-pattern.ts";
import type { Resource } from "./resource-table.ts";

/** What a resource offers a filter: texts, any of which may match; undefined if it has none. */
export type FilterValue = boolean | number | string | readonly (string | undefined)[] | undefined;

export type FilterTable<T> = Readonly<Record<string, (item: T) => FilterValue>>;

/** Filters that are nothing but a part of what is shown: "Placement.Affinity", through lists and all. */
export interface WireFilters<T> {
  readonly show: (item: T) => object;
  readonly paths: Readonly<Record<string, string>>;
}

const maxValues = 200;

/** Filters are joined by AND, the values of one by OR. A name that is in no table is an error that names it. */
export function applyFilters<T extends Resource>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  table: FilterTable<T>,
  wire?: WireFilters<T>,
): readonly T[] {
  if (filters === undefined || filters.length === 0) return items;
  const tests = filters.map((filter) => compileFilter(filter, table, wire));
  return items.filter((item) => tests.every((test) => test(item)));
}

function compileFilter<T extends Resource>(
  filter: Filter,
  table: FilterTable<T>,
  wire: WireFilters<T> | undefined,
): (item: T) => boolean {
  const { Name: name = "", Values: values = [] } = filter;
  if (values.length > maxValues) {
    throw invalidParameter(`The filter '${name}' has more than ${maxValues} values`);
  }
  const read = reader(name, table, wire);
  return (item) =>
    texts(read(item)).some((text) => values.some((value) => matchesPattern(value, text)));
}

function reader<T extends Resource>(
  name: string,
  table: FilterTable<T>,
  wire: WireFilters<T> | undefined,
): (item: T) => FilterValue {
  if (name.startsWith("tag:")) {
    const key = name.slice(4);
    return (item) => item.tags.get(key);
  }
  if (name === "tag-key") return (item) => [...item.tags.keys()];
  if (name === "tag-value") return (item) => [...item.tags.values()];
  const read = Object.hasOwn(table, name) ? table[name] : undefined;
  if (read !== undefined) return read;
  const path = wire !== undefined && Object.hasOwn(wire.paths, name) ? wire.paths[name] : undefined;
  if (wire === undefined || path === undefined) {
    throw invalidParameter(`The filter '${name}' is invalid`);
  }
  const members = path.split(".");
  return (item) => textsAt(wire.show(item), members);
}

function textsAt(value: unknown, members: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => textsAt(one, members));
  if (value === undefined || value === null) return [];
  const [member, ...rest] = members;
  if (member !== undefined) {
    return textsAt((value as Readonly<Record<string, unknown>>)[member], rest);
  }
  if (typeof value === "object") {
    return "toISOString" in value ? [(value as Date).toISOString()] : [];
  }
  return texts(value as FilterValue);
}

function texts(value: FilterValue): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [value];
  if (typeof value === "boolean" || typeof value === "number") return [`${value}`];
  return value.filter((text) => text !== undefined);
}
