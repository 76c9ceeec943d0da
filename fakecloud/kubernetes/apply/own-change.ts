import { deepEqual } from "../json.ts";
import { isEmpty, isObject, type JsonObject } from "../object.ts";
import { isMember, type FieldSet } from "./field-set.ts";
import { elementOf } from "./list-items.ts";
import { fieldTypeOf, shapeOf, type ListType, type MapType, type MergeType } from "./merge-type.ts";

/** What managers own of one value: the node of the writer, and those of the others that own anything of it. */
interface Owners {
  readonly own: FieldSet;
  readonly others: readonly FieldSet[];
}

/**
 * Whether a write changes values of fields that its writer alone owns already, and nothing else, as most writes do: then nobody
 * gains or loses a field, and the two objects need not be compared any further. "No" may also mean that it is hard to tell.
 */
export function changesOnlyOwn(
  { before, after }: { readonly before: JsonObject; readonly after: JsonObject },
  type: MergeType,
  owners: Owners,
): boolean {
  const walker = new Walker();
  return walker.staysOwn(before, after, type, owners) && walker.found;
}

class Walker {
  /** Whether there is a change at all. */
  found = false;

  staysOwn(before: unknown, after: unknown, type: MergeType, owners: Owners): boolean {
    if (before === after) return true;
    const shape = shapeOf(type, after);
    if (shapeOf(type, before) !== shape) return false;
    const { map, list } = type;
    if (shape === "map" && map?.isAtomic === false) return this.#map(before, after, map, owners);
    if (shape === "list" && list?.isAtomic === false)
      return this.#list(before, after, list, owners);
    return this.#leaf(before, after, owners);
  }

  #leaf(before: unknown, after: unknown, { own, others }: Owners): boolean {
    if (deepEqual(before, after)) return true;
    this.found = true;
    return isMember(own) && !others.some(isMember);
  }

  #map(before: unknown, after: unknown, type: MapType, owners: Owners): boolean {
    if (!isObject(before) || !isObject(after) || isEmpty(before) || isEmpty(after)) return false;
    for (const key in before) if (!Object.hasOwn(after, key)) return false;
    for (const key of Object.keys(after)) {
      if (!Object.hasOwn(before, key)) return false;
      const was = before[key];
      const is = after[key];
      const fieldType = was === is ? undefined : fieldTypeOf(type, key);
      if (fieldType === undefined) continue;
      if (!this.#below(`f:${key}`, was, is, { type: fieldType, owners })) return false;
    }
    return true;
  }

  /**
   * Items that come, go or move are for a thorough comparison. Those that stand there twice are owned as a whole, so nobody is
   * found to own a field of one.
   */
  #list(before: unknown, after: unknown, type: ListType, owners: Owners): boolean {
    if (!Array.isArray(before) || !Array.isArray(after)) return false;
    if (before.length !== after.length) return false;
    for (let index = 0; index < after.length; index += 1) {
      const is: unknown = after[index];
      if (before[index] === is) continue;
      const found = elementOf(type, is);
      const old = elementOf(type, before[index]);
      if (!("element" in found && "element" in old) || found.element !== old.element) return false;
      const item = { type: type.element(), owners };
      if (!this.#below(found.element, before[index], is, item)) return false;
    }
    return true;
  }

  #below(
    element: string,
    before: unknown,
    after: unknown,
    { type, owners }: { readonly type: MergeType; readonly owners: Owners },
  ): boolean {
    const own = owners.own[element];
    if (own === undefined) return false;
    const others: FieldSet[] = [];
    for (const other of owners.others) {
      const node = other[element];
      if (node !== undefined) others.push(node);
    }
    return this.staysOwn(before, after, type, { own, others });
  }
}
