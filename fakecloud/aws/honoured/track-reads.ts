import type { NormalizedSchema } from "@smithy/core/schema";

/** "NetworkInterfaces.Groups": lists are transparent. */
export type MemberPath = string;

/**
 * The input of a call, which tells what is read of it. Copying the whole (`...rest`, JSON) reads nothing: that is how client
 * tokens compare requests. Of a nested structure a copy counts, because it is kept as it came.
 */
export function trackReads(
  schema: NormalizedSchema,
  input: object,
  onRead: (path: MemberPath) => void,
): object {
  return wrap(schema, input, { path: "", onRead }) as object;
}

interface Place {
  readonly path: MemberPath;
  readonly onRead: (path: MemberPath) => void;
}

function wrap(schema: NormalizedSchema, value: unknown, place: Place): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (schema.isListSchema()) {
    const item = schema.getValueSchema();
    return (value as readonly unknown[]).map((one) => wrap(item, one, place));
  }
  return schema.isStructSchema() ? wrapStruct(schema, value, place) : value;
}

function wrapStruct(schema: NormalizedSchema, value: object, { path, onRead }: Place): object {
  const members = new Map(schema.structIterator());
  let copied: string | symbol | undefined;
  return new Proxy(value, {
    get: (target, key) => {
      if (key === "toJSON") return () => target;
      const isCopy = copied === key;
      copied = undefined;
      const found: unknown = Reflect.get(target, key);
      const member = typeof key === "string" ? members.get(key) : undefined;
      if (member === undefined) return found;
      const at = path === "" ? String(key) : `${path}.${String(key)}`;
      if (!isCopy || path !== "") onRead(at);
      return wrap(member, found, { path: at, onRead });
    },
    getOwnPropertyDescriptor: (target, key) => {
      copied = key;
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });
}
