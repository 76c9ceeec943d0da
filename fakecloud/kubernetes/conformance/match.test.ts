import { expect, test } from "vitest";
import { absent } from "./case.ts";
import { differences } from "./match.ts";

test("what is not named is not compared, what is named must be there", () => {
  expect(differences({ a: 1, b: 2 }, { a: 1 })).toEqual([]);
  expect(differences({ a: 1 }, { b: 2 })).toEqual(["b: undefined instead of 2"]);
});

test("lists must have as many items, patterns must match, and absent fields must not be there", () => {
  expect(differences([1, 2], [1])).toEqual([": [1,2] instead of 1 items"]);
  expect(differences({ a: "xyz" }, { a: /^y/ })).toEqual(['a: "xyz" does not match /^y/']);
  expect(differences({ a: 1 }, { a: absent })).toEqual(["a: 1 where nothing was expected"]);
});
