import { deepEqual } from "../json.ts";
import { isEmpty, isObject, type JsonObject } from "../object.ts";
import { FieldSetBuilder, withoutBranches, type FieldSet } from "./field-set.ts";
import { elementOf } from "./list-items.ts";
import { fieldTypeOf, shapeOf, type ListType, type MapType, type MergeType } from "./merge-type.ts";

/** How two versions of an object differ. A path is in one of the two sets at most. */
export interface Comparison {
  /** Fields that are new or have another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** Stands for a value that is not there; null is a value. */
const absent = undefined;

export function compareObjects(before: unknown, after: unknown, type: MergeType): Comparison {
  const walker = new Walker();
  walker.compare(before, after, type);
  return walker.result();
}

/** The same comparison without the fields (and what is below them) that do not count. */
export function withoutFields(comparison: Comparison, fields: FieldSet): Comparison {
  return {
    changed: withoutBranches(comparison.changed, fields),
    removed: withoutBranches(comparison.removed, fields),
  };
}

class Walker {
  readonly #changed = new FieldSetBuilder();
  readonly #removed = new FieldSetBuilder();
  /** Where the walk is. */
  readonly #path: string[] = [];

  result(): Comparison {
    return { changed: this.#changed.build(), removed: this.#removed.build() };
  }

  compare(before: unknown, after: unknown, type: MergeType): void {
    // Stored snapshots are shared: what is the same reference has not changed.
    if (before === after) return;
    // A value that changed from one kind to another, say from a number to a map, is looked at as both.
    const now = shapeOf(type, after === absent ? before : after);
    const then = before === absent ? now : shapeOf(type, before);
    const asNow = this.#compareAs(now, before, after, type);
    const asThen = then !== now && this.#compareAs(then, before, after, type);
    if (asNow || asThen) return;
    if (before === absent) this.#changed.insert(this.#path);
    else if (after === absent) this.#removed.insert(this.#path);
  }

  #compareBelow(element: string, before: unknown, after: unknown, type: MergeType): void {
    this.#path.push(element);
    this.compare(before, after, type);
    this.#path.pop();
  }

  /** Returns whether the value counts as one leaf. */
  #compareAs(
    shape: "list" | "map" | "scalar",
    before: unknown,
    after: unknown,
    type: MergeType,
  ): boolean {
    if (shape === "map") return this.#compareMaps(before, after, type.map as MapType);
    if (shape === "list") return this.#compareLists(before, after, type.list as ListType);
    this.#compareLeaves(before, after);
    return true;
  }

  #compareLeaves(before: unknown, after: unknown): void {
    if (after === absent) this.#removed.insert(this.#path);
    else if (before === absent || !deepEqual(before, after)) this.#changed.insert(this.#path);
  }

  #compareMaps(before: unknown, after: unknown, type: MapType): boolean {
    const left = isObject(before) ? before : none;
    const right = isObject(after) ? after : none;
    if (type.isAtomic || (isEmpty(left) && isEmpty(right))) {
      this.#compareLeaves(before, after);
      return true;
    }
    for (const key of Object.keys(left)) {
      this.#compareField(key, left[key], Object.hasOwn(right, key) ? right[key] : absent, type);
    }
    for (const key of Object.keys(right)) {
      if (!Object.hasOwn(left, key)) this.#compareField(key, absent, right[key], type);
    }
    return false;
  }

  #compareField(key: string, before: unknown, after: unknown, type: MapType): void {
    const fieldType = before === after ? undefined : fieldTypeOf(type, key);
    if (fieldType !== undefined) this.#compareBelow(`f:${key}`, before, after, fieldType);
  }

  #compareLists(before: unknown, after: unknown, type: ListType): boolean {
    const left: readonly unknown[] = Array.isArray(before) ? before : [];
    const right: readonly unknown[] = Array.isArray(after) ? after : [];
    if (type.isAtomic || (left.length === 0 && right.length === 0)) {
      this.#compareLeaves(before, after);
      return true;
    }
    const leftItems = groupItems(type, left);
    const rightItems = groupItems(type, right);
    for (const [element, items] of leftItems) {
      this.#compareItems(element, items, rightItems.get(element) ?? [], type);
    }
    for (const [element, items] of rightItems) {
      if (!leftItems.has(element)) this.#compareItems(element, [], items, type);
    }
    return false;
  }

  /** Items that stand in the list more than once are compared as one whole. */
  #compareItems(
    element: string,
    before: readonly unknown[],
    after: readonly unknown[],
    type: ListType,
  ): void {
    const isOne = before.length <= 1 && after.length <= 1;
    if (isOne) this.#compareBelow(element, before[0], after[0], type.element());
    else if (before.length > 1 && after.length > 1) {
      if (!deepEqual(before, after)) this.#changed.insert([...this.#path, element]);
    } else if (before.length > 1) {
      if (after.length > 0) this.#compareBelow(element, absent, after[0], type.element());
      this.#removed.insert([...this.#path, element]);
    } else {
      if (before.length > 0) this.#compareBelow(element, before[0], absent, type.element());
      this.#changed.insert([...this.#path, element]);
    }
  }
}

const none: JsonObject = Object.freeze({});

function groupItems(type: ListType, items: readonly unknown[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const item of items) {
    const found = elementOf(type, item);
    if ("error" in found) continue;
    const group = groups.get(found.element);
    if (group === undefined) groups.set(found.element, [item]);
    else group.push(item);
  }
  return groups;
}
