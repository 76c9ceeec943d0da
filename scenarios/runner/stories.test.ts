import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadScenario } from "./load-scenario.ts";
import { runScenario } from "./run-scenario.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const stories = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml"))
  .toSorted();
const full = process.env["SEATRIAL_FULL"] !== undefined;
const seeds = Array.from({ length: full ? 50 : 2 }, (_, index) => `${index + 1}`);

test.each(stories)("%s keeps its promises, and a seed gives one trace", async (file) => {
  const loaded = loadScenario(`${folder}${file}`);
  for (const seed of seeds) {
    const first = await runScenario(loaded, { seed });
    const replay = `seatrial run scenarios/${file} --seed ${seed}`;
    expect(first.violations, replay).toEqual([]);
    const again = await runScenario(loaded, { seed });
    expect(again.traceHash, `not deterministic: ${replay}`).toBe(first.traceHash);
  }
});
