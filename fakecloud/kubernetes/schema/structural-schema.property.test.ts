import { Ajv, type SchemaObject } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { deepFreeze } from "../json.ts";
import { isObject, type JsonObject } from "../object.ts";
import { applyMergePatch } from "../patch/merge-patch.ts";
import type { OpenApiSchema } from "./open-api-schema.ts";
import { compileSchema } from "./structural-schema.ts";

const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 200 : 10_000;
const preserve = "x-kubernetes-preserve-unknown-fields";

// The oracle is a JSON Schema library with the same three jobs. It knows neither preserved unknown fields nor nulls that
// stand for absence, so those are kept away from it and have laws of their own below.
const ajvOptions = {
  strict: false,
  allErrors: true,
  removeAdditional: true,
  useDefaults: true,
} as const;

const name = fc.constantFrom("a", "b", "c", "d");
const text = fc.constantFrom("", "x", "xy", "xyz", "a1");
const scalar: fc.Arbitrary<OpenApiSchema> = fc.oneof(
  fc.record(
    {
      type: fc.constant("string"),
      minLength: fc.nat(2),
      maxLength: fc.integer({ min: 1, max: 3 }),
      pattern: fc.constantFrom("^[a-z]+$", "1"),
      enum: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
      default: text,
    },
    { requiredKeys: ["type"] },
  ),
  fc.record(
    {
      type: fc.constant("integer"),
      minimum: fc.integer({ min: -2, max: 2 }),
      maximum: fc.integer({ min: 0, max: 4 }),
      multipleOf: fc.constantFrom(2, 3),
      default: fc.integer({ min: -1, max: 3 }),
    },
    { requiredKeys: ["type"] },
  ),
  fc.record({ type: fc.constant("boolean"), default: fc.boolean() }, { requiredKeys: ["type"] }),
);

const { schema } = fc.letrec<{ schema: OpenApiSchema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    scalar,
    fc
      .record(
        {
          type: fc.constant("object"),
          properties: fc.dictionary(name, tie("schema"), { maxKeys: 3, noNullPrototype: true }),
          required: fc.uniqueArray(name, { maxLength: 2 }),
          default: fc.constant({}),
        },
        { requiredKeys: ["type", "properties"] },
      )
      // The library looks for what is required before it takes away what is not declared.
      .map(({ required = [], ...each }) => ({
        ...each,
        required: required.filter((field) => field in each.properties),
      })),
    fc.record(
      {
        type: fc.constant("object"),
        additionalProperties: tie("schema"),
        minProperties: fc.nat(2),
        maxProperties: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ["type", "additionalProperties"] },
    ),
    fc.record(
      {
        type: fc.constant("array"),
        items: tie("schema"),
        minItems: fc.nat(2),
        maxItems: fc.integer({ min: 1, max: 3 }),
      },
      { requiredKeys: ["type", "items"] },
    ),
  ),
}));

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    text,
    fc.integer({ min: -3, max: 5 }),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

/** A value that fits the schema more often than not: otherwise nothing but wrong types would ever be found. */
function valueFor(node: OpenApiSchema): fc.Arbitrary<unknown> {
  const good = goodFor(node);
  return fc.oneof({ arbitrary: good, weight: 9 }, { arbitrary: value, weight: 1 });
}

function goodFor(node: OpenApiSchema): fc.Arbitrary<unknown> {
  if (node.type === "string") return text;
  if (node.type === "integer") return fc.integer({ min: -3, max: 5 });
  if (node.type === "boolean") return fc.boolean();
  if (node.items !== undefined) return fc.array(valueFor(node.items), { maxLength: 4 });
  if (isObject(node.additionalProperties)) {
    const each = valueFor(node.additionalProperties);
    return fc.dictionary(name, each, { maxKeys: 4, noNullPrototype: true });
  }
  const fields = Object.entries(node.properties ?? {}).map(([field, each]) => [
    field,
    valueFor(each),
  ]);
  return fc
    .tuple(
      fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
        requiredKeys: [],
      }),
      fc.dictionary(fc.constantFrom("u", "v"), value, { maxKeys: 1, noNullPrototype: true }),
    )
    .map(([known, unknown]) => ({ ...known, ...unknown }));
}

/** For the oracle: what is not declared goes. */
function closed(node: OpenApiSchema): SchemaObject {
  const { properties, additionalProperties, items, default: fallback, ...rest } = node;
  return {
    ...rest,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(isObject(additionalProperties)
      ? { additionalProperties: closed(additionalProperties) }
      : {}),
    ...(properties === undefined
      ? {}
      : {
          additionalProperties: false,
          properties: Object.fromEntries(
            Object.entries(properties).map(([field, each]) => [field, closed(each)]),
          ),
        }),
  };
}

const specOf = (node: OpenApiSchema): OpenApiSchema => ({
  type: "object",
  properties: { spec: node },
});
const schemaAndValue = schema.chain((node) => fc.tuple(fc.constant(node), valueFor(node)));

const schemaAndValues = schema.chain((node) =>
  fc.tuple(fc.constant(node), fc.array(valueFor(node), { minLength: 20, maxLength: 20 })),
);

// Red when the pruner keeps unknown fields inside of lists, when defaults are not laid into objects that have just been
// defaulted, or when `maxLength` lets one more letter through.
test("pruning, defaulting and validating agree with a JSON Schema library", () => {
  const runs = numRuns / 5;
  let accepted = 0;
  fc.assert(
    fc.property(schemaAndValues, ([node, bodies]) => {
      const compiled = compileSchema(deepFreeze(specOf(node)));
      const validate = new Ajv(ajvOptions).compile(closed(specOf(node)));
      for (const body of bodies) {
        const pruned = compiled.prune(deepFreeze({ spec: body })).value;
        const ours = compiled.applyDefaults(pruned) as { readonly spec: unknown };
        const theirs = structuredClone({ spec: body });
        const isValid = validate(theirs);
        // Where a type is wrong the library stops, and what is below it stays as it was.
        const hasWrongType = (validate.errors ?? []).some(({ keyword }) => keyword === "type");
        if (!hasWrongType) expect(ours.spec).toEqual(theirs.spec);
        expect(compiled.validate(ours).length === 0).toBe(isValid);
        if (isValid) accepted += 1;
      }
    }),
    { numRuns: runs, seed: 1 },
  );
  expect(accepted).toBeGreaterThan(runs);
});

// Red when the pruner returns a copy of what it did not change, or the defaulter overwrites what is there.
test("pruning and defaulting twice is the same as once, and changes nothing that is good", () => {
  fc.assert(
    fc.property(schemaAndValue, ([node, body]) => {
      const compiled = compileSchema(deepFreeze(specOf(node)));
      const once = compiled.applyDefaults(compiled.prune(deepFreeze({ spec: body })).value);
      expect(compiled.prune(once)).toEqual({ value: once, unknownFields: [] });
      expect(compiled.prune(once).value).toBe(once);
      expect(compiled.applyDefaults(once)).toBe(once);
    }),
    { numRuns, seed: 2 },
  );
});

const twoValues = schema.chain((node) =>
  fc.tuple(fc.constant(node), valueFor(node), valueFor(node)),
);

// Red when `pruneRecord` or `defaultFields` passes over a field because there was one of its name, or `mapList` an item because
// there was one in its place.
test("passing over what is known from before changes neither what is pruned nor what is defaulted", () => {
  let shared = 0;
  fc.assert(
    fc.property(twoValues, ([node, first, second]) => {
      const compiled = compileSchema(deepFreeze(specOf(node)));
      const good = (body: JsonObject) => compiled.applyDefaults(compiled.prune(body).value);
      const known = deepFreeze(good({ spec: first }) as JsonObject);
      const next = deepFreeze(applyMergePatch(known, { spec: second }));
      if (next === known) shared += 1;
      const pruned = compiled.prune(next, known);
      expect(pruned).toEqual(compiled.prune(next));
      expect(compiled.applyDefaults(pruned.value, known)).toEqual(
        compiled.applyDefaults(pruned.value),
      );
    }),
    { numRuns: numRuns * 5, seed: 5 },
  );
  expect(shared).toBeGreaterThan(0);
});

/** Every path of an object, with lists as steps. */
function pathsOf(body: unknown, path = ""): readonly string[] {
  if (Array.isArray(body)) return body.flatMap((each, index) => pathsOf(each, `${path}[${index}]`));
  if (!isObject(body)) return [];
  return Object.entries(body).flatMap(([field, each]) => {
    const below = path === "" ? field : `${path}.${field}`;
    return [below, ...pathsOf(each, below)];
  });
}

// Red when `listPrunedFields` leaves out fields of items of lists.
test("the fields that are named as unknown are exactly those that pruning took away", () => {
  fc.assert(
    fc.property(schemaAndValue, ([node, body]) => {
      const compiled = compileSchema(deepFreeze(specOf(node)));
      const { value: kept, unknownFields } = compiled.prune(deepFreeze({ spec: body }));
      const left = new Set(pathsOf(kept));
      const gone = pathsOf({ spec: body }).filter((path) => !left.has(path));
      const isBelow = (path: string, above: string) =>
        path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
      const roots = gone.filter((path) => !gone.some((above) => isBelow(path, above)));
      expect(unknownFields).toEqual(roots.toSorted());
    }),
    { numRuns, seed: 3 },
  );
});

/** The same schema, in which nothing is ever unknown. */
function preserving(node: OpenApiSchema): OpenApiSchema {
  const { properties, items, additionalProperties } = node;
  return {
    ...node,
    ...(items === undefined ? {} : { items: preserving(items) }),
    ...(isObject(additionalProperties)
      ? { additionalProperties: preserving(additionalProperties) }
      : {}),
    ...(properties === undefined
      ? {}
      : {
          [preserve]: true,
          properties: Object.fromEntries(
            Object.entries(properties).map(([field, each]) => [field, preserving(each)]),
          ),
        }),
  };
}

// Red when preserving stops at the first declared field.
test("where unknown fields are preserved, nothing is pruned", () => {
  fc.assert(
    fc.property(schemaAndValue, ([node, body]) => {
      const object = deepFreeze({ spec: body });
      expect(compileSchema(deepFreeze(specOf(preserving(node)))).prune(object).value).toBe(object);
    }),
    { numRuns, seed: 4 },
  );
});
