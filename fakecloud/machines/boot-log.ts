import { formatTime, type Clock } from "../kernel/clock.ts";

export interface BootLogLine {
  readonly atMs: number;
  readonly text: string;
}

/** What a serial console would show: one line per thing that happened, never a secret. */
export class BootLog {
  readonly #clock: Clock;
  readonly #lines: BootLogLine[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  write(text: string): void {
    const atMs = this.#clock.now();
    for (const line of text.split("\n")) this.#lines.push({ atMs, text: line });
  }

  /** What a machine printed before the process that simulates it was started anew. */
  restore(lines: readonly BootLogLine[]): void {
    this.#lines.push(...lines);
  }

  get lines(): readonly BootLogLine[] {
    return this.#lines;
  }

  toText(): string {
    return this.#lines.map(({ atMs, text }) => `${formatTime(atMs)} ${text}\n`).join("");
  }
}
