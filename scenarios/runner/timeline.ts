import { sleep } from "@seatrial/fakecloud/kernel/clock.ts";
import type { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { requireDuration } from "./duration.ts";
import { parseQuestion, type Question } from "./expressions.ts";
import { type Action, actionNames, type Step } from "./scenario.ts";
import type { Snapshot } from "./snapshot.ts";

/** What steps act on and expressions look at. */
export interface Stage {
  readonly kernel: Kernel;
  perform(action: Action): Promise<void>;
  snapshot(): Snapshot;
  /** Grows with every change that a snapshot could show. */
  changes(): number;
}

const pollMs = 1_000;

/** Performs the steps of a scenario, each at its time, and waits for conditions. */
export class Timeline {
  readonly #stage: Stage;
  readonly #file: string;
  readonly #afterStep = new Map<string, readonly (() => void)[]>();
  #outstanding = 0;

  constructor(stage: Stage, file: string) {
    this.#stage = stage;
    this.#file = file;
  }

  /** True when every step has been performed. */
  get over(): boolean {
    return this.#outstanding === 0;
  }

  schedule(steps: readonly Step[]): void {
    this.#outstanding += steps.length;
    for (const [index, step] of steps.entries()) {
      const name = step.id ?? `steps[${index}]`;
      this.#whenDue(step, name, () => {
        this.#perform(step, name).catch((error: unknown) => this.#stage.kernel.fail(error));
      });
    }
  }

  /** Calls back when the step has been performed; at once for no step. */
  onStep(name: string | undefined, then: () => void): void {
    if (name === undefined) then();
    else this.#afterStep.set(name, [...(this.#afterStep.get(name) ?? []), then]);
  }

  /** Calls back once the condition holds; it is looked at only when something has changed. */
  when(holds: (snapshot: Snapshot) => boolean, label: string, then: () => void): void {
    let seen = -1;
    const look = () => {
      const changes = this.#stage.changes();
      if (changes !== seen && holds(this.#stage.snapshot())) {
        then();
        return;
      }
      seen = changes;
      this.#stage.kernel.clock.setTimeout(look, pollMs, label);
    };
    look();
  }

  #whenDue(step: Step, name: string, then: () => void): void {
    const { clock } = this.#stage.kernel;
    const afterwards = (plus = "0s") => clock.setTimeout(then, requireDuration(plus), name);
    if (step.at !== undefined) {
      afterwards(step.at);
    } else if (step.after !== undefined) {
      const { step: earlier, plus } = step.after;
      this.onStep(earlier, () => void afterwards(plus));
    } else if (step.when !== undefined) {
      const { expr, plus } = step.when;
      const question: Question = parseQuestion(expr, `${this.#file}: ${name}`);
      this.when(
        (snapshot) => question.ask(snapshot),
        name,
        () => afterwards(plus),
      );
    }
  }

  async #perform(step: Step, name: string): Promise<void> {
    const verb = actionNames.find((action) => step[action] !== undefined) ?? "fault";
    this.#stage.kernel.trace.record({
      kind: "step",
      actor: "scenario",
      object: name,
      verb,
      detail: step[verb as keyof Action],
    });
    await this.#stage.perform(step);
    if (step.repeat !== undefined) await this.#repeat(step, step.repeat);
    for (const next of this.#afterStep.get(name) ?? []) next();
    await this.#outlast(step);
    this.#outstanding -= 1;
  }

  /** A fault that ends by itself is over before calm begins. */
  async #outlast({ fault }: Step): Promise<void> {
    if (fault?.for === undefined) return;
    await sleep(this.#stage.kernel.clock, requireDuration(fault.for), { label: "end of a fault" });
  }

  async #repeat(step: Step, { every, for: duration }: NonNullable<Step["repeat"]>): Promise<void> {
    const { clock } = this.#stage.kernel;
    const endMs = clock.now() + requireDuration(duration);
    const everyMs = requireDuration(every);
    while (clock.now() + everyMs <= endMs) {
      await sleep(clock, everyMs, { label: "repeated step" });
      await this.#stage.perform(step);
    }
  }
}
