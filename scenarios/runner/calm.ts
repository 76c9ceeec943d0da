import type { TraceRecord } from "@seatrial/fakecloud/kernel/trace.ts";

/** What polling explains: a connection to a workload cluster is probed every ten seconds. */
const mostReconcilesPerMinute = 7;

/** Counts what happens while nothing has to happen: API-1, no hot loop, and no resourceVersion moves at rest. */
export class Calm {
  readonly #writes = new Map<string, number>();
  readonly #reconciles = new Map<string, number>();

  onRecord({ kind, actor, object, verb, detail }: TraceRecord): void {
    if (kind === "kube.write") {
      const { cluster } = detail as { readonly cluster: string };
      count(this.#writes, `${verb} ${object} by ${actor} in ${cluster}`);
    }
    if (kind === "reconcile") count(this.#reconciles, `${actor} ${object}`);
  }

  /** What happened in `ms` of a rest that was none. */
  problems(ms: number): readonly string[] {
    const most = (mostReconcilesPerMinute * ms) / 60_000;
    const writes = [...this.#writes].map(([what, times]) => `${times} × ${what}`);
    const loops = [...this.#reconciles]
      .filter(([, times]) => times > most)
      .map(([what, times]) => `${times} reconciles of ${what}`);
    return [...writes, ...loops];
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
