import type { KubeObject } from "./object.ts";

/** One stored object at one revision. */
export interface Entry {
  /** "namespace/name", or "name" for cluster-scoped kinds: the order of lists. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** Frozen, in storage version, with resourceVersion. */
  readonly object: KubeObject;
  readonly revision: number;
}

export interface Change {
  readonly type: "ADDED" | "DELETED" | "MODIFIED";
  readonly revision: number;
  readonly atMs: number;
  /** For DELETED the last state, with the revision of the deletion. */
  readonly entry: Entry;
  readonly previous?: Entry;
}

/** How long a kind remembers. */
export interface Retention {
  /** Changes younger than this stay, as until etcd's compaction. */
  readonly forMs: number;
  readonly mostChanges: number;
}

export const defaultRetention: Retention = { forMs: 300_000, mostChanges: 20_000 };

/** The recent changes of one kind: what watches start from and old lists are rebuilt with. */
export class History {
  readonly #retention: Retention;
  #changes: Change[] = [];
  /** Index of the first change that still counts: forgetting is a step forward, the array is cut now and then. */
  #first = 0;
  /** Every change after this revision is remembered. */
  #start: number;

  constructor(start: number, retention: Retention) {
    this.#start = start;
    this.#retention = retention;
  }

  /** Watches from this revision on can be served; from an older one they can't. */
  get start(): number {
    return this.#start;
  }

  add(change: Change): void {
    this.#changes.push(change);
    this.forget(change.atMs);
  }

  forget(nowMs: number): void {
    const tooOldMs = nowMs - this.#retention.forMs;
    const mustGo = this.#changes.length - this.#retention.mostChanges;
    for (;;) {
      const change = this.#changes[this.#first];
      if (change === undefined) break;
      if (change.atMs > tooOldMs && this.#first >= mustGo) break;
      this.#start = change.revision;
      this.#first += 1;
    }
    if (this.#first > 512 && this.#first * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#first);
      this.#first = 0;
    }
  }

  /** Drops everything: what fault injection does to make a watch too old. */
  compact(revision: number): void {
    while ((this.#changes[this.#first]?.revision ?? Infinity) <= revision) this.#first += 1;
    this.#start = Math.max(this.#start, revision);
  }

  /** The changes after a revision, oldest first. */
  since(revision: number): readonly Change[] {
    let low = this.#first;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return low === this.#changes.length ? [] : this.#changes.slice(low);
  }
}
