import { benchmarkCoreAtScale } from "./core-scale.ts";
import { benchmarkKernel } from "./kernel.ts";

export interface Benchmark {
  readonly name: string;
  /** One line per figure, with its target from the design where there is one. */
  readonly measure: () => Promise<readonly string[]>;
}

export const benchmarks: readonly Benchmark[] = [
  { name: "kernel", measure: benchmarkKernel },
  { name: "core-at-scale", measure: () => benchmarkCoreAtScale() },
];
