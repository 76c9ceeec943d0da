import { formatTime } from "./clock.ts";
import { KeyedRandom } from "./random.ts";
import { Trace } from "./trace.ts";
import { VirtualClock } from "./virtual-clock.ts";

// Captured before a world replaces the globals.
const realSetImmediate = setImmediate;

/** Everybody waits and nothing can happen any more: a lost wake-up, or a scenario that expects the impossible. */
export class DeadlockError extends Error {
  override readonly name = "DeadlockError";
}

/** The run did not get there within its virtual time or its number of steps. */
export class HorizonError extends Error {
  override readonly name = "HorizonError";
}

export interface KernelOptions {
  readonly seed: string;
  /** Ms since the epoch at which virtual time starts; 2026-01-05T08:00:00Z if not given. */
  readonly startMs?: number;
  /** False keeps only the hash of the trace: for many runs. */
  readonly keepTrace?: boolean;
}

export interface RunOptions {
  /** Virtual ms that the run may take. */
  readonly horizonMs: number;
  /** Timers that the run may fire: stops a hot loop that never lets time pass. */
  readonly maxSteps?: number;
  /** What the run waits for, in words, for the error that says that it did not come. */
  readonly waitingFor?: string;
}

interface External {
  settled: boolean;
  deliver: () => void;
}

const defaultStartMs = 1_767_600_000_000;
const defaultMaxSteps = 50_000_000;

/**
 * Virtual time, keyed randomness and the trace of one run. The loop is: one real `setImmediate` turn, after which
 * promise-only code is quiescent by the rules of the event loop, then the next timer. Nothing inside may use sockets, files
 * or thread-pool work: what must be real goes through `external`, which holds the clock.
 */
export class Kernel {
  readonly clock: VirtualClock;
  readonly random: KeyedRandom;
  readonly trace: Trace;
  readonly seed: string;
  readonly startMs: number;
  readonly #externals: External[] = [];
  readonly #reporters: (() => readonly string[])[] = [];
  #steps = 0;
  #failure: unknown;

  constructor(options: KernelOptions) {
    this.seed = options.seed;
    this.startMs = options.startMs ?? defaultStartMs;
    this.clock = new VirtualClock({ startMs: this.startMs, seed: options.seed });
    this.random = new KeyedRandom(options.seed);
    this.trace = new Trace(() => this.clock.now() - this.startMs, {
      keepRecords: options.keepTrace ?? true,
    });
  }

  get steps(): number {
    return this.#steps;
  }

  /** Lets time pass until the condition holds. It is asked between timers, when all promises have settled. */
  async run(until: () => boolean, options: RunOptions): Promise<void> {
    const endMs = this.clock.now() + options.horizonMs;
    const lastStep = this.#steps + (options.maxSteps ?? defaultMaxSteps);
    for (;;) {
      await turn();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#externals.length > 0) {
        this.#deliverExternal();
        continue;
      }
      if (until()) return;
      this.#assertWithin(endMs, lastStep, options);
      this.#steps += 1;
      this.clock.step();
    }
  }

  /** Lets exactly this much virtual time pass. */
  async runFor(ms: number): Promise<void> {
    let over = false;
    this.clock.setTimeout(() => (over = true), ms, "run for");
    await this.run(() => over, { horizonMs: ms + 1 });
  }

  /** Runs until the promise settles, and hands on its outcome. */
  async complete<T>(promise: Promise<T>, options: RunOptions): Promise<T> {
    let settled = false;
    const settle = () => (settled = true);
    promise.then(settle, settle);
    await this.run(() => settled, options);
    return promise;
  }

  /**
   * Real work inside a simulation: virtual time stands still until it is done, and several results are delivered in the
   * order in which the work was begun, so its real duration cannot be seen.
   */
  external<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: External = { settled: false, deliver: () => undefined };
      const settle = (deliver: () => void) => {
        entry.deliver = deliver;
        entry.settled = true;
      };
      work.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
      this.#externals.push(entry);
    });
  }

  /** Parts that can wait for something say what, for the deadlock report. */
  onDeadlock(describe: () => readonly string[]): void {
    this.#reporters.push(describe);
  }

  /** Ends the run with this error at the next turn: for failures in code that nobody awaits. */
  fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** The first, once it is settled: the others wait for it. */
  #deliverExternal(): void {
    if (this.#externals[0]?.settled === true) this.#externals.shift()?.deliver();
  }

  #assertWithin(endMs: number, lastStep: number, options: RunOptions): void {
    const nextMs = this.clock.nextDueMs();
    const goal = options.waitingFor ?? "the run's condition";
    if (nextMs !== undefined && nextMs <= endMs && this.#steps < lastStep) return;
    const at = `${formatTime(this.clock.now())} (seed ${this.seed}, step ${this.#steps})`;
    if (nextMs === undefined) {
      const waits = this.#reporters.flatMap((describe) => describe());
      throw new DeadlockError(
        `deadlock at ${at}: still waiting for ${goal}, and no timer is set.` +
          waits.map((line) => `\n  - ${line}`).join(""),
      );
    }
    if (nextMs > endMs) {
      throw new HorizonError(
        `${goal} did not come within ${options.horizonMs / 1000} s of virtual time; stopped at ${at}. Next:` +
          this.clock
            .describePending(8)
            .map((line) => `\n  - ${line}`)
            .join(""),
      );
    }
    throw new HorizonError(`${goal} did not come within ${lastStep} steps; stopped at ${at}`);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => realSetImmediate(resolve));
}
