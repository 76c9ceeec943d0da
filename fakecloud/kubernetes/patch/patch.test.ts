import { expect, test } from "vitest";
import { deepFreeze } from "../json.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { applyMergePatch } from "./merge-patch.ts";
import { PatchError } from "./patch-error.ts";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";

const doc = deepFreeze({ metadata: { name: "a", labels: { x: "1" } }, list: [1, 2, 3] });

function codeOf(action: () => unknown): number {
  try {
    action();
  } catch (error) {
    if (error instanceof PatchError) return error.code;
    throw error;
  }
  throw new Error("nothing was thrown");
}

test("a JSON patch changes only the path it names and shares the rest", () => {
  const result = applyJsonPatch(doc, [
    { op: "add", path: "/list/1", value: 9 },
    { op: "remove", path: "/list/-1" },
    { op: "replace", path: "/list/0", value: null },
  ]);
  expect(result).toEqual({ ...doc, list: [null, 9, 2] });
  expect(result["metadata"]).toBe(doc.metadata);
});

test("JSON patch copies, moves and tests with escaped names", () => {
  const odd = { "a/b": { "m~n": 1 } };
  expect(
    applyJsonPatch(odd, [
      { op: "test", path: "/a~1b/m~0n", value: 1 },
      { op: "copy", from: "/a~1b/m~0n", path: "/c" },
      { op: "move", from: "/a~1b", path: "/d" },
    ]),
  ).toEqual({ c: 1, d: { "m~n": 1 } });
});

test("a JSON patch that does not fit is 422, one that is no patch is 400", () => {
  expect(codeOf(() => applyJsonPatch(doc, [{ op: "remove", path: "/nope" }]))).toBe(422);
  expect(codeOf(() => applyJsonPatch(doc, [{ op: "add", path: "/a/b", value: 1 }]))).toBe(422);
  expect(codeOf(() => applyJsonPatch(doc, [{ op: "test", path: "/list/0", value: 2 }]))).toBe(422);
  expect(codeOf(() => applyJsonPatch(doc, { op: "remove" }))).toBe(400);
  const many = Array.from({ length: 10_001 }, () => ({ op: "test", path: "/x", value: null }));
  expect(codeOf(() => applyJsonPatch(doc, many))).toBe(413);
});

test("a field called __proto__ is a field like any other", () => {
  const patch = JSON.parse('{"__proto__":{"polluted":true}}') as unknown;
  const merged = applyMergePatch({}, patch);
  expect(Object.keys(merged)).toEqual(["__proto__"]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  const added = applyJsonPatch({}, [{ op: "add", path: "/__proto__", value: { polluted: true } }]);
  expect(Object.keys(added)).toEqual(["__proto__"]);
});

test("a merge patch removes with null, replaces lists and drops nulls in new objects", () => {
  expect(
    applyMergePatch(doc, { metadata: { labels: { x: null, y: "2" } }, list: [4], n: { a: null } }),
  ).toEqual({ metadata: { name: "a", labels: { y: "2" } }, list: [4], n: {} });
});

test("a merge patch without effect returns the very same object", () => {
  expect(applyMergePatch(doc, { metadata: { labels: { x: "1", gone: null } } })).toBe(doc);
});

const containers: OpenApiSchema = {
  type: "object",
  properties: {
    containers: {
      type: "array",
      "x-kubernetes-patch-strategy": "merge",
      "x-kubernetes-patch-merge-key": "name",
      items: {
        type: "object",
        properties: {
          name: { type: "string" },
          args: { type: "array", items: { type: "string" } },
        },
      },
    },
    finalizers: {
      type: "array",
      "x-kubernetes-patch-strategy": "merge",
      items: { type: "string" },
    },
    strategy: { type: "object", "x-kubernetes-patch-strategy": "retainKeys", properties: {} },
  },
};
const pod = deepFreeze({
  containers: [
    { name: "a", image: "1", args: ["x"] },
    { name: "b", image: "2" },
  ],
  finalizers: ["f1", "f2"],
  strategy: { type: "RollingUpdate", rollingUpdate: {} },
});

test("a strategic merge patch pairs list items by their merge key", () => {
  expect(
    applyStrategicMergePatch(
      pod,
      {
        containers: [
          { name: "b", image: "3" },
          { name: "c", image: "4" },
        ],
      },
      containers,
    )["containers"],
  ).toEqual([
    { name: "a", image: "1", args: ["x"] },
    { name: "b", image: "3" },
    { name: "c", image: "4" },
  ]);
});

test("directives delete items, replace lists, order them and retain keys", () => {
  const patch = (value: unknown) => applyStrategicMergePatch(pod, value, containers);
  expect(patch({ containers: [{ name: "a", $patch: "delete" }] })["containers"]).toEqual([
    { name: "b", image: "2" },
  ]);
  expect(patch({ containers: [{ name: "z" }, { $patch: "replace" }] })["containers"]).toEqual([
    { name: "z" },
  ]);
  expect(
    patch({
      "$setElementOrder/containers": [{ name: "b" }, { name: "n" }, { name: "a" }],
      containers: [{ name: "n", image: "5" }],
    })["containers"],
  ).toEqual([pod.containers[1], { name: "n", image: "5" }, pod.containers[0]]);
  expect(patch({ "$deleteFromPrimitiveList/finalizers": ["f1"] })["finalizers"]).toEqual(["f2"]);
  expect(patch({ strategy: { $retainKeys: ["type"], type: "Recreate" } })["strategy"]).toEqual({
    type: "Recreate",
  });
  expect(patch({ strategy: { $patch: "replace", type: "Recreate" } })["strategy"]).toEqual({
    type: "Recreate",
  });
});

test("a list item without its merge key is an error that names the key", () => {
  const action = () => applyStrategicMergePatch(pod, { containers: [{ image: "1" }] }, containers);
  expect(action).toThrow("map: map[image:1] does not contain declared merge key: name");
  expect(codeOf(action)).toBe(500);
});
