import { emptySet, isEmptySet, type FieldSet } from "./field-set.ts";
import { fieldTypeOf, shapeOf, type MergeType } from "./merge-type.ts";

/** Recorded sets that fit a type as they are: they are the same from write to write. */
const fitting = new WeakMap<MergeType, WeakSet<FieldSet>>();

/**
 * A recorded set brought in line with a schema that changed: who owned parts of what is atomic now owns the whole. What
 * became granular stays as it was recorded.
 */
export function reconcileWithSchema(set: FieldSet, type: MergeType): FieldSet {
  let known = fitting.get(type);
  if (known === undefined) fitting.set(type, (known = new WeakSet()));
  if (known.has(set)) return set;
  const reconciled = reconcileChildren(set, type);
  known.add(reconciled);
  return reconciled;
}

function reconcileChildren(set: FieldSet, type: MergeType): FieldSet {
  let result: Record<string, FieldSet> | undefined;
  for (const element of Object.keys(set)) {
    const before = set[element] as FieldSet;
    if (element === "." || isEmptySet(before)) continue;
    const childType = typeBelow(type, element);
    if (childType === undefined) continue;
    const after = isAtomic(childType) ? emptySet : reconcileChildren(before, childType);
    if (after === before) continue;
    result ??= { ...set };
    result[element] = after;
  }
  return result ?? set;
}

function typeBelow(type: MergeType, element: string): MergeType | undefined {
  if (element.startsWith("f:")) {
    return type.map === undefined ? undefined : fieldTypeOf(type.map, element.slice(2));
  }
  return type.list?.element();
}

function isAtomic(type: MergeType): boolean {
  if (type.map?.isDeduced === true) return false;
  const shape = shapeOf(type, undefined);
  if (shape === "map") return type.map?.isAtomic === true;
  return shape === "list" && type.list?.isAtomic === true;
}
