import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

test("the example in the README is the one that runs as a test", () => {
  const blocks = [...read("README.md").matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
  expect(blocks).toContain(read("alone.test.ts"));
});
