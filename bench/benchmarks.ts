import { benchmarkApiServer } from "./api-server.ts";
import { benchmarkAdapters } from "./aws-adapters.ts";
import { benchmarkAgainstMoto } from "./aws-against-moto.ts";
import { benchmarkClusters } from "./clusters.ts";
import { benchmarkCoreAtScale } from "./core-scale.ts";
import { benchmarkFirstRun } from "./first-run.ts";
import { benchmarkKernel } from "./kernel.ts";
import { benchmarkLifecycle } from "./lifecycle.ts";
import { benchmarkReport } from "./report.ts";

export interface Benchmark {
  readonly name: string;
  /** One line per figure, with its target from the design where there is one. */
  readonly measure: () => Promise<readonly string[]>;
}

export const benchmarks: readonly Benchmark[] = [
  { name: "kernel", measure: benchmarkKernel },
  { name: "api-server", measure: benchmarkApiServer },
  { name: "aws-adapters", measure: benchmarkAdapters },
  { name: "aws-against-moto", measure: benchmarkAgainstMoto },
  { name: "first-run", measure: benchmarkFirstRun },
  { name: "lifecycle", measure: benchmarkLifecycle },
  { name: "clusters", measure: benchmarkClusters },
  { name: "report", measure: benchmarkReport },
  { name: "core-at-scale", measure: () => benchmarkCoreAtScale() },
];
