import type { Clock } from "@seatrial/fakecloud/kernel/clock.ts";

/** Delays are shorter by the factor; the time of day is the real one. */
export function scaledClock(clock: Clock, scale: number): Clock {
  return {
    now: () => clock.now(),
    delayScale: scale,
    setTimeout: (callback, delayMs, label) => clock.setTimeout(callback, delayMs / scale, label),
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
}
