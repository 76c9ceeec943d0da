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

test("a later update moves the time of its own entry, and leaves those of others the very same", () => {
  const entriesOf = (object: JsonObject) =>
    (object["metadata"] as { managedFields: readonly JsonObject[] }).managedFields;
  const update = (live: JsonObject, change: JsonObject, time: string) => {
    const updated = { ...live, spec: { ...(live["spec"] as JsonObject), ...change } };
    const managedFields = trackUpdate({ ...base, time, live, updated, manager: "u" });
    return { ...updated, metadata: { ...(live["metadata"] as JsonObject), managedFields } };
  };
  const first = applied(apply(undefined, "a", { replicas: 1 }));
  const second = deepFreeze(update(first, { paused: true }, "2026-01-05T09:00:00Z"));
  const third = update(second, { paused: false }, "2026-01-05T10:00:00Z");
  expect(entriesOf(third)[0]).toBe(entriesOf(second)[0]);
  expect(entriesOf(third)[1]).toEqual({
    ...entriesOf(second)[1],
    time: "2026-01-05T10:00:00Z",
  });
});

test("a manager that wrote in another version loses there what somebody changes in this one", () => {
  const entry = (manager: string, operation: string, apiVersion: string, field: string) => {
    const fieldsV1 = { "f:spec": { [field]: {} } };
    return { manager, operation, apiVersion, time: base.time, fieldsType: "FieldsV1", fieldsV1 };
  };
  const managedFields = [
    entry("old", "Apply", "x.io/v0", "f:size"),
    entry("u", "Update", "x.io/v1", "f:replicas"),
  ];
  const live = deepFreeze({
    ...gvk,
    metadata: { name: "a", managedFields },
    spec: { replicas: 1 },
  });
  const updated = { ...live, spec: { replicas: 2 } };
  const convert = (object: unknown) => {
    const { spec } = object as { spec: { replicas: number } };
    return { ...gvk, spec: { size: spec.replicas } };
  };
  const properties = { size: { type: "integer" } };
  const older = { type: "object", properties: { spec: { type: "object", properties } } };
  const versions = () => ({ schema: older, convert });
  const context = { subresource: "", apiVersion: "x.io/v1", manager: "u", time: base.time };
  const left = trackUpdate({ ...context, schema, live, updated, versions });
  expect(left?.map(({ manager }) => manager)).toEqual(["u"]);
});

test("who owned parts of what has become atomic owns the whole", () => {
  const granular: OpenApiSchema = { type: "object", additionalProperties: { type: "string" } };
  const withSelector = (selector: OpenApiSchema): OpenApiSchema => ({
    type: "object",
    properties: {
      spec: { type: "object", properties: { selector, replicas: { type: "integer" } } },
    },
  });
  const spec = { selector: { a: "b" } };
  const create = { ...base, schema: withSelector(granular), live: undefined, manager: "a" };
  const fields = trackUpdate({ ...create, updated: { ...gvk, metadata: { name: "a" }, spec } });
  const live = deepFreeze({ ...gvk, metadata: { name: "a", managedFields: fields }, spec });
  const updated = { ...live, spec: { ...spec, replicas: 1 } };
  const setsIn = (schema: OpenApiSchema) =>
    trackUpdate({ ...base, schema, live, updated, manager: "b" })?.map(({ fieldsV1 }) => fieldsV1);
  const replicas = { "f:spec": { "f:replicas": {} } };
  const parts = { "f:spec": { ".": {}, "f:selector": { ".": {}, "f:a": {} } } };
  expect(setsIn(withSelector(granular))).toEqual([parts, replicas]);
  const atomic = withSelector({ ...granular, "x-kubernetes-map-type": "atomic" });
  expect(setsIn(atomic)).toEqual([{ "f:spec": { ".": {}, "f:selector": {} } }, replicas]);
});

test("managed fields that a client sends are stored in order, whatever theirs was", () => {
  const live = applied(apply(undefined, "a", { replicas: 1, paused: true }));
  const [entry] = (live["metadata"] as { managedFields: readonly JsonObject[] }).managedFields;
  const ports = ['k:{"port":80}', 'k:{"port":9,"protocol":"UDP"}', 'k:{"port":9}'];
  const elements = ['v:"b"', "i:10", ...ports, 'v:"a"', "f:b", "i:2", "f:a", "v:9", "v:80", "."];
  const fieldsV1 = { "f:spec": Object.fromEntries(elements.map((element) => [element, {}])) };
  const metadata = { ...(live["metadata"] as object), managedFields: [{ ...entry, fieldsV1 }] };
  const stored = trackUpdate({ ...base, live, updated: { ...live, metadata }, manager: "u" });
  expect(Object.keys(stored?.[0]?.fieldsV1?.["f:spec"] ?? {})).toEqual([
    ".",
    "f:a",
    "f:b",
    'k:{"port":9}',
    'k:{"port":9,"protocol":"UDP"}',
    'k:{"port":80}',
    "v:9",
    "v:80",
    'v:"a"',
    'v:"b"',
    "i:2",
    "i:10",
  ]);
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
