import { expect, onTestFinished, test } from "vitest";
import { MistakenCluster, type Sight } from "./mistaken-cluster.ts";
import { type Mistake, mistakes } from "./tables/mistakes.ts";

/** kubeadm waits for five minutes at most, a health check of the table for ten. */
const longestMs = 15 * 60_000;
/** Every boot log ends with a few words about the end itself. */
const lastWords = 7;

async function make(mistake: Mistake): Promise<MistakenCluster> {
  const cluster = new MistakenCluster(mistake.extra);
  onTestFinished(() => cluster.close());
  const { before, when, act, workers } = mistake;
  await cluster.start();
  await before?.(cluster.console);
  const { without = [], edit = [] } = mistake;
  await cluster.apply({ without, edit });
  if (when !== undefined) {
    await cluster.until(when);
    await cluster.pause();
    await cluster.run(Promise.resolve(act?.(cluster.console)));
  }
  if (workers !== undefined) await cluster.scaleWorkers(workers);
  return cluster;
}

function isSeen(lines: readonly string[], wanted: string): boolean {
  const beginning = wanted.endsWith("…") ? wanted.slice(0, -1) : undefined;
  return lines.some((line) =>
    beginning === undefined ? line === wanted : line.startsWith(beginning),
  );
}

/** What is looked for and not to be seen. */
function missing({ shows }: Mistake, { conditions, events, log, why }: Sight): readonly string[] {
  return [
    ...shows.conditions.filter((line) => !isSeen(conditions, line)),
    ...shows.events.filter((line) => !isSeen(events, line)),
    ...shows.log.filter((line) => !isSeen(log.slice(-lastWords), line)),
    ...(isSeen([why], shows.why) ? [] : [shows.why]),
  ];
}

/** A warning in the management cluster that upstream does not give would be an invention. */
function invented({ shows }: Mistake, { events }: Sight): readonly string[] {
  const warnings = events.filter((line) => / Warning /.test(line) && !line.startsWith("in small"));
  return warnings.filter((line) => !shows.events.some((wanted) => isSeen([line], wanted)));
}

const isFull = process.env["SEATRIAL_FULL"] !== undefined;
const made = mistakes.filter(({ onlyFull }) => isFull || onlyFull === undefined);

test.each(made)("$title: seen in conditions, events, boot log and by why", async (mistake) => {
  const cluster = await make(mistake);
  const isEnough = (seen: Sight) => missing(mistake, seen).length === 0;
  const sight = await cluster.watch(mistake.at, isEnough, longestMs);
  expect(missing(mistake, sight), JSON.stringify(sight, undefined, 1)).toEqual([]);
  expect(invented(mistake, sight)).toEqual([]);
});
