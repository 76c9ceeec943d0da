import fc from "fast-check";
import { expect, test } from "vitest";
import { deepEqual, deepFreeze } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { applyPatch, trackUpdate } from "./field-manager.ts";

const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 300 : 20_000;
const string: OpenApiSchema = { type: "string" };
const schema: OpenApiSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        a: string,
        labels: { type: "object", additionalProperties: string },
        tags: { type: "array", "x-kubernetes-list-type": "set", items: string },
        args: { type: "array", items: string },
        ports: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["port", "protocol"],
          items: {
            type: "object",
            properties: {
              port: { type: "integer" },
              protocol: { type: "string", default: "TCP" },
              name: string,
            },
          },
        },
      },
    },
  },
};

const value = fc.constantFrom("x", "y", "z");
const port = fc.record(
  { port: fc.integer({ min: 1, max: 2 }), protocol: fc.constant("TCP"), name: value },
  { requiredKeys: ["port"] },
);
const body = fc.record(
  {
    a: fc.option(value),
    labels: fc.dictionary(value, fc.option(value), { maxKeys: 2, noNullPrototype: true }),
    tags: fc.array(value, { maxLength: 3 }),
    args: fc.array(value, { maxLength: 2 }),
    // Ports that stand there twice are among them: they are compared as one whole.
    ports: fc.array(port, { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const write = fc.record({
  manager: fc.constantFrom("one", "two"),
  second: fc.integer({ min: 0, max: 1 }),
  body,
});
const metadata = { name: "a" };
const common = { subresource: "", apiVersion: "x.io/v1" };
const timeOf = (second: number) => `2026-01-05T08:00:0${second}Z`;

/** The object after some writes, some of its fields owned by two managers together. */
const history = fc
  .tuple(fc.array(write, { minLength: 1, maxLength: 3 }), write)
  .map(([writes, { body: spec }]) => {
    let live: JsonObject | undefined;
    for (const { manager, second, body: patch } of writes) {
      const updated = applyMergePatch(live ?? { metadata }, { spec: patch });
      const time = timeOf(second);
      const managedFields = trackUpdate({ ...common, manager, time, schema, live, updated });
      live = deepFreeze({ ...updated, metadata: { ...metadata, managedFields } });
    }
    const { a = spec.a ?? "x" } = (live?.["spec"] ?? {}) as typeof spec;
    const config = { metadata, spec: { a } };
    const apply = { ...common, manager: "three", time: timeOf(0), force: true };
    const result = applyPatch({ ...apply, schema, live, config });
    return deepFreeze("object" in result ? result.object : { metadata });
  });

// Red when `elementOf` remembers one item for all of a list.
test("what objects share, and what is remembered about them, does not show in who owns what", () => {
  fc.assert(
    fc.property(history, write, (live, { manager, second, body: patch }) => {
      const time = timeOf(second);
      const updated = applyMergePatch(live, { spec: patch });
      const managedFields = trackUpdate({ ...common, manager, time, schema, live, updated });
      // A copy of everything, the schema too: nothing is shared, and nothing is known about it.
      const copy = structuredClone({ manager, time, schema, live, updated });
      expect(managedFields).toEqual(trackUpdate({ ...common, ...copy }));
    }),
    { numRuns, seed: 1 },
  );
});

/** A value whose fields are those that are there already, some of them with another value. */
const fieldsOf = (value: unknown): fc.Arbitrary<unknown> => {
  // Most stay as they are: the writer is not the owner of many.
  const same = { arbitrary: fc.constant(value), weight: 5 };
  if (typeof value === "string")
    return fc.oneof(same, { arbitrary: fc.constantFrom("x", "y", "z"), weight: 1 });
  if (Array.isArray(value)) return fc.tuple(...value.map(fieldsOf));
  if (!isObject(value)) return fc.constant(value);
  const fields = Object.fromEntries(Object.keys(value).map((key) => [key, fieldsOf(value[key])]));
  // The first may go.
  return fc.record(fields, { requiredKeys: Object.keys(value).slice(1) });
};

// Red when `changesOnlyOwn` lets a field pass that somebody else owns too, one that the writer does not own, one that is gone, or
// a write that changes nothing.
test("a change of what the writer alone owns is told apart from all others", () => {
  let kept = 0;
  const changes = history.chain((live) =>
    fc.tuple(
      fc.constant(live),
      fc.oneof({ arbitrary: body, weight: 1 }, { arbitrary: fieldsOf(live["spec"]), weight: 3 }),
      write,
    ),
  );
  fc.assert(
    fc.property(changes, ([live, spec, { manager, second }]) => {
      const updated = { ...live, spec };
      const context = { ...common, manager, time: timeOf(second), schema, live, updated };
      const managedFields = trackUpdate(context);
      // With fields to be reset, even if there are none, nothing is taken for granted.
      expect(managedFields).toEqual(trackUpdate({ ...context, resetFields: [] }));
      const before = (live["metadata"] as { managedFields?: readonly unknown[] }).managedFields;
      const owners = (entries: readonly unknown[] = []) =>
        entries.map((each) => JSON.stringify({ ...(each as JsonObject), time: "" })).sort();
      if (!deepEqual(owners(managedFields), owners(before))) return;
      if (!deepEqual(spec, live["spec"])) kept += 1;
    }),
    { numRuns: numRuns * 4, seed: 2 },
  );
  expect(kept).toBeGreaterThan(numRuns / 10);
});
