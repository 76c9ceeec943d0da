import { type Clock, timeOfDelay } from "../kernel/clock.ts";

/** What happens to a resource later, as data and not as a closure, so that it survives the process. */
export interface Transition {
  /** Name of a step that was defined: "ec2/instanceRuns". */
  readonly step: string;
  readonly args: readonly string[];
}

export interface PendingTransition extends Transition {
  readonly label: string;
  /** In ms since the epoch. */
  readonly dueAtMs: number;
}

export type TransitionStep = (...args: string[]) => void;

/** Everything that the fake AWS has promised to do later. */
export class Transitions {
  readonly #clock: Clock;
  readonly #onDone: () => void;
  readonly #steps = new Map<string, TransitionStep>();
  /** By a number that orders them. */
  readonly pending = new Map<string, PendingTransition>();
  readonly #timers = new Set<unknown>();
  #last = 0;

  constructor(clock: Clock, onDone: () => void = () => undefined) {
    this.#clock = clock;
    this.#onDone = onDone;
  }

  define(steps: Readonly<Record<string, TransitionStep>>): void {
    for (const [name, step] of Object.entries(steps)) this.#steps.set(name, step);
  }

  /** At once, and in the same turn, without a delay. */
  after(delayMs: number, label: string, transition: Transition): void {
    if (!this.#steps.has(transition.step)) throw new Error(`no step ${transition.step} is defined`);
    if (delayMs === 0) {
      this.#run(transition);
      return;
    }
    this.#last += 1;
    const dueAtMs = this.#clock.now() + timeOfDelay(this.#clock, delayMs);
    this.#wait(String(this.#last), { ...transition, label, dueAtMs }, delayMs);
  }

  /** What an earlier process has promised; what was due meanwhile happens in its order. */
  restore(): void {
    const saved = [...this.pending].toSorted(([, a], [, b]) => a.dueAtMs - b.dueAtMs);
    this.#last = Math.max(0, ...saved.map(([key]) => Number(key)));
    const scale = this.#clock.delayScale ?? 1;
    for (const [key, transition] of saved) {
      const delayMs = Math.max(0, transition.dueAtMs - this.#clock.now()) * scale;
      this.#wait(key, transition, delayMs);
    }
  }

  close(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #wait(key: string, transition: PendingTransition, delayMs: number): void {
    this.pending.set(key, transition);
    const timer = this.#clock.setTimeout(
      () => {
        this.#timers.delete(timer);
        this.pending.delete(key);
        this.#run(transition);
        this.#onDone();
      },
      delayMs,
      transition.label,
    );
    this.#timers.add(timer);
  }

  #run({ step, args }: Transition): void {
    this.#steps.get(step)?.(...args);
  }
}
