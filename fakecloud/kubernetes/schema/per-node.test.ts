import { expect, test } from "vitest";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { anyBelow } from "./per-node.ts";
import { compileSchema } from "./structural-schema.ts";

const part: OpenApiSchema = {
  type: "object",
  properties: {
    name: { type: "string", pattern: "^[a-z]+$" },
    size: { type: "integer", default: 1 },
    tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
  },
  "x-kubernetes-validations": [{ rule: "self.size < 5", message: "too large" }],
};
const kind = (properties: Record<string, OpenApiSchema>): OpenApiSchema => ({
  type: "object",
  properties: { spec: { type: "object", properties } },
});

function complaints(schema: OpenApiSchema, spec: unknown) {
  const { value } = compileSchema(schema).prune({ spec });
  const whole = compileSchema(schema).applyDefaults(value);
  return compileSchema(schema)
    .validate(whole)
    .map(({ field, type }) => `${field}: ${type}`);
}

// Red if a node that a value did not reach at first is taken for one without rules.
test("what the first object of a kind leaves out is judged in the second", () => {
  const schema = kind({
    a: part,
    list: { type: "array", items: part },
    map: { type: "object", additionalProperties: part },
  });
  expect(complaints(schema, {})).toEqual([]);
  expect(complaints(schema, { a: {}, list: [], map: {} })).toEqual([]);
  const bad = { name: "A", size: 7, tags: ["x", "x"] };
  const places = ["spec.a", "spec.list[0]", "spec.map.b"];
  expect(complaints(schema, { a: bad, list: [bad], map: { b: bad } })).toEqual([
    ...places.map((place) => `${place}.name: Invalid`),
    ...["spec.a", "spec.list[0]", "spec.map[b]"].map((place) => `${place}.tags[1]: Duplicate`),
    ...["spec.a", "spec.list[0]", "spec.map[b]"].map((place) => `${place}: Invalid`),
  ]);
  const { prune, applyDefaults } = compileSchema(schema);
  expect(prune({ spec: { list: [{ odd: 1 }] } }).unknownFields).toEqual(["spec.list[0].odd"]);
  expect(applyDefaults({ spec: { map: { b: {} } } })).toEqual({
    spec: { map: { b: { size: 1 } } },
  });
});

// Red if complaints come in the order in which nodes were first met.
test("complaints come in the order of the object, whatever was written before", () => {
  const schema = kind({ a: part, b: part });
  expect(complaints(schema, { b: { name: "B" } })).toEqual(["spec.b.name: Invalid"]);
  const both = ["spec.a.name: Invalid", "spec.b.name: Invalid"];
  expect(complaints(schema, { a: { name: "A" }, b: { name: "B" } })).toEqual(both);
  expect(complaints(schema, { b: { name: "B" }, a: { name: "A" } })).toEqual(both.toReversed());
});

test("a node that two kinds share is judged alike in both, and as a kind of its own", () => {
  const root: OpenApiSchema = {
    type: "object",
    properties: { size: { type: "integer" } },
    "x-kubernetes-validations": [{ rule: "!has(self.metadata) || self.metadata.name == 'a'" }],
  };
  const inner = { type: "object", properties: { kept: root } } as const;
  const named = (name: string) => ({ metadata: { name }, size: 1 });
  const count = (schema: OpenApiSchema, value: unknown) =>
    compileSchema(schema).validate(value).length;
  expect([count(root, named("a")), count(root, named("b"))]).toEqual([0, 1]);
  expect(compileSchema(inner).prune({ kept: named("b") }).unknownFields).toEqual(["kept.metadata"]);
  expect(compileSchema(root).prune(named("b")).unknownFields).toEqual([]);
});

// Red if a node is called free while a node that contains it is still being looked at.
test("in schemas that contain themselves everything below is found", () => {
  const properties: Record<string, OpenApiSchema> = {};
  const node: OpenApiSchema = { type: "object", properties };
  const wrapper: OpenApiSchema = { type: "array", items: node };
  properties["wrapped"] = wrapper;
  const free = anyBelow(({ format }) => format === "x");
  expect([free(node), free(wrapper)]).toEqual([false, false]);
  properties["last"] = { type: "string", format: "x" };
  const bound = anyBelow(({ format }) => format === "x");
  expect([bound(node), bound(wrapper)]).toEqual([true, true]);
});
