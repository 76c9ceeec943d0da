import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines } from "./diff-lines.ts";
import { applyPatch, computePatch, type Json, type JsonObject } from "./patch.ts";
import { yamlLines } from "./yaml-lines.ts";
import { parse } from "yaml";

const { object } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      1,
      -2.5,
      "",
      "a",
      "b: c",
      "- d",
      "two\nlines",
      " e ",
      "true",
      "1",
    ),
    fc.array(tie("json"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom("a", "b", "name", "x/y", "__proto__", "0"), tie("json"), {
    maxKeys: 5,
  }) as fc.Arbitrary<JsonObject>,
}));

// Turns red if lists of one length are not gone into item by item with their index, or if keys that are gone are not unset.
test("the patch from one state of an object to the next makes the next out of the one", () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      expect(applyPatch(before, computePatch(before, after))).toEqual(after);
    }),
  );
});

test("what has not changed is not in a patch", () => {
  const before = {
    spec: { replicas: 3, version: "v1" },
    status: { conditions: [{ type: "Ready" }] },
  };
  const after = {
    spec: { replicas: 4, version: "v1" },
    status: { conditions: [{ type: "Ready" }] },
  };
  expect(computePatch(before, after)).toEqual({ set: [[["spec", "replicas"], 4]] });
  expect(computePatch(before, before)).toEqual({});
});

// Turns red if "true" or "1" is written without quotation marks, or an empty map as nothing.
test("the lines of an object are YAML that means the object", () => {
  fc.assert(
    fc.property(object, (value) => {
      const text = yamlLines(value)
        .map((line) => line.text)
        .join("\n");
      // A block of several lines ends with a line break in YAML, which is not told from one without.
      const plain = (json: unknown) =>
        JSON.parse(JSON.stringify(json).replaceAll("two\\nlines\\n", "two\\nlines")) as unknown;
      expect(plain(parse(text))).toEqual(plain(value));
    }),
  );
});

// Turns red if a line that both texts have is counted as gone and new.
test("a diff has both texts in it, and as few changed lines as can be", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 8 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = diffLines(before, after);
      const text = (...signs: readonly string[]) =>
        diff.filter(({ sign }) => signs.includes(sign)).map((line) => line.text);
      expect(text(" ", "-")).toEqual(before);
      expect(text(" ", "+")).toEqual(after);
      expect(text(" ").length).toBe(longestCommon(before, after));
    }),
  );
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const [first, ...rest] = a;
  if (first === undefined || b.length === 0) return 0;
  const place = b.indexOf(first);
  const without = longestCommon(rest, b);
  return place === -1 ? without : Math.max(without, 1 + longestCommon(rest, b.slice(place + 1)));
}
