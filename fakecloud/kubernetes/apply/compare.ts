import { deepEqual } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import { FieldSetBuilder, withoutBranches, type FieldSet } from "./field-set.ts";
import { elementOf } from "./list-items.ts";
import { fieldTypeOf, shapeOf, type ListType, type MapType, type MergeType } from "./merge-type.ts";

/** How two versions of an object differ. A path is in one of the three sets at most. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Stands for a value that is not there; null is a value. */
const absent = undefined;

export function compareObjects(before: unknown, after: unknown, type: MergeType): Comparison {
  const walker = new Walker();
  walker.compare(before, after, type, []);
  return walker.result();
}

/** The same comparison without the fields (and what is below them) that do not count. */
export function withoutFields(comparison: Comparison, fields: FieldSet): Comparison {
  return {
    added: withoutBranches(comparison.added, fields),
    modified: withoutBranches(comparison.modified, fields),
    removed: withoutBranches(comparison.removed, fields),
  };
}

type Path = readonly string[];

class Walker {
  readonly #added = new FieldSetBuilder();
  readonly #modified = new FieldSetBuilder();
  readonly #removed = new FieldSetBuilder();

  result(): Comparison {
    return {
      added: this.#added.build(),
      modified: this.#modified.build(),
      removed: this.#removed.build(),
    };
  }

  compare(before: unknown, after: unknown, type: MergeType, path: Path): void {
    // Stored snapshots are shared: what is the same reference has not changed.
    if (before === after) return;
    // A value that changed from one kind to another, say from a number to a map, is looked at as both.
    const now = shapeOf(type, after === absent ? before : after);
    const then = before === absent ? now : shapeOf(type, before);
    const asNow = this.#compareAs(now, before, after, { type, path });
    const asThen = then !== now && this.#compareAs(then, before, after, { type, path });
    if (asNow || asThen) return;
    if (before === absent) this.#added.insert(path);
    else if (after === absent) this.#removed.insert(path);
  }

  /** Returns whether the value counts as one leaf. */
  #compareAs(
    shape: "list" | "map" | "scalar",
    before: unknown,
    after: unknown,
    { type, path }: { readonly type: MergeType; readonly path: Path },
  ): boolean {
    if (shape === "map") return this.#compareMaps(before, after, type.map as MapType, path);
    if (shape === "list") return this.#compareLists(before, after, type.list as ListType, path);
    this.#leaf(before, after, path);
    return true;
  }

  #leaf(before: unknown, after: unknown, path: Path): void {
    if (before === absent) this.#added.insert(path);
    else if (after === absent) this.#removed.insert(path);
    else if (!deepEqual(before, after)) this.#modified.insert(path);
  }

  #compareMaps(before: unknown, after: unknown, type: MapType, path: Path): boolean {
    const left = isObject(before) ? before : none;
    const right = isObject(after) ? after : none;
    const isEmpty = Object.keys(left).length === 0 && Object.keys(right).length === 0;
    if (type.isAtomic || isEmpty) {
      this.#leaf(before, after, path);
      return true;
    }
    const compareField = (key: string, was: unknown, is: unknown) => {
      const fieldType = was === is ? undefined : fieldTypeOf(type, key);
      if (fieldType !== undefined) this.compare(was, is, fieldType, [...path, `f:${key}`]);
    };
    for (const key of Object.keys(left)) {
      compareField(key, left[key], Object.hasOwn(right, key) ? right[key] : absent);
    }
    for (const key of Object.keys(right)) {
      if (!Object.hasOwn(left, key)) compareField(key, absent, right[key]);
    }
    return false;
  }

  #compareLists(before: unknown, after: unknown, type: ListType, path: Path): boolean {
    const left: readonly unknown[] = Array.isArray(before) ? before : [];
    const right: readonly unknown[] = Array.isArray(after) ? after : [];
    if (type.isAtomic || (left.length === 0 && right.length === 0)) {
      this.#leaf(before, after, path);
      return true;
    }
    const leftItems = groupItems(type, left);
    const rightItems = groupItems(type, right);
    for (const [element, items] of leftItems) {
      this.#compareItems(items, rightItems.get(element) ?? [], type, [...path, element]);
    }
    for (const [element, items] of rightItems) {
      if (!leftItems.has(element)) this.#compareItems([], items, type, [...path, element]);
    }
    return false;
  }

  /** Items that stand in the list more than once are compared as one whole. */
  #compareItems(
    before: readonly unknown[],
    after: readonly unknown[],
    type: ListType,
    path: Path,
  ): void {
    if (before.length <= 1 && after.length <= 1) {
      this.compare(before[0], after[0], type.element(), path);
    } else if (before.length > 1 && after.length > 1) {
      if (!deepEqual(before, after)) this.#modified.insert(path);
    } else if (before.length > 1) {
      if (after.length > 0) this.compare(absent, after[0], type.element(), path);
      this.#removed.insert(path);
    } else {
      if (before.length > 0) this.compare(before[0], absent, type.element(), path);
      this.#added.insert(path);
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
