import type { ObjectLog } from "./object-log.ts";
import type { RecordedRevision } from "./recording.ts";

interface Versioned {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly items?: readonly Versioned[];
}

/** When the process of the controllers first heard of each revision: by a watch, a list, or the answer to a write of its own. */
export class HeardLog {
  readonly #objects: ObjectLog;
  readonly #heard = new Map<number, number>();
  #process = 0;

  constructor(objects: ObjectLog) {
    this.#objects = objects;
  }

  /** Which process listens now: what comes in for an earlier one, nobody hears any more. */
  get process(): number {
    return this.#process;
  }

  restart(): void {
    this.#process += 1;
  }

  hear(body: unknown, atMs: number): void {
    const { items, metadata } = body as Versioned;
    for (const item of items ?? []) this.hear(item, atMs);
    const revision = this.#objects.find("management", metadata?.resourceVersion);
    if (revision !== undefined && !this.#heard.has(revision)) this.#heard.set(revision, atMs);
  }

  mark(revisions: readonly RecordedRevision[]): readonly RecordedRevision[] {
    return revisions.map((revision, index) => {
      const heardMs = this.#heard.get(index);
      return heardMs === undefined ? revision : { ...revision, heardMs };
    });
  }
}
