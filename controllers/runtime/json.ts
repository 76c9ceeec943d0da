/** A deep copy of plain JSON that may be changed: what comes from a cache is frozen and shared. */
export function mutableCopy<T>(value: T): T {
  return copy(value) as T;
}

/** A copy whose records may be changed and whose lists are those of the original: a list is replaced, never changed in place. */
export function draftOf<T>(value: T): T {
  return copyRecords(value) as T;
}

function copyRecords(value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    result[key] = copyRecords((value as Record<string, unknown>)[key]);
  }
  return result;
}

function copy(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(copy);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    // Managed fields are the server's own and half of every object: nobody changes them, so they are shared.
    result[key] = key === "managedFields" ? member : copy(member);
  }
  return result;
}

/** Members that are undefined count as absent, as they do on the wire. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && equalLists(a, b);
  }
  return equalRecords(a as Record<string, unknown>, b as Record<string, unknown>);
}

// Every reconcile compares much and changes little: these make no list of keys and call nothing but each other.
function equalLists(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) {
    if (!deepEqual(a[index], b[index])) return false;
  }
  return true;
}

function equalRecords(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  for (const key in a) if (!deepEqual(a[key], b[key])) return false;
  for (const key in b) if (a[key] === undefined && b[key] !== undefined) return false;
  return true;
}

/** Freezes in place; stops at what is frozen already, because that was frozen as a whole. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === "object" && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}

/** Removes members that are empty objects: the API allows no object without a property where a field is optional. */
export function dropEmpty<T extends object>(
  object: T | undefined,
  keys: readonly (keyof T)[],
): void {
  if (object === undefined) return;
  for (const key of keys) {
    const value = object[key];
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    if (Object.keys(value).length === 0) delete object[key];
  }
}

/** What `JSON.stringify` would send: members that are undefined are left out. The same reference if there are none. */
export function withoutUndefined<T>(value: T): T {
  return prune(value) as T;
}

function prune(value: unknown): unknown {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value.map(prune);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let result: Record<string, unknown> | undefined;
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    const kept = prune(member);
    if (kept === member && member !== undefined) continue;
    result ??= { ...value };
    if (member === undefined) delete result[key];
    else result[key] = kept;
  }
  return result ?? value;
}
