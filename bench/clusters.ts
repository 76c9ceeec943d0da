import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseManifests } from "seatrial/runner/parse-manifests.ts";
import { sayProgress } from "seatrial/runner/progress.ts";
import { runScenario } from "seatrial/runner/run-scenario.ts";
import type { LoadedScenario } from "seatrial/runner/scenario.ts";

const clusters = process.env["SEATRIAL_FULL"] === undefined ? 20 : 1_000;
const workers = 9;
const goal = { clusters: 1_000, minutes: 3, gibibytes: 4 };

/** Many clusters of one control-plane node and nine workers in one process, from nothing to Ready, the whole house real. */
export async function benchmarkClusters(): Promise<readonly string[]> {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const result = await runScenario(manyClusters(), {
    seed: "bench",
    // To standard error: the figures alone are the result.
    onProgress: sayProgress((line) => process.stderr.write(`${line}\n`), 30),
  });
  const realSeconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const [violation] = result.violations;
  if (violation !== undefined) throw new Error(`the run failed: ${violation.message}`);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const { rss } = process.memoryUsage();
  return [
    `${clusters} clusters of ${1 + workers} Machines to Ready: ${realSeconds.toFixed(1)} s real, ${cpuSeconds.toFixed(1)} s CPU, ` +
      `${(rss / 2 ** 30).toFixed(2)} GiB; ${((1_000 * cpuSeconds) / clusters).toFixed(0)} ms CPU each ` +
      `(goal ${goal.clusters.toLocaleString("en-US")} in ${goal.minutes} min, ${goal.gibibytes} GiB: ${(goal.minutes * 60_000) / goal.clusters} ms each)`,
  ];
}

function manyClusters(): LoadedScenario {
  const file = fileURLToPath(new URL("../examples/small.yaml", import.meta.url));
  const text = readFileSync(file, "utf8");
  const grown = text.replace(/(kind: MachineDeployment[\s\S]*?replicas: )1/, `$1${workers}`);
  const one = parseManifests(grown, file);
  const manifests = Array.from({ length: clusters }, (_, index) => index).flatMap((index) =>
    one.map(
      (manifest) =>
        JSON.parse(JSON.stringify(manifest).replaceAll("small", `c${index}`)) as typeof manifest,
    ),
  );
  return {
    file,
    manifests: new Map([["all", manifests]]),
    scenario: {
      apiVersion: "seatrial/v1",
      kind: "Scenario",
      metadata: { name: "many-clusters" },
      clock: { horizon: "48h", settle: "24h" },
      world: { manifests: ["all"], cloud: { profile: "lenient" } },
    },
  };
}
