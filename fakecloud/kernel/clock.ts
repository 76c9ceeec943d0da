/** What a timer is known by; opaque to callers. */
export type TimerHandle = unknown;

/**
 * The only source of time. `now` is in ms since the Unix epoch. `label` says in a few words what is being waited for;
 * a simulation prints it when everybody waits and nothing can happen.
 */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, delayMs: number, label?: string): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
  /** How many times faster than `now` delays pass (`seatrial up`); 1 where it is absent. */
  readonly delayScale?: number;
}

/** By how much the time of day moves on while a delay passes. */
export function timeOfDelay(clock: Clock, delayMs: number): number {
  return delayMs / (clock.delayScale ?? 1);
}

export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.max(0, delayMs)),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/**
 * Resolves after `delayMs`; rejects with the signal's reason if it is aborted first. An aborted wait leaves no timer.
 */
export function sleep(
  clock: Clock,
  delayMs: number,
  options: { readonly label?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { label, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      clock.clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimeout(
      () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      },
      delayMs,
      label,
    );
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

let lastSecond = Number.NaN;
let lastText = "";

/** RFC 3339 in whole seconds, as metav1.Time is written ("2026-01-05T08:00:00Z"). Many writes share a second: it is kept. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().replace(".000Z", "Z");
    lastSecond = second;
  }
  return lastText;
}

/** RFC 3339 with six decimals, as metav1.MicroTime is written (Leases, Events). */
export function formatMicroTime(ms: number): string {
  const whole = Math.floor(ms);
  const millisecond = `${((whole % 1000) + 1000) % 1000}`.padStart(3, "0");
  return `${formatTime(whole).slice(0, -1)}.${millisecond}000Z`;
}

/** Ms since the epoch, or undefined for text that is no RFC 3339 time. */
export function parseTime(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** For interfaces that speak in Date objects, such as the AWS SDK's types. */
export function toDate(ms: number): Date {
  return new Date(ms);
}
