import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const rounds = 9;
const goalMs = 1_000;

interface Figures {
  /** What the run says of itself. */
  readonly runMs: number;
  /** From the start of the process to its end. */
  readonly wholeMs: number;
}

/**
 * What somebody waits for who types `seatrial run scenarios/quick-start.yaml`: the first story of a process, prepared and from the
 * sources, in turns. Prepared is what `npm ci` or `npm run prepare` has made; after an edit both figures are those of the sources.
 */
export async function benchmarkFirstRun(): Promise<readonly string[]> {
  const mains = { prepared: "bin/seatrial.js", sources: "scenarios/cli/main.ts" };
  const figures = { prepared: [] as Figures[], sources: [] as Figures[] };
  for (let round = 0; round < rounds; round += 1) {
    figures.prepared.push(runOnce(mains.prepared));
    figures.sources.push(runOnce(mains.sources));
  }
  const [prepared, sources] = [middle(figures.prepared), middle(figures.sources)];
  const ratio = (sources.wholeMs / prepared.wholeMs).toFixed(1);
  return [
    `the first story of a process: ${Math.round(prepared.runMs)} ms (goal: well under ${goalMs} ms)`,
    `with the start of the process: ${Math.round(prepared.wholeMs)} ms; from the sources ${ratio} times as much`,
  ];
}

function runOnce(main: string): Figures {
  const startedMs = performance.now();
  const output = execFileSync(
    process.execPath,
    [main, "run", "scenarios/quick-start.yaml", "--json"],
    {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NODE_COMPILE_CACHE: "node_modules/.cache/seatrial/sources" },
    },
  );
  const { realMs } = JSON.parse(output) as { realMs: number };
  return { runMs: realMs, wholeMs: performance.now() - startedMs };
}

/** The median of each figure. */
function middle(figures: readonly Figures[]): Figures {
  const median = (of: (each: Figures) => number) =>
    figures.map(of).toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
  return { runMs: median(({ runMs }) => runMs), wholeMs: median(({ wholeMs }) => wholeMs) };
}
