import { isObject, type JsonObject } from "../object.ts";
import { unexpectedPatch } from "./patch-error.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { patchMarker, printGo, withoutDirectives } from "./strategic-merge-values.ts";

/** How a field merges: its schema, whether lists merge or replace, and by which key their items are paired. */
export interface MergeMeta {
  readonly schema: OpenApiSchema | undefined;
  readonly strategy: string;
  readonly mergeKey: string;
  mergeItem(original: JsonObject, patch: JsonObject): JsonObject;
}

export interface OrderedListMerge {
  readonly original: readonly unknown[] | undefined;
  readonly patch: readonly unknown[] | undefined;
  /** The order that the client saw: items, or objects with just the merge key. */
  readonly order: readonly unknown[];
  readonly meta: MergeMeta;
}

/** A list that came with `$setElementOrder`; undefined if neither side has the list. */
export function mergeOrderedList(merge: OrderedListMerge): readonly unknown[] | undefined {
  const { original, patch, order, meta } = merge;
  if (original === undefined && patch === undefined) return undefined;
  checkOrder(patch ?? [], order, meta.mergeKey);
  const merged = mergeSides(original, patch, meta);
  return arrange(merged, order, original ?? [], meta.mergeKey);
}

function mergeSides(
  original: readonly unknown[] | undefined,
  patch: readonly unknown[] | undefined,
  meta: MergeMeta,
): readonly unknown[] {
  if (original === undefined) return withoutDirectives(patch) as readonly unknown[];
  if (patch === undefined) return original;
  return meta.strategy === "merge" ? mergeList(original, patch, meta) : patch;
}

/** Merges a list whose strategy is "merge": scalars as a set, objects by their merge key. */
export function mergeList(
  original: readonly unknown[],
  patch: readonly unknown[],
  meta: MergeMeta,
): readonly unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  checkElements(original, patch);
  if (!isObject(original[0] ?? patch[0])) {
    return arrange([...new Set([...original, ...patch])], patch, original, "");
  }
  if (meta.mergeKey === "") {
    const name = meta.schema?.["x-seatrial-definition"] ?? "object";
    throw unexpectedPatch(`cannot merge lists without merge key for ${name}`);
  }
  const special = followListDirectives(original, patch, meta.mergeKey);
  const merged = mergeItems(special.original, special.patch, meta);
  return arrange(merged, special.patch, special.original, meta.mergeKey);
}

function checkElements(original: readonly unknown[], patch: readonly unknown[]): void {
  const kinds = new Set([...original, ...patch].map(kindOf));
  if (kinds.has("list")) throw unexpectedPatch("lists of lists are not supported");
  if (kinds.size > 1) {
    throw unexpectedPatch(`list element types are not identical: ${[...kinds].join(", ")}`);
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

function followListDirectives(
  original: readonly unknown[],
  patch: readonly unknown[],
  mergeKey: string,
): { original: readonly unknown[]; patch: readonly unknown[] } {
  let rest = original;
  let replaces = false;
  const plain: unknown[] = [];
  for (const item of patch as readonly JsonObject[]) {
    const directive = item[patchMarker];
    if (directive === undefined) plain.push(item);
    else if (directive === "replace") replaces = true;
    else if (directive === "delete") {
      const key = keyOf(item, mergeKey);
      rest = rest.filter((each) => (each as JsonObject)[mergeKey] !== key);
    } else if (directive === "merge") {
      throw unexpectedPatch("merging lists cannot yet be specified in the patch");
    } else {
      throw unexpectedPatch(`unknown patch type: ${printGo(directive)} in map: ${printGo(item)}`);
    }
  }
  return replaces ? { original: plain, patch: [] } : { original: rest, patch: plain };
}

function mergeItems(
  original: readonly unknown[],
  patch: readonly unknown[],
  meta: MergeMeta,
): unknown[] {
  const merged = [...original];
  for (const item of patch as readonly JsonObject[]) {
    const key = keyOf(item, meta.mergeKey);
    const index = merged.findIndex((each) => (each as JsonObject)[meta.mergeKey] === key);
    if (index < 0) merged.push(item);
    else merged[index] = meta.mergeItem(merged[index] as JsonObject, item);
  }
  return merged;
}

function keyOf(item: unknown, mergeKey: string): unknown {
  if (!isObject(item)) {
    throw unexpectedPatch("expected a map[string]interface {}, but received another type");
  }
  const key = item[mergeKey];
  if (key !== undefined) return key;
  throw unexpectedPatch(`map: ${printGo(item)} does not contain declared merge key: ${mergeKey}`);
}

/** Items of the patch must come in the order that the patch declares, and be part of it. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const wanted = patch.filter((item) => !isObject(item) || !(patchMarker in item));
  let next = 0;
  for (const entry of order) {
    if (next < wanted.length && same(wanted[next], entry, mergeKey)) next += 1;
  }
  if (next === wanted.length) return;
  throw unexpectedPatch(
    `The order in patch list:\n${printGo(patch)}\n doesn't match $setElementOrder list:\n${printGo(order)}\n`,
  );
}

function same(a: unknown, b: unknown, mergeKey: string): boolean {
  return mergeKey === "" ? a === b : keyOf(a, mergeKey) === keyOf(b, mergeKey);
}

/**
 * Items that the patch knows keep the patch's order, the server's own items keep theirs; where both lists meet, the server's
 * order decides who goes first.
 */
function arrange(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string,
): readonly unknown[] {
  const identity = (item: unknown) => (mergeKey === "" ? item : keyOf(item, mergeKey));
  const patchRank = rankBy(patchOrder, identity);
  const serverRank = rankBy(serverOrder, identity);
  const known = merged.filter((item) => patchRank.has(identity(item)));
  const own = merged.filter((item) => !patchRank.has(identity(item)));
  sortBy(known, patchRank, identity);
  sortBy(own, serverRank, identity);
  return interleave(own, known, (item) => serverRank.get(identity(item)));
}

function rankBy(
  list: readonly unknown[],
  identity: (item: unknown) => unknown,
): Map<unknown, number> {
  const ranks = new Map<unknown, number>();
  for (const [index, item] of list.entries()) {
    const id = identity(item);
    if (!ranks.has(id)) ranks.set(id, index);
  }
  return ranks;
}

function sortBy(
  list: unknown[],
  ranks: ReadonlyMap<unknown, number>,
  identity: (item: unknown) => unknown,
): void {
  // Stable: items that are not ranked come last, in the order in which they were merged.
  const rank = (item: unknown) => ranks.get(identity(item)) ?? Number.MAX_SAFE_INTEGER;
  list.sort((a, b) => rank(a) - rank(b));
}

function interleave(
  own: readonly unknown[],
  known: readonly unknown[],
  rankOf: (item: unknown) => number | undefined,
): unknown[] {
  const all: unknown[] = [];
  let left = 0;
  let right = 0;
  while (left < own.length && right < known.length) {
    const a = rankOf(own[left]);
    const b = rankOf(known[right]);
    if (a !== undefined && b !== undefined && a < b) all.push(own[left++]);
    else all.push(known[right++]);
  }
  return [...all, ...own.slice(left), ...known.slice(right)];
}
