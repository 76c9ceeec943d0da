import type { Clock, TimerHandle } from "./clock.ts";
import { type Timer, TimerHeap } from "./timer-heap.ts";

/**
 * Time that moves only when somebody steps it. Timers are ordered by (time, tie, sequence): the tie is drawn from the seed,
 * the label and the time, so seeds explore different orders among actors that act in the same millisecond, while timers of
 * one label (one stream, one queue) never overtake each other.
 */
export class VirtualClock implements Clock {
  readonly #heap = new TimerHeap();
  readonly #tieSeed: number;
  #nowMs: number;
  #sequence = 0;

  constructor(options: { readonly startMs: number; readonly seed: string }) {
    this.#nowMs = options.startMs;
    this.#tieSeed = hash32(options.seed, 0);
  }

  now(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number, label = ""): TimerHandle {
    if (!Number.isFinite(delayMs)) throw new RangeError(`not a delay: ${delayMs} ms (${label})`);
    const dueMs = this.#nowMs + Math.max(0, Math.ceil(delayMs));
    const timer: Timer = {
      dueMs,
      tie: hash32(label, this.#tieSeed ^ dueMs),
      sequence: this.#sequence,
      label,
      callback,
      cancelled: false,
    };
    this.#sequence += 1;
    this.#heap.push(timer);
    return timer;
  }

  clearTimeout(handle: TimerHandle): void {
    if (handle !== undefined && handle !== null) this.#heap.cancel(handle as Timer);
  }

  /** Jumps to the next timer and runs it; false if there is none. */
  step(): boolean {
    const timer = this.#heap.pop();
    if (timer === undefined) return false;
    this.#nowMs = timer.dueMs;
    timer.callback();
    return true;
  }

  get pendingTimers(): number {
    return this.#heap.size;
  }

  nextDueMs(): number | undefined {
    return this.#heap.peekDueMs();
  }

  /** "12.3 s: lease renewal", soonest first: who waits for what. */
  describePending(most = 20): readonly string[] {
    return this.#heap
      .live()
      .toSorted((a, b) => a.dueMs - b.dueMs || a.sequence - b.sequence)
      .slice(0, most)
      .map((timer) => `in ${(timer.dueMs - this.#nowMs) / 1000} s: ${timer.label || "(unnamed)"}`);
  }
}

/** 32-bit FNV-1a with a final mix: the same on every machine, and cheap enough for every timer. */
function hash32(text: string, start: number): number {
  let hash = (start ^ 0x811c9dc5) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // Without the mix, short labels that differ in one letter would keep one order for most seeds.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
