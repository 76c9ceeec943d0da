import type { Clock, TimerHandle } from "../../kernel/clock.ts";

export interface LoopOptions {
  readonly clock: Clock;
  /** What periods and times to look again are measured with, where delays are scaled; `clock` if not given. */
  readonly wallClock?: Clock;
  readonly name: string;
  /** Does everything that there is to do at the moment; may say after how many ms it has to look again. */
  readonly sync: () => Promise<number | undefined | void>;
  /** How long after a change: several changes are then looked at together. */
  readonly delayMs: number;
  /** Looks without a change too; only for what time alone brings about. */
  readonly periodMs?: number;
}

/** What failed (a conflict, no quorum) is looked at again after this long. */
const retryMs = 1_000;

/** A controller that looks at everything whenever something has changed: simple, and never behind. */
export class Loop {
  readonly #options: LoopOptions;
  #timer: TimerHandle;
  #period: TimerHandle;
  #later: TimerHandle;
  #running = false;
  #again = false;
  #closed = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    if (options.periodMs !== undefined) this.#tick(options.periodMs);
  }

  /** Something has changed. */
  poke(): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    const { clock, name, delayMs } = this.#options;
    this.#timer ??= clock.setTimeout(() => this.#run(), delayMs, name);
  }

  close(): void {
    this.#closed = true;
    this.#options.clock.clearTimeout(this.#timer);
    this.#wallClock.clearTimeout(this.#period);
    this.#wallClock.clearTimeout(this.#later);
  }

  get #wallClock(): Clock {
    return this.#options.wallClock ?? this.#options.clock;
  }

  #tick(periodMs: number): void {
    const { name } = this.#options;
    this.#period = this.#wallClock.setTimeout(
      () => {
        if (this.#running) this.#again = true;
        else if (this.#timer === undefined) this.#run();
        this.#tick(periodMs);
      },
      periodMs,
      `${name} period`,
    );
  }

  #run(): void {
    this.#timer = undefined;
    this.#running = true;
    this.#again = false;
    this.#options.sync().then(
      (laterMs) => this.#finish(laterMs ?? undefined),
      () => this.#finish(retryMs),
    );
  }

  #finish(laterMs: number | undefined): void {
    this.#running = false;
    if (this.#closed) return;
    const { name } = this.#options;
    this.#wallClock.clearTimeout(this.#later);
    this.#later =
      laterMs === undefined
        ? undefined
        : this.#wallClock.setTimeout(() => this.poke(), laterMs, `${name} later`);
    if (this.#again) this.poke();
  }
}
