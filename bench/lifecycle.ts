import { fileURLToPath } from "node:url";
import { loadScenario } from "seatrial/runner/load-scenario.ts";
import { runScenario } from "seatrial/runner/run-scenario.ts";

const runs = 5;
const goals = { wire: 300, past: 1_000, ratio: 10_000 };

/** Whole lives of a cluster per minute, on one core: with the AWS wire real, and past it. */
export async function benchmarkLifecycle(): Promise<readonly string[]> {
  const loaded = loadScenario(fileURLToPath(new URL("lifecycle.yaml", import.meta.url)));
  const measure = async (awsWire: boolean) => {
    let virtualMs = 0;
    let realMs = 0;
    // The first run compiles the code; it is not counted.
    for (let run = 0; run <= runs; run += 1) {
      const startedMs = performance.now();
      const result = await runScenario(loaded, { seed: `bench-${run}`, awsWire });
      const [violation] = result.violations;
      if (violation !== undefined) throw new Error(`the run failed: ${violation.message}`);
      if (run === 0) continue;
      realMs += performance.now() - startedMs;
      virtualMs += result.virtualMs;
    }
    return { perMinute: (runs * 60_000) / realMs, ratio: virtualMs / realMs };
  };
  const wire = await measure(true);
  const past = await measure(false);
  return [
    `with the AWS wire: ${wire.perMinute.toFixed(1)} lives/min (goal ${goals.wire})`,
    `past the AWS wire: ${past.perMinute.toFixed(1)} lives/min (goal ${goals.past}), ${(past.perMinute / wire.perMinute).toFixed(2)} times as many`,
    `virtual : real time: ${Math.round(wire.ratio).toLocaleString("en-US")} : 1 (goal ${goals.ratio.toLocaleString("en-US")} : 1)`,
  ];
}
