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

/** By default one seed for each story, another one for each, so that together they see many interleavings. */
function seedsOf(index: number): readonly string[] {
  return full ? Array.from({ length: 50 }, (_, seed) => `${seed + 1}`) : [`${index + 1}`];
}

/** Whether a seed gives one trace is asked of the widest stories; in the full run, of all. */
const twice = new Set(["availability/high-availability.yaml", "scale-out.yaml"]);

test.each(stories.map((file, index) => ({ file, index })))(
  "$file keeps its promises, and a seed gives one trace",
  async ({ file, index }) => {
    const loaded = loadScenario(`${folder}${file}`);
    for (const seed of seedsOf(index)) {
      const first = await runScenario(loaded, { seed });
      const replay = `seatrial run scenarios/${file} --seed ${seed}`;
      expect(first.violations, replay).toEqual([]);
      if (!full && !twice.has(file)) continue;
      const again = await runScenario(loaded, { seed });
      expect(again.traceHash, `not deterministic: ${replay}`).toBe(first.traceHash);
    }
  },
);
