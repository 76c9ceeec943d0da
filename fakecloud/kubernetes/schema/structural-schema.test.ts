import { expect, test } from "vitest";
import { deepFreeze } from "../json.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { compileSchema } from "./structural-schema.ts";

const schema: OpenApiSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["name"],
      properties: {
        name: { type: "string", minLength: 2, maxLength: 5, pattern: "^[a-z]+$" },
        size: { type: "integer", format: "int32", minimum: 1, maximum: 9, default: 3 },
        mode: { type: "string", enum: ["a", "b"] },
        port: { "x-kubernetes-int-or-string": true },
        note: { type: "string", nullable: true, default: "n" },
        at: { type: "string", format: "date-time" },
        list: {
          type: "array",
          maxItems: 2,
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["key"],
          items: {
            type: "object",
            properties: { key: { type: "string" }, n: { type: "integer", default: 1 } },
          },
        },
        open: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        free: { type: "object", additionalProperties: { type: "integer" } },
        one: {
          type: "object",
          properties: { x: { type: "string" }, y: { type: "string" } },
          oneOf: [{ required: ["x"] }, { required: ["y"] }],
        },
        template: {
          type: "object",
          "x-kubernetes-embedded-resource": true,
          "x-kubernetes-preserve-unknown-fields": true,
        },
      },
    },
  },
};
const compiled = compileSchema(schema);
const complain = (spec: unknown, old?: unknown) =>
  compiled
    .validate({ spec }, old === undefined ? undefined : { spec: old })
    .map(({ field, message }) => `${field}: ${message}`);

test("undeclared fields are pruned and named by their path", () => {
  const object = deepFreeze({
    apiVersion: "v1",
    kind: "X",
    metadata: { name: "a", odd: 1 },
    spec: { name: "ab", extra: 1, list: [{ key: "k", other: 2 }], open: { a: { b: 1 } } },
    status: {},
  });
  const { value, unknownFields } = compiled.prune(object);
  expect(unknownFields).toEqual(["metadata.odd", "spec.extra", "spec.list[0].other", "status"]);
  expect(value).toEqual({
    apiVersion: "v1",
    kind: "X",
    metadata: { name: "a" },
    spec: { name: "ab", list: [{ key: "k" }], open: { a: { b: 1 } } },
  });
  expect(compiled.prune(value).value).toBe(value);
});

test("defaults fill what is absent or wrongly null, and only inside parents that exist", () => {
  expect(compiled.applyDefaults({})).toEqual({});
  expect(
    compiled.applyDefaults({ spec: { name: null, size: null, note: null, list: [{ key: "a" }] } }),
  ).toEqual({ spec: { size: 3, note: null, list: [{ key: "a", n: 1 }] } });
  const done = deepFreeze({ spec: { size: 3, note: "n" } });
  expect(compiled.applyDefaults(done)).toBe(done);
});

test("complaints have the words of the real server", () => {
  expect(complain({})).toEqual(["spec.name: Required value"]);
  expect(complain({ name: "a" })).toEqual([
    'spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long',
  ]);
  expect(complain({ name: "abcdef" })).toEqual([
    "spec.name: Too long: may not be more than 5 bytes",
  ]);
  expect(complain({ name: "AB" })).toEqual([
    "spec.name: Invalid value: \"AB\": spec.name in body should match '^[a-z]+$'",
  ]);
  expect(complain({ name: 5 })).toEqual([
    'spec.name: Invalid value: "integer": spec.name in body must be of type string: "integer"',
  ]);
  expect(complain({ name: "ab", size: 0 })).toEqual([
    "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1",
  ]);
  expect(complain({ name: "ab", mode: "c" })).toEqual([
    'spec.mode: Unsupported value: "c": supported values: "a", "b"',
  ]);
  expect(complain({ name: "ab", port: true })).toEqual([
    'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
  ]);
  expect(complain({ name: "ab", at: "noon" })).toEqual([
    'spec.at: Invalid value: "noon": spec.at in body must be of type date-time: "noon"',
  ]);
  expect(complain({ name: "ab", free: { a: "x" } })).toEqual([
    'spec.free.a: Invalid value: "string": spec.free.a in body must be of type integer: "string"',
  ]);
  expect(complain({ name: "ab", list: [{ key: "a" }, { key: "b" }, { key: "a" }] })).toEqual([
    "spec.list: Too many: 3: must have at most 2 items",
    'spec.list[2]: Duplicate value: {"key":"a"}',
  ]);
  expect(complain({ name: "ab", one: {} })).toEqual([
    '<nil>: Invalid value: "": "spec.one" must validate one and only one schema (oneOf). Found none valid',
    "spec.one.x: Required value",
  ]);
  expect(complain({ name: "ab", at: "2026-01-01T00:00:00Z", port: "http", note: null })).toEqual(
    [],
  );
});

test("an update is not blamed for what was wrong before and did not change", () => {
  const old = { name: "A", list: [{ key: "a", n: "x" }] };
  expect(complain({ ...old, size: 2 }, old)).toEqual([]);
  expect(complain({ ...old, list: [{ key: "b" }, { key: "a", n: "x" }] }, old)).toEqual([]);
  expect(complain({ ...old, name: "B" }, old)).toHaveLength(2);
});
