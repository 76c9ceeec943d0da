import { expect, test } from "vitest";
import { deepFreeze } from "../json.ts";
import type { JsonObject } from "../object.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { applyPatch, trackUpdate, type ApplyResult } from "./field-manager.ts";

const schema: OpenApiSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        replicas: { type: "integer" },
        paused: { type: "boolean" },
        selector: {
          type: "object",
          "x-kubernetes-map-type": "atomic",
          additionalProperties: { type: "string" },
        },
        args: { type: "array", items: { type: "string" } },
        tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
        containers: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: {
            type: "object",
            properties: {
              name: { type: "string" },
              image: { type: "string" },
              cpu: { type: "integer" },
            },
          },
        },
      },
    },
    status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};
const base = {
  schema,
  subresource: "",
  apiVersion: "x.io/v1",
  time: "2026-01-05T08:00:00Z",
  resetFields: [["status"]],
};
const gvk = { apiVersion: "x.io/v1", kind: "X" };

function apply(
  live: JsonObject | undefined,
  manager: string,
  spec: unknown,
  force = false,
): ApplyResult {
  const config = { ...gvk, metadata: { name: "a" }, spec };
  return applyPatch({ ...base, live, config, manager, force });
}

function applied(result: ApplyResult): JsonObject {
  if ("conflicts" in result) throw new Error(JSON.stringify(result.conflicts));
  return deepFreeze({
    ...result.object,
    metadata: { ...(result.object["metadata"] as object), uid: "u" },
  });
}

function owners(object: JsonObject): Record<string, unknown> {
  const { managedFields = [] } = object["metadata"] as {
    managedFields?: readonly { manager: string; operation: string; fieldsV1: unknown }[];
  };
  return Object.fromEntries(
    managedFields.map((each) => [`${each.manager}/${each.operation}`, each.fieldsV1]),
  );
}

test("an apply creates the object and owns exactly what it says", () => {
  const object = applied(
    apply(undefined, "m", { replicas: 1, containers: [{ name: "c", image: "i" }], tags: ["t"] }),
  );
  expect(object["spec"]).toEqual({
    replicas: 1,
    containers: [{ name: "c", image: "i" }],
    tags: ["t"],
  });
  expect(owners(object)).toEqual({
    "m/Apply": {
      "f:spec": {
        "f:containers": { 'k:{"name":"c"}': { ".": {}, "f:image": {}, "f:name": {} } },
        "f:replicas": {},
        "f:tags": { 'v:"t"': {} },
      },
    },
  });
});

test("another manager's value is a conflict, the same value is shared, force takes it", () => {
  const first = applied(apply(undefined, "a", { replicas: 1 }));
  expect(apply(first, "b", { replicas: 2 })).toEqual({
    conflicts: [{ manager: '"a"', field: ".spec.replicas" }],
  });
  const shared = applied(apply(first, "b", { replicas: 1 }));
  expect(Object.keys(owners(shared)).sort()).toEqual(["a/Apply", "b/Apply"]);
  const forced = applied(apply(first, "b", { replicas: 2 }, true));
  expect(forced["spec"]).toEqual({ replicas: 2 });
  expect(Object.keys(owners(forced))).toEqual(["b/Apply"]);
});

test("what a manager no longer applies goes away unless somebody else owns it", () => {
  const a = applied(apply(undefined, "a", { replicas: 1, paused: true, tags: ["x", "y"] }));
  const b = applied(apply(a, "b", { paused: true, tags: ["y", "z"] }));
  const c = applied(apply(b, "a", { replicas: 1 }));
  expect(c["spec"]).toEqual({ replicas: 1, paused: true, tags: ["y", "z"] });
  expect(owners(c)).toEqual({
    "a/Apply": { "f:spec": { "f:replicas": {} } },
    "b/Apply": { "f:spec": { "f:paused": {}, "f:tags": { 'v:"y"': {}, 'v:"z"': {} } } },
  });
});

test("a plain update takes over what it changes and releases what it deletes", () => {
  const a = applied(apply(undefined, "a", { replicas: 1, paused: true }));
  const updated = { ...a, spec: { replicas: 3 } };
  const managedFields = trackUpdate({ ...base, live: a, updated, manager: "u" });
  const stored = deepFreeze({
    ...updated,
    metadata: { ...(a["metadata"] as object), managedFields },
  });
  expect(owners(stored)).toEqual({ "u/Update": { "f:spec": { "f:replicas": {} } } });
  expect(apply(stored, "a", { replicas: 1 })).toEqual({
    conflicts: [{ manager: '"u" using x.io/v1', field: ".spec.replicas" }],
  });
});

test("lists keep live items in place and follow the applied order for the rest", () => {
  const item = (name: string) => ({ name, image: "i" });
  const live = applied(apply(undefined, "a", { containers: ["a", "b", "c"].map(item) }));
  const result = applied(apply(live, "b", { containers: ["c", "n", "a"].map(item) }));
  const names = (result["spec"] as { containers: { name: string }[] }).containers.map(
    ({ name }) => name,
  );
  expect(names).toEqual(["b", "c", "n", "a"]);
});

test("an object that nobody managed conflicts with before-first-apply", () => {
  const live = deepFreeze({ ...gvk, metadata: { name: "a", uid: "u" }, spec: { replicas: 1 } });
  expect(apply(live, "a", { replicas: 2 })).toEqual({
    conflicts: [{ manager: '"before-first-apply" using x.io/v1', field: ".spec.replicas" }],
  });
});

test("an unknown field, a wrong type and duplicate keys are refused by name", () => {
  const refused = (spec: unknown) => () => apply(undefined, "a", spec);
  expect(refused({ nope: 1 })).toThrow(
    "failed to create typed patch object (/a; x.io/v1, Kind=X): .spec.nope: field not declared in schema",
  );
  expect(refused({ replicas: "x" })).toThrow(
    ".spec.replicas: expected numeric (int or float), got string",
  );
  expect(refused({ containers: [{ name: "a" }, { name: "a" }] })).toThrow(
    '.spec.containers: duplicate entries for key [name="a"]',
  );
});

test("an apply that changes nothing returns the stored snapshot's parts and its old time", () => {
  const live = applied(apply(undefined, "a", { replicas: 1, selector: { a: "b" } }));
  const again = applyPatch({
    ...base,
    time: "2027-01-01T00:00:00Z",
    live,
    config: { ...gvk, metadata: { name: "a" }, spec: { replicas: 1, selector: { a: "b" } } },
    manager: "a",
    force: false,
  });
  expect("object" in again && again.object).toEqual(live);
});
