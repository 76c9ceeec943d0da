import type { AWSCluster } from "../../api/aws/v1beta2.ts";
import type { Clock } from "../../runtime/clock.ts";

/** As long as upstream's waiters stay inside of a step. */
const longestMs = 120_000;

/** A way through the steps, over as many polls as it takes. */
export interface Pass {
  readonly startedMs: number;
  readonly generation: number | undefined;
  readonly deletionTimestamp: string | undefined;
  /** The conditions of the steps that it has been through. */
  readonly steps: Set<string>;
}

/**
 * The passes that wait for something: a poll goes on where its pass waits, as upstream's waiters do, and does not look at everything
 * before that again. An error, a change of the spec, two minutes or a restart make the next one look at everything.
 */
export class WaitingPasses {
  readonly #clock: Clock;
  readonly #passes = new Map<string, Pass>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The pass to go on with, or a new one. Who has to wait again says so with `keep`. */
  take({ metadata }: AWSCluster): Pass {
    const { uid = "", generation, deletionTimestamp } = metadata;
    const pass = this.#passes.get(uid);
    this.#passes.delete(uid);
    const startedMs = this.#clock.now();
    const goesOn =
      pass?.generation === generation &&
      pass?.deletionTimestamp === deletionTimestamp &&
      startedMs - (pass?.startedMs ?? 0) < longestMs;
    return goesOn && pass !== undefined
      ? pass
      : { startedMs, generation, deletionTimestamp, steps: new Set() };
  }

  keep({ metadata }: AWSCluster, pass: Pass): void {
    this.#passes.set(metadata.uid ?? "", pass);
  }
}
