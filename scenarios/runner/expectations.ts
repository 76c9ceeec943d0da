import { requireDuration } from "./duration.ts";
import { parseQuestion } from "./expressions.ts";
import type { Expectation, StandingExpectation } from "./scenario.ts";
import type { Stage, Timeline } from "./timeline.ts";

export interface ExpectationsOptions {
  readonly file: string;
  readonly world: Stage;
  readonly timeline: Timeline;
  readonly violate: (message: string) => void;
}

/** What a scenario itself expects, besides the promises about every run. */
export class Expectations {
  readonly #options: ExpectationsOptions;

  constructor(options: ExpectationsOptions) {
    this.#options = options;
  }

  /** Schedules a timed expectation; one for the end is handed back. */
  schedule({ time, expr, because }: Expectation, place: string): readonly (() => void)[] {
    const { file, world, violate } = this.#options;
    const question = parseQuestion(expr, `${file}: ${place}`);
    const check = () => {
      if (!question.ask(world.snapshot())) violate(`at ${time}, not true: ${expr}${why(because)}`);
    };
    if (time === "end") return [check];
    world.kernel.clock.setTimeout(check, requireDuration(time), "expectation");
    return [];
  }

  /** Looks after every second in which anything has changed, until it does not hold: that is reported once. */
  hold({ expr, from, until, because }: StandingExpectation, place: string): void {
    const { file, timeline, violate } = this.#options;
    const question = parseQuestion(expr, `${file}: ${place}`);
    let over = false;
    if (until !== undefined) timeline.onStep(until, () => (over = true));
    timeline.onStep(from, () => {
      timeline.when(
        (snapshot) => over || !question.ask(snapshot),
        "standing expectation",
        () => {
          if (!over) violate(`not true all the time: ${expr}${why(because)}`);
        },
      );
    });
  }
}

const why = (because: string | undefined): string => (because === undefined ? "" : ` (${because})`);
