import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadScenarios } from "./load-scenario.ts";
import { runScenario } from "./run-scenario.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const stories = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".yaml") && !file.startsWith("workloads/"))
  .toSorted();
const full = process.env["SEATRIAL_FULL"] !== undefined;

const seeds = Array.from({ length: full ? 50 : 1 }, (_, index) => `${index + 1}`);

/** By default a seed runs twice only in the widest story: once over the wire of AWS, once past it. */
const twice = "availability/high-availability.yaml";
/** What another story shows as well is left to the full run. */
const fullOnly = new Set(["upgrade/minor-version.yaml"]);
/** `network/network-mistakes.test.ts` makes the same mistakes, and more of them, in every run. */
const isFullOnly = (file: string) => fullOnly.has(file) || file.startsWith("network/");

const variants = stories
  .flatMap((file) => loadScenarios(`${folder}${file}`).map((loaded) => ({ file, loaded })))
  .filter(({ file }) => full || !isFullOnly(file))
  .map((variant) => ({
    ...variant,
    title: `${variant.file} ${variant.loaded.label ?? ""}`.trim(),
  }));

test.each(variants)("$title keeps its promises", async ({ file, loaded }) => {
  for (const seed of seeds) {
    const first = await runScenario(loaded, { seed, awsWire: false });
    const replay = `seatrial run scenarios/${file} --seed ${seed}`;
    expect(first.violations, replay).toEqual([]);
    if (!full && file !== twice) continue;
    const again = await runScenario(loaded, { seed });
    expect(again.traceHash, `not deterministic: ${replay}`).toBe(first.traceHash);
  }
});
