import fc from "fast-check";
import { expect, test } from "vitest";
import type { FieldError } from "../field-error.ts";
import { compareText, deepFreeze } from "../json.ts";
import { isObject } from "../object.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { compileSchema } from "./structural-schema.ts";

const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 500 : 20_000;
const short: OpenApiSchema = { type: "string", maxLength: 1 };
const rule = { rule: "self.size >= oldSelf.size", message: "shrinks" };
const part: OpenApiSchema = {
  type: "object",
  required: ["size"],
  properties: { name: { type: "string" }, size: { type: "integer", maximum: 2 }, note: short },
};
const schema: OpenApiSchema = deepFreeze({
  type: "object",
  properties: {
    note: short,
    parts: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      maxItems: 4,
      items: { ...part, "x-kubernetes-validations": [rule] },
    },
    loose: { type: "array", items: part },
    tags: { type: "array", "x-kubernetes-list-type": "set", items: short },
    byName: {
      type: "object",
      additionalProperties: { type: "array", "x-kubernetes-list-type": "set", items: short },
    },
  },
});

const text = fc.constantFrom("a", "b", "long");
const item = fc.record(
  { name: text, size: fc.integer({ min: 0, max: 3 }), note: text },
  { requiredKeys: ["name"] },
);
const tags = fc.array(text, { maxLength: 3 });
const fields = {
  note: text,
  loose: fc.array(item, { maxLength: 3 }),
  tags,
  byName: fc.dictionary(text, tags, { maxKeys: 2, noNullPrototype: true }),
};
const bodyWith = (parts: fc.Arbitrary<unknown>) =>
  fc.record({ ...fields, parts }, { requiredKeys: [] });
const unique = fc.uniqueArray(item, { maxLength: 4, selector: ({ name }) => name });
const items = fc.array(item, { maxLength: 4 });

const byField = (errors: readonly FieldError[]) =>
  errors.toSorted((a, b) => compareText(a.field + a.message, b.field + b.message));

// Red when `correlator` finds an item by its place.
test("a change gets the same complaints whether its objects are shared with the old ones or equal to them", () => {
  const compiled = compileSchema(schema);
  const kinds = new Set<string>();
  fc.assert(
    fc.property(bodyWith(unique), bodyWith(items), (first, second) => {
      const old = deepFreeze(first);
      const next = deepFreeze(applyMergePatch(old, second));
      const shared = compiled.validateWithWarnings(next, old);
      expect(shared).toEqual(compiled.validateWithWarnings(structuredClone(next), old));
      // Old items are known by their names: where they stood does not matter.
      const parts = Array.isArray(first.parts) ? first.parts.toReversed() : [];
      const turned = "parts" in first ? { ...old, parts } : old;
      expect(byField(compiled.validate(next, turned))).toEqual(byField(shared.errors));
      for (const { type } of shared.errors) kinds.add(type);
    }),
    { numRuns, seed: 1 },
  );
  expect([...kinds].sort()).toEqual(["Duplicate", "Invalid", "Required", "TooLong"]);
});

/** How often something stands in the body once more. */
function countTwins(body: Readonly<Record<string, unknown>>): number {
  const twins = (list: unknown) => {
    const all = Array.isArray(list) ? list : [];
    const times = Map.groupBy(all, (each: unknown) => (isObject(each) ? each["name"] : each));
    return [...times.values()].filter(({ length }) => length > 1).length;
  };
  const lists = [body["parts"], body["tags"], ...Object.values(body["byName"] ?? {})];
  return lists.reduce((sum: number, list) => sum + twins(list), 0);
}

// Red when `haveOwnNames` takes every list for one, or duplicates are looked for only where there was nothing before.
test("where nothing stood twice, everything that does is complained about", () => {
  const compiled = compileSchema(schema);
  fc.assert(
    fc.property(bodyWith(unique), bodyWith(items), (first, second) => {
      fc.pre(countTwins(first) === 0);
      const next = applyMergePatch(deepFreeze(first), second);
      const { errors } = compiled.validateWithWarnings(next, first);
      expect(errors.filter(({ type }) => type === "Duplicate")).toHaveLength(countTwins(next));
    }),
    { numRuns, seed: 3 },
  );
});

// Red when `counterpart` takes an item for the old one because there is one in its place, or when all fields below the root count
// as unchanged.
test("an item that is new is complained about wherever it stands, and no other is", () => {
  const compiled = compileSchema(schema);
  fc.assert(
    fc.property(unique, fc.nat(3), (parts, place) => {
      const at = Math.min(place, parts.length);
      const old = deepFreeze({ parts });
      const all: readonly unknown[] = parts;
      const next = { parts: all.toSpliced(at, 0, { name: "new", size: 0, note: "long" }) };
      const tooLong = compiled.validate(next, old).filter(({ type }) => type === "TooLong");
      expect(tooLong.map(({ field }) => field)).toEqual([`parts[${at}].note`]);
    }),
    { numRuns: 100, seed: 4 },
  );
});

// Red when `ratchet` passes over every value that has a predecessor, or over none.
test("a value that is too long is complained about unless it was there before", () => {
  const compiled = compileSchema(schema);
  fc.assert(
    fc.property(text, text, (before, after) => {
      const alone = compiled.validate({ note: after });
      const errors = compiled.validate({ note: after }, { note: before });
      expect(errors).toEqual(before === after ? [] : alone);
    }),
    { numRuns: 50, seed: 2 },
  );
});
