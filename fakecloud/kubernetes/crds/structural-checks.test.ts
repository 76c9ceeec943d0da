import { expect, test } from "vitest";
import { checkStructural } from "./structural-checks.ts";

const texts = (schema: unknown) =>
  checkStructural(schema).map(({ field, message }) => `${field}: ${message}`);
const withField = (a: unknown) => ({ type: "object", properties: { a } });

test.each([
  [{ type: "string" }, ['type: Invalid value: "string": must be object at the root']],
  [{}, ["type: Required value: must not be empty at the root"]],
  [
    withField({}),
    ["properties[a].type: Required value: must not be empty for specified object fields"],
  ],
  [withField({ type: "array" }), ["properties[a].items: Required value: must be specified"]],
  [
    withField({ type: "integer", default: "x" }),
    ['properties[a].default: Invalid value: "string":  in body must be of type integer: "string"'],
  ],
  [
    withField({ type: "array", items: { type: "string" }, "x-kubernetes-list-type": "map" }),
    [
      "properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map",
      'properties[a].items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is map',
    ],
  ],
  [
    withField({ type: "integer", "x-kubernetes-validations": [{ rule: "self >" }] }),
    [
      expect.stringMatching(
        /^properties\[a\]\.x-kubernetes-validations\[0\]\.rule: Invalid value: \{"Rule":"self \\u003e","Message":"",.*\}: compilation failed: Syntax error/,
      ),
    ],
  ],
  [
    withField({ type: "object", anyOf: [{ type: "object" }] }),
    ["properties[a].anyOf[0].type: Forbidden: must be empty to be structural"],
  ],
])("%j is refused in the words of the real server", (schema, expected) => {
  expect(texts(schema)).toEqual(expected);
});

test.each([
  withField({ "x-kubernetes-preserve-unknown-fields": true }),
  withField({
    "x-kubernetes-int-or-string": true,
    anyOf: [{ type: "integer" }, { type: "string" }],
  }),
  withField({ type: "integer", minimum: 1, default: 3 }),
  withField({ type: "object", properties: { b: { type: "string" } }, required: ["b"] }),
])("%j is structural", (schema) => {
  expect(texts(schema)).toEqual([]);
});
