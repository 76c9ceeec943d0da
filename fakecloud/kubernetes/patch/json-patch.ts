import { deepEqual } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import { badPatch, failedPatch, PatchError } from "./patch-error.ts";

const mostOperations = 10_000;

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

type Container = JsonObject | readonly unknown[];

/**
 * JSON patch (RFC 6902) with the leniencies of the library that the real server uses: negative indices count from the end,
 * `replace` may create a field, `test` takes a missing field for null. Only the containers on a changed path are copied.
 */
export function applyJsonPatch(doc: JsonObject, ops: unknown): JsonObject {
  const operations = parseOperations(ops);
  let current: unknown = doc;
  for (const operation of operations) current = applyOperation(current, operation);
  if (!isObject(current)) throw failedPatch("the patched document is not an object");
  return current;
}

function parseOperations(ops: unknown): Operation[] {
  if (!Array.isArray(ops)) {
    throw badPatch(
      `error decoding patch: json: cannot unmarshal ${jsonType(ops)} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (ops.length > mostOperations) {
    throw new PatchError(
      413,
      `Request entity too large: The allowed maximum operations in a JSON patch is ${mostOperations}, got ${ops.length}`,
    );
  }
  return ops.map((each: unknown) => {
    if (!isObject(each)) {
      throw badPatch(
        `error decoding patch: json: cannot unmarshal ${jsonType(each)} into Go value of type handlers.jsonPatchOp`,
      );
    }
    return each as unknown as Operation;
  });
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}

function applyOperation(doc: unknown, operation: Operation): unknown {
  const { op } = operation;
  const path = requireText(operation, "path");
  const value = operation.value ?? null;
  switch (op) {
    case "add":
      return change(doc, path, op, (container, key) => addTo(container, key, value));
    case "remove":
      return change(doc, path, op, removeFrom);
    case "replace":
      if (path === "") return requireContainer(value);
      return change(doc, path, op, (container, key) => setIn(container, key, value));
    case "move": {
      const from = requireText(operation, "from");
      const moved = lookUp(doc, from, op);
      const rest = change(doc, from, op, removeFrom);
      return change(rest, path, op, (container, key) => addTo(container, key, moved));
    }
    case "copy": {
      const copied = lookUp(doc, requireText(operation, "from"), op);
      return change(doc, path, op, (container, key) => addTo(container, key, copied));
    }
    case "test":
      return test(doc, path, value);
    default:
      throw failedPatch(`Unexpected kind: ${JSON.stringify(op)}`);
  }
}

function requireText(operation: Operation, field: "from" | "path"): string {
  const text = operation[field];
  if (typeof text !== "string") throw failedPatch(`${operation.op} operation has no ${field}`);
  return text;
}

function requireContainer(value: unknown): unknown {
  if (typeof value === "object" && value !== null) return value;
  throw failedPatch("replace operation value must be object or array");
}

function test(doc: unknown, path: string, value: unknown): unknown {
  const actual = path === "" ? doc : lookUp(doc, path, "test");
  if (deepEqual(actual ?? null, value)) return doc;
  throw failedPatch(`testing value ${path} failed`);
}

/** "/a/b~1c" → ["a", "b/c"]. What stands before the first slash is ignored, as in the real server. */
function parsePointer(path: string): string[] {
  const parts = path.split("/").slice(1);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function lookUp(doc: unknown, path: string, op: string): unknown {
  const parts = parsePointer(path);
  let current = doc;
  for (const [index, part] of parts.entries()) {
    if (!isContainer(current)) throw missing(op, path);
    if (Array.isArray(current)) current = current[indexIn(current, part)];
    else current = fieldOf(current as JsonObject, part) ?? null;
    if (current === null && index < parts.length - 1) throw missing(op, path);
  }
  return current;
}

type Edit = (container: Container, key: string) => Container;

/** Copies the containers along `path` and lets `edit` change the last one. */
function change(doc: unknown, path: string, op: string, edit: Edit): unknown {
  const parts = parsePointer(path);
  if (parts.length === 0) throw missing(op, path);
  return changeAt(doc, parts, () => missing(op, path), edit);
}

function changeAt(
  doc: unknown,
  parts: readonly string[],
  fail: () => PatchError,
  edit: Edit,
): unknown {
  if (!isContainer(doc)) throw fail();
  const [key = "", ...rest] = parts;
  if (rest.length === 0) return edit(doc, key);
  if (Array.isArray(doc)) {
    const index = indexIn(doc, key);
    return doc.with(index, changeAt(doc[index], rest, fail, edit));
  }
  const record = doc as JsonObject;
  return { ...record, [key]: changeAt(fieldOf(record, key), rest, fail, edit) };
}

function missing(op: string, path: string): PatchError {
  return failedPatch(
    `${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`,
  );
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function isList(value: Container): value is readonly unknown[] {
  return Array.isArray(value);
}

function fieldOf(record: JsonObject, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function indexIn(list: readonly unknown[], key: string, most = list.length - 1): number {
  if (!/^[+-]?\d+$/.test(key)) throw failedPatch(`${key} is not an array index`);
  const index = Number(key);
  const absolute = index < 0 ? index + most + 1 : index;
  if (absolute < 0 || absolute > most) {
    throw failedPatch(`Unable to access invalid index: ${index}`);
  }
  return absolute;
}

function addTo(container: Container, key: string, value: unknown): Container {
  if (!isList(container)) return { ...container, [key]: value };
  if (key === "-") return [...container, value];
  return container.toSpliced(indexIn(container, key, container.length), 0, value);
}

function setIn(container: Container, key: string, value: unknown): Container {
  if (!isList(container)) return { ...container, [key]: value };
  return container.with(indexIn(container, key), value);
}

function removeFrom(container: Container, key: string): Container {
  if (Array.isArray(container)) return container.toSpliced(indexIn(container, key), 1);
  if (!Object.hasOwn(container, key)) {
    throw failedPatch(`Unable to remove nonexistent key: ${key}`);
  }
  const { [key]: _removed, ...rest } = container as JsonObject;
  return rest;
}
