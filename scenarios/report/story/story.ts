import type { Model } from "../model.ts";
import { applied, firstComplete, firstNode, infrastructure, initialization } from "./beginnings.ts";
import { people, waves } from "./changes.ts";
import { convergence, gone, rest, stuck } from "./endings.ts";
import type { Sentence, Teller } from "./sentence.ts";
import { effort, faults, quorums, violations } from "./trouble.ts";

const tellers: readonly Teller[] = [
  applied,
  infrastructure,
  initialization,
  firstNode,
  firstComplete,
  people,
  faults,
  waves,
  quorums,
  violations,
  gone,
  convergence,
  stuck,
  rest,
  effort,
];

const mostSentences = 10;

/** What happened, in five to ten sentences, in the order in which it did. */
export function tellStory(model: Model): readonly Sentence[] {
  return tellers
    .flatMap((tell) => tell(model))
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, mostSentences)
    .toSorted((a, b) => a.atMs - b.atMs || a.event - b.event);
}
