import { expect, test } from "vitest";
import { formatCount } from "./count.ts";

test("a count has a comma before each three digits", () => {
  const counts = [0, 7, 999, 1_000, 12_345.6, 123_456, 1_234_567];
  const texts = ["0", "7", "999", "1,000", "12,346", "123,456", "1,234,567"];
  expect(counts.map(formatCount)).toEqual(texts);
});
