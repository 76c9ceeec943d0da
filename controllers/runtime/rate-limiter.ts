import type { Clock } from "./clock.ts";

// controller-runtime's default limiter: per key 5 ms doubling to 1000 s, and 10 per second with a burst of 100 for all.
const baseDelayMs = 5;
const maxDelayMs = 1_000_000;
const retriesPerSecond = 10;
const burst = 100;

/** How long a failed key waits: the longer of its own exponential delay and its turn in a bucket shared by all keys. */
export class RetryLimiter {
  readonly #failures = new Map<string, number>();
  readonly #bucket: TokenBucket;

  constructor(clock: Clock) {
    this.#bucket = new TokenBucket(clock, { perSecond: retriesPerSecond, burst });
  }

  nextDelayMs(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.max(Math.min(maxDelayMs, baseDelayMs * 2 ** failures), this.#bucket.reserve());
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

/** A bucket that may go into debt: who takes a token learns how long to wait for it. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledMs: number;

  constructor(clock: Clock, rate: { readonly perSecond: number; readonly burst: number }) {
    this.#clock = clock;
    this.#perMs = rate.perSecond / 1000;
    this.#burst = rate.burst;
    this.#tokens = rate.burst;
    this.#filledMs = clock.now();
  }

  /** Takes one token; ms until it is there. */
  reserve(): number {
    const nowMs = this.#clock.now();
    const grown = Math.max(0, nowMs - this.#filledMs) * this.#perMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + grown) - 1;
    this.#filledMs = nowMs;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs;
  }
}
