import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type ErrorObject } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import published from "../scenario.schema.json" with { type: "json" };
import { checkSchema, type Schema } from "./check-schema.ts";

const formats = { "date-time": (text: string) => text.includes("T") };
const oracle = new Ajv({ allErrors: true, formats }).compile(published);

const folder = fileURLToPath(new URL("..", import.meta.url));
const stories = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml") && !file.startsWith("workloads/"))
  .toSorted()
  .map((file) => parse(readFileSync(`${folder}${file}`, "utf8")) as unknown);

/** A story in which one value, somewhere, has been replaced by another, taken away, or given a neighbour. */
const changedStory = fc
  .record({
    story: fc.constantFrom(...stories),
    steps: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
    change: fc.constantFrom("replace" as const, "remove" as const, "add" as const),
    key: fc.constantFrom("at", "name", "summary", "LIV-1", "expr", "extra"),
    value: fc.oneof(
      fc.constantFrom<unknown>("10m", "x", "", "2026-01-05T08:00:00Z", "skip", 0, -1, 1.5, [], {}),
      fc.jsonValue({ maxDepth: 2 }),
    ),
  })
  .map(({ story, ...change }) => changed(story, change));

function changed(
  value: unknown,
  change: { steps: number[]; change: "add" | "remove" | "replace"; key: string; value: unknown },
): unknown {
  const [step, ...steps] = change.steps;
  if (typeof value !== "object" || value === null || step === undefined) return change.value;
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[step % Math.max(1, keys.length)];
  if (change.change === "add" && steps.length === 0) copy[change.key] = change.value;
  else if (key === undefined) return change.value;
  else if (change.change === "remove" && steps.length === 0) delete copy[key];
  else copy[key] = changed(copy[key], { ...change, steps });
  return Array.isArray(copy) ? copy.flat(0) : copy;
}

/** As ours say it. */
function described({ keyword, instancePath, params, propertyName }: ErrorObject): string {
  const own: unknown = params["missingProperty"] ?? params["additionalProperty"] ?? propertyName;
  const path = instancePath.split("/").slice(1);
  const plain = path.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return JSON.stringify([keyword, ...plain, ...(own === undefined ? [] : [own])]);
}

// Turns red if a check is left out, or if a list counts as a record.
test("a changed story has just the faults that a full validator finds in it", () => {
  fc.assert(
    fc.property(changedStory, (story) => {
      oracle(story);
      const theirs = (oracle.errors ?? [])
        .filter(({ keyword }) => keyword !== "propertyNames") // The echo of what is wrong with the name.
        .map(described);
      const ours = checkSchema(published, story, formats);
      const found = ours.map(({ keyword, path }) => JSON.stringify([keyword, ...path]));
      expect(found.toSorted()).toEqual(theirs.toSorted());
    }),
    { numRuns: process.env["SEATRIAL_FULL"] === undefined ? 1_000 : 50_000 },
  );
});

const known = new Set(
  ["$schema", "$id", "title", "description", "definitions", "$ref", "type", "const", "enum"]
    .concat(["pattern", "format", "minLength", "minimum", "maximum", "items", "minItems"])
    .concat(["properties", "required", "additionalProperties", "propertyNames", "minProperties"]),
);

function keywordsOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, definitions = {}, ...own } = schema as Schema;
  const { items, additionalProperties, propertyNames } = own;
  const inner = [...Object.values(properties), ...Object.values(definitions)];
  return [
    ...Object.keys(own),
    ...[...inner, items, additionalProperties, propertyNames].flatMap(keywordsOf),
  ];
}

test("the published schema says nothing that is not checked", () => {
  expect(keywordsOf(published).filter((keyword) => !known.has(keyword))).toEqual([]);
});
