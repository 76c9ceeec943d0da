import { compareText } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import type { ItemElement, ListType } from "./merge-type.ts";

export function elementOf(list: ListType, item: unknown): ItemElement {
  return list.keys.length === 0 ? setElementOf(item) : keyedElementOf(list, item);
}

function setElementOf(item: unknown): ItemElement {
  if (isObject(item)) {
    return { error: "associative list without keys has an element that's a map type" };
  }
  if (Array.isArray(item)) {
    return { error: "not supported: associative list with lists as elements" };
  }
  if (item === null) {
    return { error: "associative list without keys has an element that's an explicit null" };
  }
  return { element: `v:${JSON.stringify(item)}` };
}

function keyedElementOf(list: ListType, item: unknown): ItemElement {
  if (item === null) return { error: "associative list with keys may not have a null element" };
  if (!isObject(item)) {
    return { error: "associative list with keys may not have non-map elements" };
  }
  let element = list.elements.get(item);
  if (element === undefined) list.elements.set(item, (element = elementOfMap(list, item)));
  return element;
}

function elementOfMap(list: ListType, item: JsonObject): ItemElement {
  const parts: string[] = [];
  for (const key of sortedKeys(list)) {
    const value = Object.hasOwn(item, key)
      ? item[key]
      : list.element().map?.fields.get(key)?.().default;
    if (value !== undefined) parts.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  if (parts.length > 0) return { element: `k:{${parts.join(",")}}` };
  const names = list.keys.map((key) => JSON.stringify(key)).join(" ");
  return {
    error: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
  };
}

const keyOrder = new WeakMap<readonly string[], readonly string[]>();

function sortedKeys(list: ListType): readonly string[] {
  let keys = keyOrder.get(list.keys);
  if (keys === undefined) {
    keys = [...list.keys].sort(compareText);
    keyOrder.set(list.keys, keys);
  }
  return keys;
}

/** Marks an item that stands in the list more than once: such items are owned and replaced together. */
export const duplicate = Symbol("duplicate");

export interface IndexedList {
  readonly elements: readonly string[];
  readonly byElement: ReadonlyMap<string, unknown>;
}

/** Items by what identifies them. Items that cannot be identified are left out: they were refused before. */
export function indexItems(list: ListType, items: readonly unknown[]): IndexedList {
  const elements: string[] = [];
  const byElement = new Map<string, unknown>();
  for (const item of items) {
    const found = elementOf(list, item);
    if ("error" in found) continue;
    elements.push(found.element);
    byElement.set(found.element, byElement.has(found.element) ? duplicate : item);
  }
  return { elements, byElement };
}
