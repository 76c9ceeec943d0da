import { at, textAt } from "./fields.ts";
import { isList } from "./patch.ts";
import type { Playback } from "./playback.ts";

/** One object as the author of a write had read it, and as it was. */
export interface Belief {
  readonly object: number;
  /** What it had read; undefined if it had not heard that the object exists. */
  readonly believed: number | undefined;
  /** The truth just before the write; undefined if there was none. */
  readonly truth: number | undefined;
  readonly readMs: number | undefined;
  /** What it believed was not so any more. */
  readonly isStale: boolean;
}

/**
 * What the reconcile behind a write had read by then, beside the truth: the written object first, then what was out of date.
 * Undefined if no reconcile is behind it. What the reconcile itself has written it knows.
 */
export function beliefsBehind(playback: Playback, event: number): readonly Belief[] | undefined {
  const { by, atMs } = playback.event(event);
  const reconcile = playback.recording.reconciles[by];
  if (reconcile === undefined) return undefined;
  const known = new Map<number, { readonly revision: number; readonly readMs: number }>();
  const { reads = [] } = reconcile;
  for (let index = 0; index < reads.length; index += 2) {
    const revision = reads[index] ?? 0;
    const readMs = reads[index + 1] ?? 0;
    if (readMs <= atMs) keepNewest(playback, known, { revision, readMs });
  }
  for (const revision of ownWrites(playback, by, event)) {
    keepNewest(playback, known, {
      revision,
      readMs: playback.atMs(playback.revision(revision).event),
    });
  }
  const subject = subjectOf(playback, event);
  const beliefs = [...known].map(([object, { revision, readMs }]) => {
    const truth = truthBefore(playback, object, event);
    return { object, believed: revision, truth, readMs, isStale: truth !== revision };
  });
  const all = [...beliefs, ...unheard(playback, { event, by, known: new Set(known.keys()) })];
  const rank = ({ object, isStale }: Belief) => (object === subject ? 0 : isStale ? 1 : 2);
  return all.toSorted((a, b) => rank(a) - rank(b));
}

function keepNewest(
  playback: Playback,
  known: Map<number, { readonly revision: number; readonly readMs: number }>,
  read: { readonly revision: number; readonly readMs: number },
): void {
  const { object } = playback.revision(read.revision);
  if ((known.get(object)?.revision ?? -1) < read.revision) known.set(object, read);
}

function ownWrites(playback: Playback, by: number, before: number): readonly number[] {
  const { startedMs } = playback.recording.reconciles[by] ?? { startedMs: 0 };
  const found: number[] = [];
  for (let event = before - 1; event >= 0 && playback.atMs(event) >= startedMs; event -= 1) {
    if (playback.recording.events.by[event] !== by) continue;
    const revision = playback.writtenAt(event);
    if (revision !== undefined) found.push(revision);
  }
  return found;
}

export function subjectOf(playback: Playback, event: number): number | undefined {
  const revision = playback.writtenAt(event);
  return revision === undefined ? undefined : playback.revision(revision).object;
}

function truthBefore(playback: Playback, object: number, event: number): number | undefined {
  return playback.revisionAsOf(object, event - 1);
}

/** Siblings of what it had listed that were there by the time of the write, and that it could not have in its list. */
function unheard(
  playback: Playback,
  {
    event,
    by,
    known,
  }: { readonly event: number; readonly by: number; readonly known: ReadonlySet<number> },
): readonly Belief[] {
  const found: Belief[] = [];
  for (const [table, listedMs] of Object.entries(playback.recording.reconciles[by]?.lists ?? {})) {
    const owners = new Set(
      [...known]
        .filter((object) => playback.object(object).table === table)
        .map((object) => ownerOf(playback, truthBefore(playback, object, event))),
    );
    for (const object of playback.objectsOf(table)) {
      const truth = truthBefore(playback, object, event);
      if (known.has(object) || truth === undefined || playback.revision(truth).type === "DELETED") {
        continue;
      }
      const heard = playback
        .revisionsOf(object)
        .some((revision) => (playback.revision(revision).heardMs ?? Infinity) <= listedMs);
      if (heard || !owners.has(ownerOf(playback, truth))) continue;
      found.push({ object, believed: undefined, truth, readMs: undefined, isStale: true });
    }
  }
  return found;
}

function ownerOf(playback: Playback, revision: number | undefined): string {
  const owners =
    revision === undefined
      ? undefined
      : at(playback.state(revision), "metadata", "ownerReferences");
  return isList(owners) ? textAt(owners[0], "uid") : "";
}

/** "It had read 4 objects; 1 had changed since, and 1 more had come that it had not heard of." */
export function describeBeliefs(beliefs: readonly Belief[]): string {
  const read = beliefs.filter(({ believed }) => believed !== undefined);
  const changed = read.filter(({ isStale }) => isStale).length;
  const more = beliefs.length - read.length;
  const objects = `It had read ${read.length} ${read.length === 1 ? "object" : "objects"}`;
  const parts = [
    ...(changed > 0 ? [`${changed} had changed since`] : []),
    ...(more > 0 ? [`${more} more had come that it had not heard of`] : []),
  ];
  if (parts.length > 0) return `${objects}; ${parts.join(", and ")}.`;
  return `${objects}, and ${read.length === 1 ? "it was" : "all were"} as it believed.`;
}
