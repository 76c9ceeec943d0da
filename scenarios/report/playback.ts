import { applyPatch, type Json, type JsonObject } from "./patch.ts";
import type { RecordedObject, RecordedRevision, Recording } from "./recording.ts";

export interface PlayedEvent {
  readonly index: number;
  readonly atMs: number;
  readonly kind: string;
  readonly actor: string;
  readonly verb: string;
  readonly object: string;
  readonly detail: Json | undefined;
  /** Index of the reconcile that caused it, or that it is the end of; -1 for none. */
  readonly by: number;
  /** Of that reconcile; empty for none. */
  readonly controller: string;
}

/** A recording that can be asked: what happened, and how an object was at which revision. */
export class Playback {
  readonly recording: Recording;
  readonly #revisionsOf: number[][] = [];
  readonly #revisionsAt = new Map<number, number[]>();
  readonly #before: number[] = [];
  readonly #states = new Map<number, JsonObject>();

  constructor(recording: Recording) {
    this.recording = recording;
    for (const [index, { object, event }] of recording.revisions.entries()) {
      const all = (this.#revisionsOf[object] ??= []);
      this.#before.push(all.at(-1) ?? -1);
      all.push(index);
      const there = this.#revisionsAt.get(event);
      if (there === undefined) this.#revisionsAt.set(event, [index]);
      else there.push(index);
    }
  }

  get length(): number {
    return this.recording.events.atMs.length;
  }

  event(index: number): PlayedEvent {
    const { atMs, kind, actor, verb, object, detail, by } = this.recording.events;
    const text = (column: readonly number[]) => this.recording.strings[column[index] ?? -1] ?? "";
    const json = text(detail);
    return {
      index,
      atMs: atMs[index] ?? 0,
      kind: text(kind),
      actor: text(actor),
      verb: text(verb),
      object: text(object),
      detail: json === "" ? undefined : (JSON.parse(json) as Json),
      by: by[index] ?? -1,
      controller: this.recording.reconciles[by[index] ?? -1]?.controller ?? "",
    };
  }

  /** All of one kind, in order. */
  eventsOf(...kinds: readonly string[]): readonly PlayedEvent[] {
    const { strings, events } = this.recording;
    const wanted = new Set(kinds.map((kind) => strings.indexOf(kind)));
    return [...events.kind.keys()]
      .filter((index) => wanted.has(events.kind[index] ?? -1))
      .map((index) => this.event(index));
  }

  atMs(event: number): number {
    return this.recording.events.atMs[event] ?? 0;
  }

  /** The revision that the event wrote; the last, if it brought several. */
  writtenAt(event: number): number | undefined {
    return this.#revisionsAt.get(event)?.at(-1);
  }

  revision(index: number): RecordedRevision {
    const revision = this.recording.revisions[index];
    if (revision === undefined) throw new Error(`there is no revision ${index}`);
    return revision;
  }

  /** The revision of the same object before this one; undefined for its first, and for the first of a new life. */
  previous(index: number): number | undefined {
    const before = this.#before[index] ?? -1;
    return before < 0 || this.recording.revisions[before]?.type === "DELETED" ? undefined : before;
  }

  revisionsOf(object: number): readonly number[] {
    return this.#revisionsOf[object] ?? [];
  }

  /** The latest revision that an event with this index, or one before it, has written. */
  revisionAsOf(object: number, event: number): number | undefined {
    return this.revisionsOf(object).findLast(
      (index) => (this.recording.revisions[index]?.event ?? 0) <= event,
    );
  }

  object(index: number): RecordedObject {
    const object = this.recording.objects[index];
    if (object === undefined) throw new Error(`there is no object ${index}`);
    return object;
  }

  /** Indices of all objects of one kind: in the management cluster, or in every other. */
  objectsOf(table: string, where: "management" | "workload" = "management"): readonly number[] {
    return this.recording.objects.flatMap((object, index) =>
      object.table === table && (object.cluster === "management") === (where === "management")
        ? [index]
        : [],
    );
  }

  state(revision: number): JsonObject {
    const known = this.#states.get(revision);
    if (known !== undefined) return known;
    // Back to where it is known, then forward: histories are long, the stack is not.
    const steps: number[] = [];
    let at: number | undefined = revision;
    while (at !== undefined && !this.#states.has(at)) {
      steps.push(at);
      at = this.previous(at);
    }
    let state = at === undefined ? undefined : this.#states.get(at);
    for (const step of steps.toReversed()) {
      state = applyPatch(state, this.revision(step).patch) as JsonObject;
      this.#states.set(step, state);
    }
    return state ?? {};
  }
}
