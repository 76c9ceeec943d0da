import { describeEvent } from "../describe-event.ts";
import { formatClock } from "../format-time.ts";
import { at, textAt } from "../fields.ts";
import { type Happening, lasting } from "../happenings.ts";
import type { Model } from "../model.ts";
import { wrongOf } from "../verdict.ts";
import { listed, plural, type Sentence } from "./sentence.ts";

/** Each fault, and what there was to see of it while it lasted. */
export function faults(model: Model): readonly Sentence[] {
  return model.happenings
    .filter(({ who }) => who === "nature")
    .map((fault) => {
      const { fromMs, event, label, strikes } = fault;
      const seen = [
        ...(strikes.length === 0 ? [] : [`it struck ${plural(strikes.length, "time")}`]),
        ...lostNodes(model, fault),
        ...failedCalls(model, fault),
      ];
      const consequence = seen.length === 0 ? "" : `; ${listed(seen, 4)}`;
      const text = `At ${formatClock(fromMs)} a fault began: ${label}${lasting(fault)}${consequence}.`;
      return { atMs: fromMs, event, weight: 90, text };
    });
}

function lostNodes({ lanes }: Model, { fromMs, toMs }: Happening): readonly string[] {
  // The Node of a Machine that is being deleted goes whatever nature does.
  const lost = lanes.filter(({ nodeStates, phases }) => {
    const leavesMs = phases.find(({ state }) => state === "Deleting")?.fromMs ?? Infinity;
    return nodeStates.some(
      (segment, index) =>
        segment.state === "NotReady" &&
        index > 0 &&
        segment.fromMs >= fromMs &&
        segment.fromMs <= Math.min(toMs, leavesMs),
    );
  });
  if (lost.length === 0) return [];
  const names = listed(lost.map(({ machine }) => machine));
  return [`the ${lost.length === 1 ? "Node" : "Nodes"} of ${names} stopped being Ready`];
}

function failedCalls({ playback }: Model, { fromMs, toMs }: Happening): readonly string[] {
  const counts = new Map<string, number>();
  for (const { atMs, verb, detail } of playback.eventsOf("cloud.call")) {
    const error = textAt(detail, "error");
    if (atMs < fromMs || atMs > toMs || error === "" || /NotFound/.test(error)) continue;
    counts.set(
      `${verb} failed with ${error}`,
      (counts.get(`${verb} failed with ${error}`) ?? 0) + 1,
    );
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most === undefined ? [] : [`${most[0]} ${plural(most[1], "time")}`];
}

/** Each time at which an etcd could not be written to. */
export function quorums({ playback }: Model): readonly Sentence[] {
  const { etcd, run, events } = playback.recording;
  return etcd.flatMap(({ cluster, atMs, members, hasQuorum }, index) => {
    const before = etcd.slice(0, index).findLast((one) => one.cluster === cluster);
    if (hasQuorum || before?.hasQuorum !== true) return [];
    const after = etcd.slice(index).find((one) => one.cluster === cluster && one.hasQuorum);
    const down = members.filter(({ isUp }) => !isUp).length;
    const until =
      after === undefined ? "for the rest of the run" : `until ${formatClock(after.atMs)}`;
    const how =
      down === 0
        ? "its members run and do not hear each other"
        : `${down} of ${members.length} members are down`;
    const text = `At ${formatClock(atMs)} etcd of ${cluster} lost its quorum, ${until}: ${how}.`;
    const event = events.atMs.findLastIndex((ms) => ms <= Math.min(atMs, run.virtualMs));
    return [{ atMs, event, weight: 95, text }];
  });
}

/** What broke a promise. */
export function violations({ playback }: Model): readonly Sentence[] {
  const { violations, virtualMs } = playback.recording.run;
  return violations.slice(0, 3).map((violation) => {
    const { id, atMs, event } = violation;
    const wrong = wrongOf(playback.recording, violation);
    const who = event === undefined ? "" : `${describeEvent(playback.event(event))}, and `;
    const text = `At ${formatClock(Math.min(atMs, virtualMs))} ${id} was broken: ${who}${wrong}.`;
    return { atMs, event: event ?? Math.max(0, playback.length - 1), weight: 100, text };
  });
}

/** Reconciles that failed and were tried again. */
export function effort({ playback }: Model): readonly Sentence[] {
  const calls = playback.eventsOf("cloud.call");
  const reconciles = playback.eventsOf("reconcile");
  const failed = reconciles.filter(({ verb }) => verb === "error" || verb === "terminal");
  const refused = calls.filter(({ detail }) => at(detail, "error") !== undefined);
  const writes = playback
    .eventsOf("kube.write")
    .filter(({ actor }) => actor.startsWith("seatrial-manager/"));
  const atMs = playback.recording.run.virtualMs;
  const errors =
    failed.length === 0
      ? "no reconcile failed"
      : `${plural(failed.length, "reconcile")} failed and ${failed.length === 1 ? "was" : "were"} tried again`;
  const text =
    `In all, the controllers worked through ${plural(reconciles.length, "reconcile")}, ${plural(writes.length, "write")} ` +
    `and ${plural(calls.length, "AWS call")} (${refused.length === 0 ? "none" : refused.length} refused); ${errors}.`;
  return [{ atMs, event: Math.max(0, playback.length - 1), weight: 35, text }];
}
