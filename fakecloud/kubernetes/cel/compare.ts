/** Equality and order of CEL values, for the functions that compare the items of lists. */

export function celEquals(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b);
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) && a.length === b.length && a.every((item, at) => celEquals(item, b[at]))
    );
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && celEquals(a[key], b[key]))
  );
}

function isNumber(value: unknown): value is bigint | number {
  return typeof value === "number" || typeof value === "bigint";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Throws for values that have no order. */
export function compareCel(a: unknown, b: unknown): number {
  const left = sortable(a);
  const right = sortable(b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function sortable(value: unknown): bigint | number | string {
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "string") {
    return value;
  }
  if (typeof value === "boolean") return Number(value);
  // Moments and durations know their size.
  if (typeof value === "object" && value !== null) return Number(value);
  throw new TypeError("no such overload: the items cannot be compared");
}
