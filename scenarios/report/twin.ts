import { describeEvent } from "./describe-event.ts";
import { at } from "./fields.ts";
import { Playback } from "./playback.ts";
import type { Recording, TwinFacts } from "./recording.ts";

/** What a run did that the same run without its faults did not do. */
export function compareWithTwin(recording: Recording, twin: Recording): TwinFacts {
  const [run, other] = [new Playback(recording), new Playback(twin)];
  const [counts, otherCounts] = [countsOf(run), countsOf(other)];
  const kinds = [...new Set([...counts.keys(), ...otherCounts.keys()])].toSorted();
  const nothing = { created: 0, deleted: 0, left: 0 };
  const rows = kinds.map((kind) => ({
    kind,
    run: counts.get(kind) ?? nothing,
    twin: otherCounts.get(kind) ?? nothing,
  }));
  const divergence = firstDifference(run, other);
  return {
    traceHash: twin.run.traceHash,
    convergedMs: twin.run.convergedMs,
    violations: twin.run.violations.length,
    ...(divergence === undefined ? {} : { divergence }),
    totals: totalsOf(run, other),
    kinds: rows.filter((row) => row.run.created > 0 || row.twin.created > 0),
  };
}

interface Counts {
  created: number;
  deleted: number;
  left: number;
}

/** Kinds that say nothing of what controllers did: there is an Event for everything, and definitions are there from the start. */
const uncounted = new Set(["CustomResourceDefinition", "Event"]);

function countsOf(playback: Playback): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  const countAt = (kind: string) => {
    const known = counts.get(kind) ?? { created: 0, deleted: 0, left: 0 };
    counts.set(kind, known);
    return known;
  };
  for (const { object, type } of playback.recording.revisions) {
    const { cluster, kind } = playback.object(object);
    const isCounted = cluster === "management" ? !uncounted.has(kind) : kind === "Node";
    if (!isCounted || type === "MODIFIED") continue;
    const count = countAt(kind);
    if (type === "ADDED") count.created += 1;
    else count.deleted += 1;
  }
  for (const { verb } of playback.eventsOf("cloud.transition")) {
    if (verb === "pending") countAt("EC2 instance").created += 1;
    if (verb === "terminated") countAt("EC2 instance").deleted += 1;
  }
  for (const count of counts.values()) count.left = count.created - count.deleted;
  return counts;
}

/** Both runs are one until a fault makes itself felt: every draw is keyed, and so is every name. */
function firstDifference(run: Playback, twin: Playback): TwinFacts["divergence"] {
  const same = (index: number, other: number) => {
    const [a, b] = [run.event(index), twin.event(other)];
    return a.atMs === b.atMs && a.kind === b.kind && a.verb === b.verb && a.object === b.object;
  };
  let other = 0;
  for (let index = 0; index < run.length; index += 1) {
    const { kind, verb } = run.event(index);
    // That a fault begins is no difference in what anybody does.
    if (kind === "fault" || (kind === "step" && verb === "fault")) continue;
    if (other < twin.length && same(index, other)) {
      other += 1;
      continue;
    }
    const instead = other < twin.length ? describeEvent(twin.event(other)) : "it was over";
    return { event: index, instead };
  }
  return undefined;
}

function totalsOf(run: Playback, twin: Playback): TwinFacts["totals"] {
  const count = (
    playback: Playback,
    kind: string,
    isCounted: (verb: string, failed: boolean) => boolean,
  ) =>
    playback
      .eventsOf(kind)
      .filter(({ verb, detail }) => isCounted(verb, at(detail, "error") !== undefined)).length;
  const rows = [
    ["reconciles", "reconcile", () => true],
    ["reconciles that failed", "reconcile", (_: string, failed: boolean) => failed],
    ["AWS calls", "cloud.call", () => true],
    ["AWS calls that were refused", "cloud.call", (_: string, failed: boolean) => failed],
    ["Kubernetes writes", "kube.write", () => true],
  ] as const;
  return rows.map(([name, kind, isCounted]) => ({
    name,
    run: count(run, kind, isCounted),
    twin: count(twin, kind, isCounted),
  }));
}
