import process from "node:process";
import { formatCount } from "./count.ts";
import { formatDuration } from "./duration.ts";

/** How far a run is. */
export interface Progress {
  readonly events: number;
  readonly virtualMs: number;
}

/** Says in a line how far a long run is, once in a while of real time: a simulation has replaced every other clock. */
export function sayProgress(
  say: (line: string) => void,
  everySeconds: number,
): (progress: Progress) => void {
  const started = process.hrtime.bigint();
  let said = 0;
  return ({ events, virtualMs }) => {
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    if (seconds < said + everySeconds) return;
    said = seconds;
    const count = formatCount(events);
    say(
      `${formatDuration(virtualMs)} of virtual time, ${count} events, after ${seconds.toFixed(0)} s`,
    );
  };
}
