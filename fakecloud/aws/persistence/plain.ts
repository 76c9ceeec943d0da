import { toDate } from "../../kernel/clock.ts";

/** State of the fake as plain JSON and back: maps, sets, dates and bytes are marked, everything else is what it is. */

const mark = "$type";

/** Throws for what would not come back as it was, and names where it is: functions, objects of a class. */
export function toPlain(value: unknown, path = ""): unknown {
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
    throw new Error(`${path} is a ${typeof value}, which cannot be saved`);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => toPlain(item, `${path}[${index}]`));
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)].map(([key, item]) => [
      key,
      toPlain(item, `${path}.${String(key)}`),
    ]);
    return { [mark]: "map", entries };
  }
  if (value instanceof Set) return { [mark]: "set", items: [...(value as Set<unknown>)] };
  if (isDate(value)) return { [mark]: "date", ms: value.getTime() };
  if (value instanceof Uint8Array) {
    return { [mark]: "bytes", base64: Buffer.from(value).toString("base64") };
  }
  return plainObject(value, path);
}

/** Whichever realm's: inside a simulation the global one is another. */
function isDate(value: object): value is ReturnType<typeof toDate> {
  return Object.prototype.toString.call(value) === "[object Date]";
}

function plainObject(value: object, path: string): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(`${path} is a ${value.constructor.name}, which cannot be saved`);
  }
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === mark) throw new Error(`${path} has a member ${mark}, which means something here`);
    // What is undefined is read as undefined again, because it is absent.
    if (item !== undefined) plain[key] = toPlain(item, `${path}.${key}`);
  }
  return plain;
}

export function fromPlain(plain: unknown): unknown {
  if (typeof plain !== "object" || plain === null) return plain;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  const object = plain as Readonly<Record<string, unknown>>;
  switch (object[mark]) {
    case "map": {
      const entries = object["entries"] as readonly (readonly [unknown, unknown])[];
      return new Map(entries.map(([key, item]) => [key, fromPlain(item)]));
    }
    case "set":
      return new Set(object["items"] as readonly unknown[]);
    case "date":
      return toDate(object["ms"] as number);
    case "bytes":
      return new Uint8Array(Buffer.from(object["base64"] as string, "base64"));
    default:
      return Object.fromEntries(
        Object.entries(object).map(([key, item]) => [key, fromPlain(item)]),
      );
  }
}
