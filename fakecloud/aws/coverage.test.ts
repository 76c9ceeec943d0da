import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { coverageTable } from "./coverage.ts";
import { implementedServices } from "./services.ts";

const readme = fileURLToPath(new URL("../README.md", import.meta.url));
const begin = "<!-- coverage: generated, see aws/coverage.test.ts -->\n";
const end = "<!-- end of coverage -->";

/** SEATRIAL_UPDATE=1 writes the table. */
test("the coverage table in the README says what is implemented", () => {
  const text = readFileSync(readme, "utf8");
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  expect(from).toBeGreaterThanOrEqual(begin.length);
  const table = coverageTable(implementedServices());
  if (process.env["SEATRIAL_UPDATE"] !== undefined) {
    writeFileSync(readme, text.slice(0, from) + table + "\n" + text.slice(to));
    return;
  }
  // Formatting pads the cells of a table.
  const squeeze = (one: string) => one.replaceAll(/ +/g, " ");
  const shown = squeeze(text.slice(from, to));
  const missing = table
    .split("\n")
    .slice(2)
    .filter((row) => !shown.includes(squeeze(row)));
  expect(missing).toEqual([]);
});
