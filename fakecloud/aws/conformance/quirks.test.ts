import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { allCases } from "./tables/all-cases.ts";

const file = fileURLToPath(new URL("../../quirks.md", import.meta.url));

test("every quirk names its source and a test that there is", () => {
  const rows = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| what happens"))
    .filter((line) => !/^\|[\s|-]+$/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  expect(rows.length).toBeGreaterThan(15);
  const titles = new Set(allCases.map(({ title }) => title));
  const isTold = (title: string) => titles.has(title) || isStory(title) || isTest(title);
  const wrong = rows.filter(([, , source = "", title = ""]) => source === "" || !isTold(title));
  expect(wrong).toEqual([]);
});

const folder = fileURLToPath(new URL("../", import.meta.url));
const tests = globSync("**/*.test.ts", { cwd: folder }).map((name) =>
  readFileSync(`${folder}/${name}`, "utf8"),
);

/** Of the cloud, beside the conformance cases: faults and what reads lag behind. */
function isTest(title: string): boolean {
  return tests.some((text) => text.includes(`"${title}"`));
}

/** "network/removed-route.yaml keeps its promises": the test that there is for every file of a scenario. */
function isStory(title: string): boolean {
  const file = /^([\w-]+\/[\w-]+\.yaml) keeps its promises$/.exec(title)?.[1];
  return file !== undefined && existsSync(new URL(`../../../scenarios/${file}`, import.meta.url));
}
