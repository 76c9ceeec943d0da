import { deepEqual } from "../json.ts";
import { isObject } from "../object.ts";
import { absent } from "./case.ts";

/** How an answer differs from what is expected of it, one line each; expected objects name only what matters. */
export function differences(actual: unknown, expected: unknown, path = ""): readonly string[] {
  if (expected === absent) {
    return actual === undefined ? [] : [`${path}: ${show(actual)} where nothing was expected`];
  }
  if (expected instanceof RegExp) {
    const matches = typeof actual === "string" && expected.test(actual);
    return matches ? [] : [`${path}: ${show(actual)} does not match ${String(expected)}`];
  }
  if (Array.isArray(expected)) return listDifferences(actual, expected, path);
  if (isObject(expected)) return objectDifferences(actual, expected, path);
  if (deepEqual(actual, expected)) return [];
  return [`${path}: ${show(actual)} instead of ${show(expected)}`];
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function listDifferences(
  actual: unknown,
  expected: readonly unknown[],
  path: string,
): readonly string[] {
  if (!Array.isArray(actual) || actual.length !== expected.length) {
    return [`${path}: ${show(actual)} instead of ${expected.length} items`];
  }
  return expected.flatMap((each, index) => differences(actual[index], each, `${path}[${index}]`));
}

function objectDifferences(
  actual: unknown,
  expected: Readonly<Record<string | symbol, unknown>>,
  path: string,
): readonly string[] {
  if (!isObject(actual)) return [`${path}: ${show(actual)} instead of an object`];
  return Object.entries(expected).flatMap(([key, value]) =>
    differences(actual[key], value, path === "" ? key : `${path}.${key}`),
  );
}
