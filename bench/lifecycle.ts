import { fileURLToPath } from "node:url";
import { loadScenario } from "seatrial/runner/load-scenario.ts";
import { runScenario } from "seatrial/runner/run-scenario.ts";

const goals = { wire: 300, past: 1_000, ratio: 10_000 };

interface Measured {
  readonly runs: number;
  readonly virtualMs: number;
  readonly realMs: number;
  /** Of all threads: what one core would have needed. */
  readonly cpuMs: number;
}

/** Whole lives of a cluster per minute, on one core: with the AWS wire real, and past it. And a day of one, most of it at rest. */
export async function benchmarkLifecycle(): Promise<readonly string[]> {
  const wire = perMinute(await measure("lifecycle.yaml", 5, true));
  const past = perMinute(await measure("lifecycle.yaml", 5, false));
  const day = await measure("day.yaml", 1, true);
  return [
    `with the AWS wire: ${wire.toFixed(1)} lives per minute of a core (goal ${goals.wire})`,
    `past the AWS wire: ${past.toFixed(1)} lives per minute of a core (goal ${goals.past}), ${(past / wire).toFixed(2)} times as many`,
    `a day of a cluster, virtual : real time: ${Math.round(day.virtualMs / day.realMs).toLocaleString("en-US")} : 1 (goal ${goals.ratio.toLocaleString("en-US")} : 1)`,
  ];
}

async function measure(file: string, runs: number, awsWire: boolean): Promise<Measured> {
  const loaded = loadScenario(fileURLToPath(new URL(file, import.meta.url)));
  let virtualMs = 0;
  let realMs = 0;
  let cpuMs = 0;
  // The first run compiles the code; it is not counted.
  for (let run = 0; run <= runs; run += 1) {
    const startedMs = performance.now();
    const cpuBefore = process.cpuUsage();
    const result = await runScenario(loaded, { seed: `bench-${run}`, awsWire });
    const [violation] = result.violations;
    if (violation !== undefined) throw new Error(`the run failed: ${violation.message}`);
    if (run === 0) continue;
    realMs += performance.now() - startedMs;
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuMs += (user + system) / 1_000;
    virtualMs += result.virtualMs;
  }
  return { runs, virtualMs, realMs, cpuMs };
}

function perMinute({ runs, cpuMs }: Measured): number {
  return (runs * 60_000) / cpuMs;
}
