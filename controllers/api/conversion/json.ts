export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Structural equality of plain JSON; an undefined field counts as absent. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSame(item, right[index]));
  }
  if (!isFields(left) || !isFields(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => isSame(left[key], right[key]));
}

/** The value at "spec.deletion.order"; undefined where the path leads nowhere. */
export function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.split(".")) value = isFields(value) ? value[step] : undefined;
  return value;
}

/** A copy with the value at the path; objects on the way are made where they are missing. */
export function withValue(object: Fields, path: string, value: unknown): Fields {
  const [step = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...object, [step]: value };
  const inner = object[step];
  return { ...object, [step]: withValue(isFields(inner) ? inner : {}, rest.join("."), value) };
}

/** A copy without the value; objects on the way that become empty go as well. */
export function withoutValue(object: Fields, path: string): Fields {
  const [step = "", ...rest] = path.split(".");
  const inner = object[step];
  if (inner === undefined) return object;
  const { [step]: _, ...others } = object;
  if (rest.length === 0) return others;
  if (!isFields(inner)) return object;
  const after = withoutValue(inner, rest.join("."));
  if (after === inner) return object;
  return Object.keys(after).length === 0 ? others : { ...object, [step]: after };
}

/**
 * Three-way merge: where ours has not changed since the base, theirs holds. It brings back what a conversion has lost,
 * without undoing what somebody changed since.
 */
export function mergeThreeWay(base: unknown, ours: unknown, theirs: unknown): unknown {
  if (isSame(ours, base)) return theirs;
  if (isFields(ours) && isFields(theirs)) {
    const [from, result] = [isFields(base) ? base : {}, {} as Record<string, unknown>];
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const merged = mergeThreeWay(from[key], ours[key], theirs[key]);
      if (merged !== undefined) result[key] = merged;
    }
    return result;
  }
  if (Array.isArray(ours) && Array.isArray(theirs) && Array.isArray(base)) {
    const isAligned = ours.length === theirs.length && ours.length === base.length;
    if (isAligned) return ours.map((item, i) => mergeThreeWay(base[i], item, theirs[i]));
  }
  return ours;
}
