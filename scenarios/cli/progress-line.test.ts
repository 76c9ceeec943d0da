import { fileURLToPath } from "node:url";
import process from "node:process";
import { afterEach, expect, test, vi } from "vitest";
import { loadScenario } from "../runner/load-scenario.ts";
import { runScenario } from "../runner/run-scenario.ts";
import { progressLine } from "./progress-line.ts";

afterEach(() => vi.restoreAllMocks());

/** What is written when a run tells of itself every quarter of a second, for a minute and a half. */
function written(isTTY: boolean): string {
  let seconds = 0;
  vi.spyOn(process.hrtime, "bigint").mockImplementation(() => BigInt(Math.round(seconds * 1e9)));
  let text = "";
  const line = progressLine({
    isTTY,
    write: (part: string | Uint8Array) => !!(text += String(part)),
  });
  for (; seconds <= 90; seconds += 0.25) {
    line.onProgress({ events: 1_000 * seconds, virtualMs: 60_000 * seconds });
  }
  line.clear();
  return text;
}

test("in a log a long run says how far it is every half minute", () => {
  expect(written(false)).toBe(
    "  30m of virtual time, 30,000 events, after 30 s\n" +
      "  1h of virtual time, 60,000 events, after 60 s\n" +
      "  1h 30m of virtual time, 90,000 events, after 90 s\n",
  );
});

test("on a terminal one line is written over every second, and is gone at the end", () => {
  const lines = written(true).split("\r\u001B[K");
  expect(lines).toHaveLength(92);
  expect(lines[1]).toBe("  1m of virtual time, 1,000 events, after 1 s");
  expect(lines.at(-1)).toBe("");
  expect(lines.join("")).not.toContain("\n");
});

test("a run tells of itself while it lasts", async () => {
  const file = fileURLToPath(new URL("../quick-start.yaml", import.meta.url));
  const told: number[] = [];
  const { events } = await runScenario(loadScenario(file), {
    seed: "1",
    awsWire: false,
    onProgress: (progress) => told.push(progress.events),
  });
  expect(told).toEqual(Array.from({ length: Math.floor(events / 256) }, (_, at) => 256 * (at + 1)));
});
