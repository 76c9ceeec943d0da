import fc from "fast-check";
import { expect, test } from "vitest";
import { compareText, deepFreeze } from "../json.ts";
import { isObject } from "../object.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { applyMergePatch } from "./merge-patch.ts";
import { applyStrategicMergePatch } from "./strategic-merge-patch.ts";

const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 300 : 20_000;
type Json = Record<string, unknown>;

const key = fc.constantFrom("a", "b", "__proto__");
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3, depthSize: "large" },
    fc.constantFrom<unknown>("x", 1, true, null),
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(key, tie("json"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const object = fc.dictionary(key, json, { maxKeys: 3, noNullPrototype: true });

/**
 * RFC 7386, section 2, word by word; but the real server's library drops nulls from objects inside of lists as well, which the
 * book does not ask for.
 */
function mergePatchByTheBook(target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map((each) => mergePatchByTheBook(undefined, each));
  if (!isObject(patch)) return patch;
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, mergePatchByTheBook(result.get(name), value));
  }
  return Object.fromEntries(result);
}

// Red when `mergeObjects` lets a null of the patch into an object that is new.
test("a merge patch does what RFC 7386 says, once and for all", () => {
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const patched = applyMergePatch(deepFreeze(target), deepFreeze(patch));
      expect(patched).toEqual(mergePatchByTheBook(target, patch));
      expect(applyMergePatch(patched, patch)).toEqual(patched);
    }),
    { numRuns, seed: 1 },
  );
});

/** Parts of a value that equal what stood in their place before, without being it. */
function copies(value: unknown, before: unknown, path = ""): readonly string[] {
  if (value === before || typeof value !== "object" || value === null) return [];
  if (textOf(value) === textOf(before)) return [path];
  const old = (typeof before === "object" ? before : undefined) ?? {};
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) =>
    copies(
      each,
      Object.hasOwn(old, name) ? old[name as keyof typeof old] : undefined,
      `${path}/${name}`,
    ),
  );
}

// Red when `renewList` compares no items, or `renewObject` gives back what it has made although nothing is new.
test("what a merge patch leaves as it was, in lists too, is the very thing that was there", () => {
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const patched = applyMergePatch(deepFreeze(target), deepFreeze(patch));
      expect(copies(patched, target)).toEqual([]);
      // Nobody's twin: a copy of the patched object, sent as a patch, changes nothing at all.
      const twin = structuredClone(withoutNulls(patched));
      if (textOf(twin) === textOf(patched)) expect(applyMergePatch(patched, twin)).toBe(patched);
    }),
    { numRuns, seed: 5 },
  );
});

// Red when an item that stands as far from the end as before is not recognized.
test("items that a merge patch puts before others, or takes away, leave the others the very same", () => {
  const item = fc.record({ name: fc.nat(), inner: fc.array(fc.nat(), { maxLength: 2 }) });
  const items = fc.array(item, { maxLength: 4 });
  fc.assert(
    fc.property(items, items, items, items, (head, gone, come, tail) => {
      const target = deepFreeze({ list: [...head, ...gone, ...tail] });
      const patch = structuredClone({ list: [...head, ...come, ...tail] });
      const { list } = applyMergePatch(target, patch) as typeof target;
      expect(list).toEqual(patch.list);
      expect(head.every((each, index) => list[index] === each)).toBe(true);
      expect(tail.every((each, index) => list.at(index - tail.length) === each)).toBe(true);
    }),
    { numRuns, seed: 6 },
  );
});

/** What kubectl sends: everything that is new or other, and null for what is gone. */
function difference(before: Json, after: Json): Json {
  const patch = new Map<string, unknown>();
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) patch.set(name, null);
  for (const [name, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (isObject(old) && isObject(value)) patch.set(name, difference(old, value));
    else if (old === undefined || textOf(old) !== textOf(value)) patch.set(name, value);
  }
  return Object.fromEntries(patch);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== null)
      .map(([name, each]) => [name, withoutNulls(each)]),
  );
}

// Red when `mergeObjects` replaces nested objects instead of merging them.
test("the difference between two objects, sent as a merge patch, turns one into the other", () => {
  fc.assert(
    fc.property(object.map(withoutNulls), object.map(withoutNulls), (before, after) => {
      const patch = difference(before as Json, after as Json);
      expect(applyMergePatch(before as Json, patch)).toEqual(after);
    }),
    { numRuns, seed: 2 },
  );
});

const string: OpenApiSchema = { type: "string" };
const item: OpenApiSchema = {
  type: "object",
  properties: { name: string, image: string, size: string },
};
const schema: OpenApiSchema = {
  type: "object",
  properties: {
    a: string,
    map: { type: "object", additionalProperties: string },
    parts: {
      type: "array",
      items: item,
      "x-kubernetes-patch-strategy": "merge",
      "x-kubernetes-patch-merge-key": "name",
    },
    words: { type: "array", items: string, "x-kubernetes-patch-strategy": "merge" },
    list: { type: "array", items: string },
  },
};
const word = fc.constantFrom("x", "y", "z");
const part = fc.record({ image: word, size: word }, { requiredKeys: [] });
const parts = fc
  .dictionary(word, part, { maxKeys: 3, noNullPrototype: true })
  .map((byName) => Object.entries(byName).map(([name, rest]) => ({ name, ...rest })));
const whole: fc.Arbitrary<Json> = fc.record(
  {
    a: word,
    map: fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true }),
    parts,
    words: fc.uniqueArray(word, { maxLength: 3 }),
    list: fc.array(word, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

interface Part {
  readonly name: string;
}

/** A strategic patch between two objects, with everything that kubectl puts into one. */
function strategicDifference(before: Json, after: Json): Json {
  const patch: Json = {};
  for (const name of Object.keys(before)) if (!(name in after)) patch[name] = null;
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (old === undefined || typeof value === "string" || name === "list") patch[name] = value;
    else if (name === "map") patch[name] = difference(old as Json, value as Json);
    else if (name === "parts") diffParts(patch, old as Part[], value as Part[]);
    else diffWords(patch, old as string[], value as string[]);
  }
  return patch;
}

function diffParts(patch: Json, old: readonly Part[], wanted: readonly Part[]): void {
  const gone = old.filter(({ name }) => !wanted.some((each) => each.name === name));
  patch["$setElementOrder/parts"] = wanted.map(({ name }) => ({ name }));
  patch["parts"] = [
    ...wanted.map((each) => {
      const before = old.find(({ name }) => name === each.name);
      return before === undefined
        ? each
        : { ...difference({ ...before }, { ...each }), name: each.name };
    }),
    ...gone.map(({ name }) => ({ $patch: "delete", name })),
  ];
}

function diffWords(patch: Json, old: readonly string[], wanted: readonly string[]): void {
  const gone = old.filter((each) => !wanted.includes(each));
  patch["$setElementOrder/words"] = wanted;
  if (gone.length > 0) patch["$deleteFromPrimitiveList/words"] = gone;
  patch["words"] = wanted.filter((each) => !old.includes(each));
}

// Red when `$setElementOrder` is ignored, or `$patch: delete` removes nothing.
test("a strategic patch made of a difference turns one object into the other, and does so once", () => {
  fc.assert(
    fc.property(whole, whole, (before, after) => {
      const patch = deepFreeze(strategicDifference(before, after));
      const patched = applyStrategicMergePatch(deepFreeze(before), patch, schema);
      expect(patched).toEqual(after);
      expect(applyStrategicMergePatch(patched, patch, schema)).toEqual(after);
    }),
    { numRuns, seed: 3 },
  );
});

/** A JSON patch that removes what is gone and sets what is there, field by field. */
function operations(before: Json, after: Json): readonly Json[] {
  const at = (name: string) => `/${name}`;
  return [
    ...Object.keys(before).map((name) => ({ op: "test", path: at(name), value: before[name] })),
    ...Object.keys(before)
      .filter((name) => !Object.hasOwn(after, name))
      .map((name) => ({ op: "remove", path: at(name) })),
    ...Object.entries(after).map(([name, value]) => ({ op: "add", path: at(name), value })),
  ];
}

// Red when `test` accepts every value.
test("a JSON patch made of a difference turns one object into the other, and no third one", () => {
  fc.assert(
    fc.property(object, object, object, (before, after, other) => {
      const patch = operations(before, after);
      expect(applyJsonPatch(deepFreeze(before), patch)).toEqual(after);
      const isOther = Object.keys(before).some(
        // What is null and what is not there pass for the same.
        (name) => textOf(before[name]) !== textOf(Object.hasOwn(other, name) ? other[name] : null),
      );
      if (isOther) expect(() => applyJsonPatch(other, patch)).toThrow();
    }),
    { numRuns, seed: 4 },
  );
});

function textOf(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted(compareText);
  return ["object", ...names.map((name) => [name, sorted(value[name])])];
}
