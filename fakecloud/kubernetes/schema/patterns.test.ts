import { expect, test } from "vitest";
import { compilePattern } from "./patterns.ts";

test("patterns that Go does not compile are refused, whatever the engine of this process thinks of them", () => {
  for (const pattern of ["(?=a)", "a{1001}", "a{1001,}", "(a{40}){40}", "[]a", "[^]", "a**", "("]) {
    expect(() => compilePattern(pattern), pattern).toThrow();
  }
});

test("patterns mean what they mean to Go", () => {
  const finds = (pattern: string, text: string) => compilePattern(pattern)(text);
  expect(finds("^a.b$", "a\rb")).toBe(true);
  expect(finds("^a.b$", "a\nb")).toBe(false);
  expect(finds("^a$", "a\n")).toBe(false);
  expect(finds("^[[:alpha:]]+$", "ab")).toBe(true);
  expect(finds("(?i)^AB$", "ab")).toBe(true);
  expect(finds("^\\w+$", "é")).toBe(false);
  expect(finds("^(a{0}b{2}){3}$", "bbbbbb")).toBe(true);
});

test("a pattern that would backtrack without end does not", () => {
  const evil = compilePattern("^(a+)+$");
  expect(evil("aaa")).toBe(true);
  expect(evil(`${"a".repeat(2000)}b`)).toBe(false);
});
