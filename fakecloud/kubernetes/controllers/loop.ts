import type { Clock, TimerHandle } from "../../kernel/clock.ts";

export interface LoopOptions {
  readonly clock: Clock;
  readonly name: string;
  /** Does everything that there is to do at the moment; called again when something changes. */
  readonly sync: () => Promise<void>;
  /** How long after a change: several changes are then looked at together. */
  readonly delayMs: number;
  /** Looks without a change too; only for what time alone brings about. */
  readonly periodMs?: number;
}

/** A controller that looks at everything whenever something has changed: simple, and never behind. */
export class Loop {
  readonly #options: LoopOptions;
  #timer: TimerHandle;
  #period: TimerHandle;
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
    this.#options.clock.clearTimeout(this.#period);
  }

  #tick(periodMs: number): void {
    const { clock, name } = this.#options;
    this.#period = clock.setTimeout(
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
    const finish = () => {
      this.#running = false;
      if (this.#again) this.poke();
    };
    this.#options.sync().then(finish, () => {
      // What failed (a conflict, no quorum) is looked at again after the next delay.
      this.#again = true;
      finish();
    });
  }
}
