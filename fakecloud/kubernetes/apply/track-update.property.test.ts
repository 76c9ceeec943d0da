import fc from "fast-check";
import { expect, test } from "vitest";
import { deepFreeze } from "../json.ts";
import type { JsonObject } from "../object.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { trackUpdate } from "./field-manager.ts";

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
  { port: fc.integer({ min: 1, max: 3 }), protocol: fc.constantFrom("TCP", "UDP"), name: value },
  { requiredKeys: ["port"] },
);
const body = fc.record(
  {
    a: fc.option(value),
    labels: fc.dictionary(value, fc.option(value), { maxKeys: 2, noNullPrototype: true }),
    tags: fc.array(value, { maxLength: 3 }),
    args: fc.array(value, { maxLength: 2 }),
    // Ports that stand there twice are among them: they are compared as one whole.
    ports: fc.array(port, { maxLength: 4 }),
  },
  { requiredKeys: [] },
);
const write = fc.record({
  manager: fc.constantFrom("one", "two", "three"),
  second: fc.integer({ min: 0, max: 1 }),
  body,
});

// Red when `elementOf` remembers one item for all of a list, or `compare` takes lists of one length for the same.
test("what objects share, and what is remembered about them, does not show in who owns what", () => {
  fc.assert(
    fc.property(fc.array(write, { minLength: 2, maxLength: 6 }), (writes) => {
      let live: JsonObject | undefined;
      for (const { manager, second, body: patch } of writes) {
        const common = { subresource: "", apiVersion: "x.io/v1", manager };
        const time = `2026-01-05T08:00:0${second}Z`;
        const updated = applyMergePatch(live ?? { metadata: { name: "a" } }, { spec: patch });
        const managedFields = trackUpdate({ ...common, time, schema, live, updated });
        // A copy of everything, the schema too: nothing is shared, and nothing is known about it.
        const copy = structuredClone({ time, schema, live, updated });
        expect(managedFields).toEqual(trackUpdate({ ...common, ...copy }));
        live = deepFreeze({ ...updated, metadata: { name: "a", managedFields } });
      }
    }),
    { numRuns, seed: 1 },
  );
});
