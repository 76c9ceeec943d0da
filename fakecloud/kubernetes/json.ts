/**
 * Plain-JSON values: what is stored is frozen once and shared by everybody who reads it, so writers copy what they change and
 * leave the rest alone.
 */

/** Freezes a tree; a part that is frozen already is taken to be frozen all through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) {
    for (const item of value) deepFreeze(item);
    return value;
  }
  const record = value as Record<string, unknown>;
  for (const key in record) deepFreeze(record[key]);
  return value;
}

/** Equality of JSON values; the order of keys does not matter. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalArrays(a, b);
  if (Array.isArray(b)) return false;
  return equalRecords(a as Record<string, unknown>, b as Record<string, unknown>);
}

function equalArrays(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) {
    if (!deepEqual(a[index], b[index])) return false;
  }
  return true;
}

function equalRecords(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !deepEqual(a[key], b[key])) return false;
  }
  return true;
}

/**
 * A private copy of a request body, and the proof that it is plain JSON: what would not survive the wire (undefined in an
 * array, a Date, a class instance, NaN) throws and names its path. Fields that are undefined are dropped, as on the wire.
 */
export function copyPlainJson(value: unknown, path = ""): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw notJson(path, String(value));
    return value;
  }
  if (typeof value !== "object") throw notJson(path, typeof value);
  if (Array.isArray(value)) return copyArray(value, path);
  return copyRecord(value, path);
}

function copyArray(value: readonly unknown[], path: string): unknown[] {
  const copy: unknown[] = Array.from({ length: value.length });
  for (let index = 0; index < value.length; index += 1) {
    copy[index] = copyPlainJson(value[index], `${path}[${index}]`);
  }
  return copy;
}

function copyRecord(value: object, path: string): Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notJson(path, (value as { constructor?: { name?: string } }).constructor?.name ?? "?");
  }
  // A copy as a whole keeps the shape of what it copies, which is much faster than field by field.
  const copy: Record<string, unknown> = { ...value };
  for (const key of Object.keys(copy)) {
    const field = copy[key];
    if (field === undefined) delete copy[key];
    else if (typeof field === "string" || typeof field === "boolean") continue;
    else if (key === "__proto__") define(copy, key, copyPlainJson(field, path));
    else copy[key] = copyPlainJson(field, path === "" ? key : `${path}.${key}`);
  }
  return copy;
}

// An assignment to this name would change the prototype; on the wire it is a field like any other.
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function notJson(path: string, what: string): TypeError {
  return new TypeError(`not plain JSON: ${path === "" ? "the body" : path} is ${what}`);
}

/** Byte-wise order, as etcd sorts its keys. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
