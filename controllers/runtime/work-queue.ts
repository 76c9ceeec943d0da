import type { Clock, TimerHandle } from "./clock.ts";
import { DelayHeap } from "./delay-heap.ts";
import { RetryLimiter } from "./rate-limiter.ts";

export interface WorkQueueMetrics {
  added(): void;
  retried(): void;
  depth(depth: number): void;
  /** Ms between a key's first add and its start. */
  waited(ms: number): void;
}

export interface WorkQueueOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Divides every delay; a factory that runs faster than life sets it. */
  readonly delayScale?: number;
  /** A key starts no sooner than this after its last start: what happens meanwhile is answered by one reconcile. */
  readonly intervalMs?: number;
  readonly metrics?: WorkQueueMetrics;
}

/**
 * Keys to reconcile: each is in the queue at most once and worked on by one worker at most. A key that is added while it is
 * worked on, or too soon after it was, comes again afterwards, so no change is lost. One timer serves all delayed keys.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #ready = new Set<string>();
  readonly #active = new Set<string>();
  /** Added while active. */
  readonly #again = new Set<string>();
  readonly #delayed = new DelayHeap();
  /** When a key that was started lately may start again, in the order of the starts. */
  readonly #restsUntilMs = new Map<string, number>();
  readonly #limiter: RetryLimiter;
  readonly #addedMs = new Map<string, number>();
  #timer: TimerHandle;
  #timerDueMs: number | undefined;
  #onReady: () => void = () => undefined;
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#limiter = new RetryLimiter(options.clock);
  }

  /** Called whenever a key has become ready. */
  onReady(listener: () => void): void {
    this.#onReady = listener;
  }

  get depth(): number {
    return this.#ready.size;
  }

  get activeCount(): number {
    return this.#active.size;
  }

  get delayedCount(): number {
    return this.#delayed.size;
  }

  add(key: string): void {
    if (this.#closed) return;
    if (this.#active.has(key)) {
      this.#again.add(key);
      return;
    }
    if (this.#ready.has(key)) return;
    const restsUntilMs = this.#restsUntilMs.get(key);
    if (restsUntilMs !== undefined && restsUntilMs > this.#options.clock.now()) {
      this.#delay(key, restsUntilMs);
      return;
    }
    this.#ready.add(key);
    if (this.#options.metrics !== undefined) this.#addedMs.set(key, this.#options.clock.now());
    this.#options.metrics?.added();
    this.#options.metrics?.depth(this.#ready.size);
    this.#onReady();
  }

  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    const scaledMs = delayMs / (this.#options.delayScale ?? 1);
    if (scaledMs <= 0) {
      this.add(key);
      return;
    }
    this.#delay(key, this.#options.clock.now() + scaledMs);
  }

  #delay(key: string, dueMs: number): void {
    this.#delayed.add(key, dueMs);
    this.#arm();
  }

  /** Puts a failed key back with back-off, on top of its interval. */
  addRateLimited(key: string): void {
    this.#options.metrics?.retried();
    this.addAfter(key, (this.#options.intervalMs ?? 0) + this.#limiter.nextDelayMs(key));
  }

  /** The key has succeeded: its next failure starts with the shortest delay again. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  failures(key: string): number {
    return this.#limiter.failures(key);
  }

  /** The oldest ready key, now active; call `finish` when the work on it has ended. */
  take(): string | undefined {
    const [key] = this.#ready;
    if (key === undefined) return undefined;
    this.#ready.delete(key);
    this.#active.add(key);
    this.#rest(key);
    const { metrics, clock } = this.#options;
    metrics?.depth(this.#ready.size);
    metrics?.waited(clock.now() - (this.#addedMs.get(key) ?? clock.now()));
    this.#addedMs.delete(key);
    return key;
  }

  #rest(key: string): void {
    const { intervalMs = 0, delayScale = 1, clock } = this.#options;
    if (intervalMs === 0) return;
    const nowMs = clock.now();
    for (const [old, untilMs] of this.#restsUntilMs) {
      if (untilMs > nowMs) break;
      this.#restsUntilMs.delete(old);
    }
    this.#restsUntilMs.set(key, nowMs + intervalMs / delayScale);
  }

  finish(key: string): void {
    this.#active.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  /** Nothing more becomes ready; what is active may finish. */
  close(): void {
    this.#closed = true;
    this.#ready.clear();
    this.#again.clear();
    this.#delayed.clear();
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** For the deadlock report: what is waited for. */
  describe(): readonly string[] {
    const { name, clock } = this.#options;
    return [
      ...[...this.#active].map((key) => `${name} ${key}: being reconciled`),
      ...[...this.#ready].map((key) => `${name} ${key}: ready`),
      ...this.#delayed
        .describe()
        .map(({ key, dueMs }) => `${name} ${key}: due in ${(dueMs - clock.now()) / 1000} s`),
    ];
  }

  #arm(): void {
    const dueMs = this.#delayed.peekMs();
    if (dueMs === undefined || (this.#timerDueMs !== undefined && this.#timerDueMs <= dueMs))
      return;
    const { clock, name } = this.#options;
    clock.clearTimeout(this.#timer);
    this.#timerDueMs = dueMs;
    this.#timer = clock.setTimeout(() => this.#fire(), dueMs - clock.now(), `queue ${name}`);
  }

  #fire(): void {
    this.#timerDueMs = undefined;
    // A real timer may fire a fraction of a millisecond early: then nothing is due, and it is armed again.
    const nowMs = this.#options.clock.now();
    for (
      let key = this.#delayed.popDue(nowMs);
      key !== undefined;
      key = this.#delayed.popDue(nowMs)
    ) {
      this.add(key);
    }
    this.#arm();
  }
}
