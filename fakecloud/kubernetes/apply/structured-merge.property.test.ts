import fc from "fast-check";
import { expect, test } from "vitest";
import { deepFreeze } from "../json.ts";
import type { JsonObject } from "../object.ts";
import type { OpenApiSchema } from "../schema/open-api-schema.ts";
import { applyPatch, trackUpdate } from "./field-manager.ts";
import {
  difference,
  type FieldSet,
  intersection,
  listPaths,
  setOfPaths,
  sortSet,
  union,
} from "./field-set.ts";
import { decodeManagedFields, encodeManagedFields } from "./managed-fields.ts";

const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 300 : 20_000;
const string: OpenApiSchema = { type: "string" };
const schema: OpenApiSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        a: string,
        b: string,
        c: string,
        labels: { type: "object", additionalProperties: string },
        whole: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: string },
        tags: { type: "array", "x-kubernetes-list-type": "set", items: string },
        args: { type: "array", items: string },
        parts: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: { type: "object", properties: { name: string, image: string, size: string } },
        },
      },
    },
  },
};

const value = fc.constantFrom("x", "y", "z");
const key = fc.constantFrom("k", "l", "m");
const map = fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
const part = fc.record({ image: value, size: value }, { requiredKeys: [] });
const parts = fc
  .dictionary(key, part, { maxKeys: 3 })
  .map((byName) => Object.entries(byName).map(([name, rest]) => ({ name, ...rest })));

/** A configuration as people apply them: any of its fields, in any combination. */
const spec: fc.Arbitrary<JsonObject> = fc.record(
  {
    a: value,
    b: value,
    c: value,
    labels: map,
    whole: map,
    tags: fc.uniqueArray(value, { maxLength: 3 }),
    args: fc.array(value, { maxLength: 2 }),
    parts,
  },
  { requiredKeys: [] },
);

const common = { schema, subresource: "", apiVersion: "x.io/v1", time: "2026-01-05T08:00:00Z" };
const objectOf = (body: JsonObject): JsonObject => ({
  apiVersion: "x.io/v1",
  kind: "X",
  metadata: { name: "a" },
  ...(Object.keys(body).length === 0 ? {} : { spec: body }),
});

/** Undefined if it conflicts. */
function tryApply(
  live: JsonObject | undefined,
  manager: string,
  body: JsonObject,
  force = false,
): JsonObject | undefined {
  const result = applyPatch({ ...common, live, config: objectOf(body), manager, force });
  return "conflicts" in result ? undefined : deepFreeze(result.object);
}

function apply(live: JsonObject | undefined, manager: string, body: JsonObject): JsonObject {
  const object = tryApply(live, manager, body, true);
  if (object === undefined) throw new Error("a forced apply has conflicted");
  return object;
}

function update(live: JsonObject, manager: string, body: JsonObject): JsonObject {
  const updated = { ...live, spec: body };
  const managedFields = trackUpdate({ ...common, live, updated, manager });
  const metadata = { name: "a", ...(managedFields === undefined ? {} : { managedFields }) };
  return deepFreeze({ ...updated, metadata });
}

function managersOf(object: JsonObject) {
  const { managedFields } = object["metadata"] as { managedFields?: unknown };
  return decodeManagedFields(managedFields) ?? new Map();
}

function setOf(object: JsonObject, manager: string): readonly (readonly string[])[] {
  const found = [...managersOf(object).values()].find((each) => each.manager === manager);
  return found === undefined ? [] : listPaths(found.set);
}

function ownedBy(object: JsonObject, manager: string): readonly string[] {
  return setOf(object, manager)
    .map((path) => path.join(" "))
    .sort();
}

/** The same object with lists whose order has no meaning in one order. */
function unordered(object: JsonObject): unknown {
  const body = object["spec"] as Record<string, unknown> | undefined;
  const sorted = (list: unknown) =>
    Array.isArray(list)
      ? list.map((each) => JSON.stringify(each, Object.keys(each as object).sort())).sort()
      : list;
  const { metadata: _metadata, ...rest } = object;
  return {
    ...rest,
    spec: { ...body, tags: sorted(body?.["tags"]), parts: sorted(body?.["parts"]) },
  };
}

// Red when `applyConfig` reports every result as a change (isUnchanged: false): the time of the entry moves.
test("applying one configuration twice changes nothing the second time, not even the managed fields", () => {
  fc.assert(
    fc.property(spec, spec, (before, config) => {
      const once = apply(apply(undefined, "one", before), "two", config);
      const result = applyPatch({
        ...common,
        time: "2026-01-05T09:00:00Z",
        live: once,
        config: objectOf(config),
        manager: "two",
        force: false,
      });
      expect(result).toEqual({ object: once });
    }),
    { numRuns, seed: 1 },
  );
});

/** Gives each field, map entry and item of a list to one of two managers. */
const disjoint = fc
  .tuple(spec, fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }))
  .map(([body, coins]) => {
    let next = 0;
    const toss = () => coins[next++ % coins.length] === true;
    const halves: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
    for (const [field, content] of Object.entries(body)) {
      if (field === "labels") {
        for (const [name, each] of Object.entries(content as JsonObject)) {
          const half = halves[toss() ? 0 : 1];
          half["labels"] = { ...(half["labels"] as object), [name]: each };
        }
      } else if (field === "tags" || field === "parts") {
        for (const each of content as readonly unknown[]) {
          const half = halves[toss() ? 0 : 1];
          half[field] = [...((half[field] as unknown[]) ?? []), each];
        }
      } else halves[toss() ? 0 : 1][field] = content;
    }
    return halves;
  });

// Red when `ListMerge` drops items that only the live object has.
test("managers of different fields get the same object in either order, each with its own fields, without force", () => {
  fc.assert(
    fc.property(disjoint, ([one, two]) => {
      const first = tryApply(tryApply(undefined, "one", one), "two", two);
      const second = tryApply(tryApply(undefined, "two", two), "one", one);
      if (first === undefined || second === undefined) throw new Error("disjoint fields conflict");
      expect(unordered(first)).toEqual(unordered(second));
      for (const manager of ["one", "two"]) {
        expect(ownedBy(first, manager)).toEqual(ownedBy(second, manager));
      }
    }),
    { numRuns, seed: 2 },
  );
});

// Red when `pruneDropped` returns what was merged.
test("a manager that lets go of everything takes along what nobody else has", () => {
  fc.assert(
    fc.property(disjoint, ([one, two]) => {
      const both = apply(apply(undefined, "one", one), "two", two);
      const left = apply(both, "two", {});
      expect(ownedBy(left, "two")).toEqual([]);
      expect(ownedBy(left, "one")).toEqual(ownedBy(apply(undefined, "one", one), "one"));
      const empties = ["labels", "tags", "parts", "args", "whole"];
      const clean = (object: JsonObject) => {
        const body = unordered(object) as { spec: Record<string, unknown> };
        // What remains of a map or a list whose entries are gone is an empty one.
        return Object.fromEntries(
          Object.entries(body.spec).filter(
            ([name, content]) =>
              content !== undefined &&
              !(empties.includes(name) && Object.keys(content as object).length === 0),
          ),
        );
      };
      expect(clean(left)).toEqual(clean(apply(undefined, "one", one)));
    }),
    { numRuns, seed: 3 },
  );
});

// Red when `takeFromOthers` forgets the conflicts that it has found.
test("an apply without force never changes what another manager has, and a forced one ends the quarrel", () => {
  fc.assert(
    fc.property(spec, spec, (one, two) => {
      const live = apply(undefined, "one", one);
      const polite = tryApply(live, "two", two);
      for (const owned of polite === undefined ? [] : setOf(live, "one")) {
        const text = find(live, owned);
        if (typeof text === "string") expect(find(polite, owned)).toBe(text);
      }
      const forced = apply(live, "two", two);
      expect(tryApply(forced, "two", two)).toEqual(forced);
      const lost = ownedBy(live, "one").filter((path) => !ownedBy(forced, "one").includes(path));
      for (const path of lost) expect(ownedBy(forced, "two")).toContain(path);
    }),
    { numRuns, seed: 4 },
  );
});

// Red when `takeFromOthers` leaves removed fields with their owners.
test("after any history every owned path is a field that exists, and every entry survives the wire", () => {
  const step = fc.record({
    how: fc.constantFrom("apply", "update"),
    manager: fc.constantFrom("one", "two", "three"),
    body: spec,
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
      let live = apply(undefined, "zero", {});
      for (const { how, manager, body } of steps) {
        live = how === "apply" ? apply(live, manager, body) : update(live, manager, body);
      }
      const { managedFields } = live["metadata"] as { managedFields?: readonly JsonObject[] };
      const wire = JSON.parse(JSON.stringify(managedFields ?? [])) as unknown;
      const decoded = decodeManagedFields(wire);
      expect(encodeManagedFields(decoded ?? new Map(), []) ?? []).toEqual(wire);
      for (const { set } of managersOf(live).values()) {
        for (const path of listPaths(set as FieldSet)) expect(find(live, path)).toBeDefined();
      }
    }),
    { numRuns, seed: 5 },
  );
});

/** What a path of managed fields leads to. */
function find(root: unknown, path: readonly string[]): unknown {
  let found: unknown = root;
  for (const element of path) {
    const rest = element.slice(2);
    if (element.startsWith("f:")) found = (found as JsonObject | undefined)?.[rest];
    else if (Array.isArray(found)) {
      const wanted = JSON.parse(rest) as unknown;
      found = found.find((each: unknown) =>
        element.startsWith("v:")
          ? each === wanted
          : Object.entries(wanted as JsonObject).every(
              ([name, is]) => (each as JsonObject)[name] === is,
            ),
      );
    } else return undefined;
  }
  return found;
}

const path = fc.array(fc.constantFrom("f:a", "f:b", 'k:{"name":"x"}', 'v:"y"', "i:0"), {
  minLength: 1,
  maxLength: 3,
});
const paths = fc.array(path, { maxLength: 8 });
const asText = (set: FieldSet) => new Set(listPaths(set).map((each) => each.join(" ")));
const textOf = (list: readonly (readonly string[])[]) =>
  new Set(list.map((each) => each.join(" ")));

// Red when `subtractNodes` drops the children of a member that goes.
test("sets of fields behave as sets of paths", () => {
  fc.assert(
    fc.property(paths, paths, (left, right) => {
      const [a, b] = [setOfPaths(left), setOfPaths(right)];
      const [x, y] = [textOf(left), textOf(right)];
      expect(asText(union(a, b))).toEqual(new Set([...x, ...y]));
      expect(asText(difference(a, b))).toEqual(new Set([...x].filter((each) => !y.has(each))));
      expect(asText(intersection(a, b))).toEqual(new Set([...x].filter((each) => y.has(each))));
      expect(asText(JSON.parse(JSON.stringify(sortSet(a))) as FieldSet)).toEqual(x);
    }),
    { numRuns: numRuns * 2, seed: 6 },
  );
});
