import { formatSpan } from "./format-time.ts";
import type { RecordedViolation, Recording } from "./recording.ts";

export interface Verdict {
  readonly isFine: boolean;
  /** One sentence. */
  readonly words: string;
  /** What stands behind it. */
  readonly proof: string;
}

/** What was wrong, without what the event and the promise say already. */
export function wrongOf(recording: Recording, { id, message, event }: RecordedViolation): string {
  const promise = recording.promises.find((one) => one.id === id)?.promise ?? "";
  const wrong = promise === "" ? message : message.replace(` (${promise})`, "");
  return event === undefined ? wrong : wrong.replace(/^[^:]*: /, "");
}

export function describeVerdict({ run, promises, events }: Recording): Verdict {
  const { violations, convergedMs } = run;
  const asked = promises.filter(({ excepted }) => excepted === undefined).length;
  const excepted = promises.length - asked;
  const held = `${asked} promises were watched over ${events.atMs.length.toLocaleString("en-US")} events`;
  const without =
    excepted === 0
      ? ""
      : `; ${excepted} ${excepted === 1 ? "was" : "were"} not asked, for the reasons below`;
  const converged =
    convergedMs === null ? "" : `, and all had converged after ${formatSpan(convergedMs)}`;
  if (violations.length === 0) {
    return {
      isFine: true,
      words: "Every promise was kept.",
      proof: `${held}${converged}${without}.`,
    };
  }
  const ids = [...new Set(violations.map(({ id }) => id))];
  const words =
    ids.length === 1
      ? `A promise was broken: ${ids[0]}.`
      : `${ids.length} promises were broken: ${ids.join(", ")}.`;
  const times = violations.length === 1 ? "once" : `${violations.length} times`;
  return { isFine: false, words, proof: `Broken ${times}; ${held}${converged}${without}.` };
}
