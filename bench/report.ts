import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { recordRun } from "seatrial/report/record-run.ts";
import { renderReport } from "seatrial/report/render-report.ts";
import { Browser, findChromium } from "seatrial/report/test-browser.ts";
import { loadScenario } from "seatrial/runner/load-scenario.ts";
import { runScenario } from "seatrial/runner/run-scenario.ts";

const goals = { openMs: 1_000, megabytes: 2 };
const opens = 5;

/** What a recording costs a run, how large a report of about 20,000 events is, and how soon its timeline can be used. */
export async function benchmarkReport(): Promise<readonly string[]> {
  const loaded = loadScenario(fileURLToPath(new URL("report.yaml", import.meta.url)));
  const options = { seed: "bench", awsWire: false };
  const plain = await timed(() => runScenario(loaded, options));
  const title = { name: "many-events", version: "bench", replay: "npm run bench report" };
  const recorded = await timed(() => recordRun(loaded, options, title));
  const { recording } = recorded.value;
  const rendered = await timed(async () => renderReport(recording));
  const events = recording.events.atMs.length.toLocaleString("en-US");
  const megabytes = Buffer.byteLength(rendered.value) / 1_000_000;
  return [
    `a run of ${events} events with a recorder takes ${(recorded.ms / plain.ms).toFixed(2)} times as long as without`,
    `its report: ${megabytes.toFixed(2)} MB (goal < ${goals.megabytes}), made in ${Math.round(rendered.ms)} ms`,
    await openingLine(rendered.value),
  ];
}

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly ms: number }> {
  const startedMs = performance.now();
  const value = await work();
  return { value, ms: performance.now() - startedMs };
}

async function openingLine(html: string): Promise<string> {
  const binary = findChromium();
  if (binary === undefined) return "opened: not measured, there is no Chromium here";
  const directory = mkdtempSync(path.join(tmpdir(), "bench-report-"));
  const file = path.join(directory, "report.html");
  writeFileSync(file, html);
  const browser = await Browser.start(binary);
  const times: number[] = [];
  for (let open = 0; open < opens; open += 1) {
    const page = await browser.open(file);
    times.push(await page.evaluate<number>("Number(document.body.dataset.readyMs)"));
  }
  await browser.close();
  rmSync(directory, { recursive: true });
  const median = times.toSorted((a, b) => a - b)[Math.floor(opens / 2)] ?? 0;
  return `opened in Chromium until the timeline can be used: ${Math.round(median)} ms, median of ${opens} (goal ${goals.openMs})`;
}
