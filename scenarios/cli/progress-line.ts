import type { WriteStream } from "node:tty";
import { type Progress, sayProgress } from "../runner/progress.ts";

const onTerminalSeconds = 1;
const inLogSeconds = 30;
const eraseLine = "\r\u001B[K";

export interface ProgressLine {
  readonly onProgress: (progress: Progress) => void;
  /** Takes the line from the screen again. */
  clear(): void;
}

/** How far a run is, on standard error: one line that is written over and over on a terminal, a line now and then in a log. */
export function progressLine(stream: Pick<WriteStream, "isTTY" | "write">): ProgressLine {
  if (!stream.isTTY) {
    const onProgress = sayProgress((line) => stream.write(`  ${line}\n`), inLogSeconds);
    return { onProgress, clear: () => undefined };
  }
  let shown = false;
  const onProgress = sayProgress((line) => {
    shown = true;
    stream.write(`${eraseLine}  ${line}`);
  }, onTerminalSeconds);
  return { onProgress, clear: () => void (shown && stream.write(eraseLine)) };
}
