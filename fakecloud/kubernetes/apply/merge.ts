import { isEmpty, isObject, type JsonObject } from "../object.ts";
import { define } from "../patch/merge-patch.ts";
import { duplicate, elementOf, indexItems, type IndexedList } from "./list-items.ts";
import { fieldTypeOf, shapeOf, type ListType, type MapType, type MergeType } from "./merge-type.ts";

/**
 * The live object with a configuration laid over it. Undefined stands for "not there". What the configuration does not
 * change is shared with the live object; a configuration without effect returns the live object itself.
 */
export function mergeObjects(live: unknown, config: unknown, type: MergeType): unknown {
  if (config === undefined || live === config) return live;
  const shape = shapeOf(type, config);
  if (shape === "map") return mergeMaps(live, config, type.map as MapType);
  if (shape === "list") return mergeLists(live, config, type.list as ListType);
  return config;
}

const none: JsonObject = Object.freeze({});

function mergeMaps(live: unknown, config: unknown, type: MapType): unknown {
  const left = isObject(live) ? live : none;
  const right = isObject(config) ? config : none;
  if (type.isAtomic || (isEmpty(left) && isEmpty(right))) return config;
  const merged = mergeFields(left, right, type);
  return merged === none ? config : merged;
}

function mergeFields(left: JsonObject, right: JsonObject, type: MapType): JsonObject {
  let merged: Record<string, unknown> | undefined;
  for (const key of Object.keys(right)) {
    const fieldType = fieldTypeOf(type, key);
    if (fieldType === undefined) continue;
    const before = Object.hasOwn(left, key) ? left[key] : undefined;
    const after = mergeObjects(before, right[key], fieldType);
    if (after === before) continue;
    merged ??= { ...left };
    define(merged, key, after);
  }
  return merged ?? left;
}

function mergeLists(live: unknown, config: unknown, type: ListType): unknown {
  const left: readonly unknown[] = Array.isArray(live) ? live : [];
  const right: readonly unknown[] = Array.isArray(config) ? config : [];
  if (type.isAtomic || (left.length === 0 && right.length === 0)) return config;
  const merged = new ListMerge(type, left, right).run();
  return sameItems(merged, left) ? left : merged;
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/**
 * Merges an associative list. Items that both sides have follow the configuration's order; items that only the live list
 * has stay where they are, before the next item that both have; new items come where the configuration has them.
 */
class ListMerge {
  readonly #type: ListType;
  readonly #items: readonly unknown[];
  readonly #leftElements: readonly string[];
  readonly #left: IndexedList;
  readonly #right: IndexedList;
  readonly #shared: string[];
  readonly #merged = new Set<string>();
  readonly #out: unknown[] = [];
  #sharedIndex = 0;
  #leftIndex = 0;
  #rightIndex = 0;

  constructor(type: ListType, left: readonly unknown[], right: readonly unknown[]) {
    this.#type = type;
    // Positions must match the elements, so items that cannot be identified are left out on both sides.
    this.#items = left.filter((item) => "element" in elementOf(type, item));
    this.#left = indexItems(type, this.#items);
    this.#leftElements = this.#left.elements;
    this.#right = indexItems(type, right);
    this.#shared = this.#right.elements.filter((each) => this.#left.byElement.has(each));
  }

  run(): unknown[] {
    while (this.#leftIndex < this.#leftElements.length || this.#theirs() !== undefined) {
      this.#step(this.#leftElements[this.#leftIndex], this.#theirs());
    }
    return this.#out;
  }

  #theirs(): string | undefined {
    return this.#right.elements[this.#rightIndex];
  }

  #step(mine: string | undefined, theirs: string | undefined): void {
    if (mine !== undefined && mine === theirs) {
      this.#takeBoth(mine);
      this.#sharedIndex += 1;
      this.#leftIndex += 1;
      this.#rightIndex += 1;
    } else if (mine !== undefined && theirs !== undefined && this.#waits(mine)) {
      this.#leftIndex += 1;
    } else if (mine !== undefined && !this.#right.byElement.has(mine)) {
      this.#out.push(this.#items[this.#leftIndex]);
      this.#leftIndex += 1;
    } else this.#takeTheirs(mine, theirs);
  }

  #takeTheirs(mine: string | undefined, theirs: string | undefined): void {
    if (mine !== undefined && this.#merged.has(mine)) this.#leftIndex += 1;
    if (theirs === undefined) return;
    this.#takeBoth(theirs);
    if (this.#shared[this.#sharedIndex] === theirs) this.#sharedIndex += 1;
    this.#rightIndex += 1;
  }

  /** An item of both sides, but not the one whose turn it is. */
  #waits(element: string): boolean {
    const next = this.#shared[this.#sharedIndex];
    return this.#right.byElement.has(element) && next !== undefined && next !== element;
  }

  #takeBoth(element: string): void {
    this.#merged.add(element);
    const before = this.#left.byElement.get(element);
    // Duplicates of the live list are replaced together.
    const live = before === duplicate ? undefined : before;
    const config = this.#right.byElement.get(element);
    const merged = mergeObjects(live, config, this.#type.element());
    if (merged !== undefined) this.#out.push(merged);
  }
}
