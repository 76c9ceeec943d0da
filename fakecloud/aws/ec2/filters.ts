import type { Filter } from "@aws-sdk/client-ec2";
import { invalidParameter } from "./errors.ts";
import { matchesPattern } from "./filter-pattern.ts";
import type { Resource } from "./resource-table.ts";

/** What a resource offers a filter: texts, any of which may match; undefined if it has none. */
export type FilterValue = boolean | number | string | readonly (string | undefined)[] | undefined;

export type FilterTable<T> = Readonly<Record<string, (item: T) => FilterValue>>;

const maxValues = 200;

/** Filters are joined by AND, the values of one by OR. A name that is in no table is an error that names it. */
export function applyFilters<T extends Resource>(
  items: readonly T[],
  filters: readonly Filter[] | undefined,
  table: FilterTable<T>,
): readonly T[] {
  if (filters === undefined || filters.length === 0) return items;
  const tests = filters.map((filter) => compileFilter(filter, table));
  return items.filter((item) => tests.every((test) => test(item)));
}

function compileFilter<T extends Resource>(
  filter: Filter,
  table: FilterTable<T>,
): (item: T) => boolean {
  const { Name: name = "", Values: values = [] } = filter;
  if (values.length > maxValues) {
    throw invalidParameter(`The filter '${name}' has more than ${maxValues} values`);
  }
  const read = reader(name, table);
  return (item) =>
    texts(read(item)).some((text) => values.some((value) => matchesPattern(value, text)));
}

function reader<T extends Resource>(name: string, table: FilterTable<T>): (item: T) => FilterValue {
  if (name.startsWith("tag:")) {
    const key = name.slice(4);
    return (item) => item.tags.get(key);
  }
  if (name === "tag-key") return (item) => [...item.tags.keys()];
  if (name === "tag-value") return (item) => [...item.tags.values()];
  const read = Object.hasOwn(table, name) ? table[name] : undefined;
  if (read === undefined) throw invalidParameter(`The filter '${name}' is invalid`);
  return read;
}

function texts(value: FilterValue): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [value];
  if (typeof value === "boolean" || typeof value === "number") return [`${value}`];
  return value.filter((text) => text !== undefined);
}
