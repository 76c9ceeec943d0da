import type { RunResult } from "../runner/run-scenario.ts";

/** One run of many. */
export interface BatchRun {
  readonly name: string;
  readonly seed: string;
  readonly replay: string;
  readonly realMs: number;
  readonly result: Omit<RunResult, "trace">;
}

/** Runs that broke the same promise by the hand of the same author: most likely one cause. */
export interface Bucket {
  readonly id: string;
  readonly author: string;
  readonly runs: readonly BatchRun[];
  /** What the first of them said. */
  readonly message: string;
}

/** The most frequent first. A run counts once for each promise and author, however often it broke it. */
export function bucketsOf(runs: readonly BatchRun[]): readonly Bucket[] {
  const buckets = new Map<
    string,
    { id: string; author: string; runs: BatchRun[]; message: string }
  >();
  for (const run of runs) {
    for (const { id, message } of run.result.violations) {
      const author = authorOf(message);
      const key = `${id} ${author}`;
      const bucket = buckets.get(key) ?? { id, author, runs: [], message };
      buckets.set(key, bucket);
      if (!bucket.runs.includes(run)) bucket.runs.push(run);
    }
  }
  return [...buckets.values()].toSorted((a, b) => b.runs.length - a.runs.length);
}

/** A violation names who wrote: "… by seatrial-manager/machineset in management: …". */
function authorOf(message: string): string {
  const written = / by ([\w./:-]+) in [\w./-]+: /.exec(message)?.[1];
  if (written !== undefined) return written.replace("seatrial-manager/", "");
  return message.startsWith("instance ") ? "the cloud" : "nobody in particular";
}

/** How long the runs of one story took to converge, in virtual ms. */
export interface Spread {
  readonly name: string;
  readonly runs: number;
  readonly broken: number;
  /** Sorted; without the runs that never did. */
  readonly convergedMs: readonly number[];
}

export function spreadsOf(runs: readonly BatchRun[]): readonly Spread[] {
  return [...Map.groupBy(runs, ({ name }) => name)].map(([name, own]) => ({
    name,
    runs: own.length,
    broken: own.filter(({ result }) => result.violations.length > 0).length,
    convergedMs: own
      .flatMap(({ result }) => (result.convergedMs === undefined ? [] : [result.convergedMs]))
      .toSorted((a, b) => a - b),
  }));
}
