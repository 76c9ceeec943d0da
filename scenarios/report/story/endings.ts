import { conditionsOf } from "../fields.ts";
import { formatClock, formatSpan } from "../format-time.ts";
import type { Model } from "../model.ts";
import { listed, plural, type Sentence } from "./sentence.ts";

/** Clusters that were deleted and are gone. */
export function gone({ playback }: Model): readonly Sentence[] {
  return playback.objectsOf("clusters.cluster.x-k8s.io").flatMap((object) => {
    const last = playback.revisionsOf(object).at(-1);
    if (last === undefined || playback.revision(last).type !== "DELETED") return [];
    const { event } = playback.revision(last);
    const atMs = playback.atMs(event);
    const text = `At ${formatClock(atMs)} Cluster ${playback.object(object).name} was gone.`;
    return [{ atMs, event, weight: 72, text }];
  });
}

/** How it ended: converged, with what. */
export function convergence({ playback, lanes }: Model): readonly Sentence[] {
  const { convergedMs } = playback.recording.run;
  if (convergedMs === null) return [];
  const event = Math.max(
    0,
    playback.recording.events.atMs.findLastIndex((ms) => ms <= convergedMs),
  );
  const alive = lanes.filter(({ phases }) =>
    phases.some(({ fromMs, toMs }) => fromMs <= convergedMs && toMs > convergedMs),
  );
  const versions = [...new Set(alive.map(({ version }) => version))].filter((one) => one !== "");
  const what =
    alive.length === 0
      ? "nothing was left to do"
      : `${plural(alive.length, "Machine")} ran${versions.length === 0 ? "" : ` at ${listed(versions)}`}, and nothing was left to do`;
  const text = `At ${formatClock(convergedMs)} everything was as wanted: ${what}.`;
  return [{ atMs: convergedMs, event, weight: 78, text }];
}

/** What is still not as it should be, in the words of the objects themselves. */
export function stuck({ playback }: Model): readonly Sentence[] {
  const { convergedMs, virtualMs } = playback.recording.run;
  if (convergedMs !== null) return [];
  const last = playback.length - 1;
  const waiting = playback.objectsOf("machines.cluster.x-k8s.io").flatMap((object) => {
    const revision = playback.revisionAsOf(object, last);
    if (revision === undefined || playback.revision(revision).type === "DELETED") return [];
    const state = playback.state(revision);
    const ready = conditionsOf(state).find(({ type }) => type === "Ready");
    return ready === undefined || ready.status === "True" ? [] : [{ object, ready }];
  });
  const [first] = waiting;
  if (first === undefined) return [];
  const { name } = playback.object(first.object);
  const why = first.ready.message.replace(/^\* /, "").split("\n")[0] ?? "";
  const says = why === "" ? "" : `; Machine ${name} says: ${why}`;
  const text = `At the end ${plural(waiting.length, "Machine")} ${waiting.length === 1 ? "was" : "were"} not Ready${says}.`;
  return [{ atMs: virtualMs, event: last, weight: 76, text }];
}

/** How long nothing has been written at the end. */
export function rest({ playback }: Model): readonly Sentence[] {
  const { convergedMs, virtualMs } = playback.recording.run;
  const last = playback.eventsOf("kube.write").at(-1);
  if (convergedMs === null || last === undefined || virtualMs - last.atMs < 60_000) return [];
  const text =
    `The last write came at ${formatClock(last.atMs)} from ${last.actor.replace("seatrial-manager/", "")}; ` +
    `the remaining ${formatSpan(virtualMs - last.atMs)} were quiet.`;
  return [{ atMs: last.atMs, event: last.index, weight: 30, text }];
}
