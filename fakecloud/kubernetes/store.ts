import type { Clock } from "../kernel/clock.ts";
import { type Change, defaultRetention, type Entry, type Retention } from "./history.ts";
import { deepFreeze } from "./json.ts";
import type { KubeObject } from "./object.ts";
import { etcdTimedOut } from "./status.ts";
import { Table } from "./table.ts";

/** One committed write, as persistence wants it. */
export interface Commit {
  readonly table: string;
  readonly change: Change;
}

/** Everything that has to survive a restart. */
export interface StoreSnapshot {
  readonly revision: number;
  readonly objects: readonly { readonly table: string; readonly object: KubeObject }[];
}

/**
 * Told about each commit in order. What it returns is awaited before the write is acknowledged or any watch sees it; one
 * promise may stand for a whole batch.
 */
export type CommitListener = (commit: Commit) => Promise<void> | void;

export interface StoreOptions {
  readonly clock: Clock;
  readonly retention?: Retention;
  /** False while etcd has no quorum. Asked at every consistent read and every write. */
  readonly available?: () => boolean;
}

/**
 * All objects of one API server under one resourceVersion: etcd, as far as clients can tell. Kept synchronous, so that a
 * read and the write that depends on it can't be torn apart.
 */
export class Store {
  readonly #clock: Clock;
  readonly #retention: Retention;
  readonly #tables = new Map<string, Table>();
  readonly #commitListeners: CommitListener[] = [];
  readonly #changeListeners = new Set<(commit: Commit) => void>();
  #revision = 1;
  #available: () => boolean;
  #flush: Promise<void> | undefined;
  #compaction = { atMs: 0, revision: 0, next: 0 };

  constructor(options: StoreOptions) {
    this.#clock = options.clock;
    this.#retention = options.retention ?? defaultRetention;
    this.#available = options.available ?? (() => true);
    this.#compaction.atMs = options.clock.now();
  }

  /** The current resourceVersion. */
  get revision(): number {
    return this.#revision;
  }

  available(): boolean {
    return this.#available();
  }

  setAvailable(available: () => boolean): void {
    this.#available = available;
  }

  /** Throws what a client gets while etcd has no quorum. */
  requireAvailable(): void {
    if (!this.#available()) throw etcdTimedOut();
  }

  table(id: string): Table {
    let table = this.#tables.get(id);
    if (table === undefined) {
      table = new Table(id, this.#revision, this.#retention);
      this.#tables.set(id, table);
    }
    return table;
  }

  tables(): readonly Table[] {
    return [...this.#tables.values()];
  }

  /**
   * Lists of a version older than this are gone. etcd compacts every five minutes to where it was five minutes ago, so
   * a version lives for five to ten.
   */
  compactedRevision(): number {
    const nowMs = this.#clock.now();
    if (nowMs - this.#compaction.atMs >= this.#retention.forMs) {
      const long = nowMs - this.#compaction.atMs >= 2 * this.#retention.forMs;
      this.#compaction = {
        atMs: nowMs,
        revision: long ? this.#revision : this.#compaction.next,
        next: this.#revision,
      };
    }
    return this.#compaction.revision;
  }

  /** Forgets the past at once: the next watch or list from an old version gets 410. */
  compact(): void {
    this.#compaction = {
      atMs: this.#clock.now(),
      revision: this.#revision,
      next: this.#revision,
    };
    for (const table of this.#tables.values()) table.compact(this.#revision);
  }

  /**
   * Writes one object as it is, under the next revision. Whoever calls has compared it with what was there, and may note
   * something about the stored object before anybody else sees it.
   */
  put(
    table: Table,
    key: { readonly namespace: string; readonly name: string },
    object: KubeObject,
    note?: (stored: KubeObject) => void,
  ) {
    const previous = table.get(storageKey(key.namespace, key.name));
    return this.#commit(table, previous === undefined ? "ADDED" : "MODIFIED", {
      ...key,
      object,
      previous,
      note,
    });
  }

  delete(table: Table, previous: Entry, lastState: KubeObject = previous.object): Entry {
    const { namespace, name } = previous;
    return this.#commit(table, "DELETED", { namespace, name, object: lastState, previous });
  }

  /** Resolves once everything committed so far is durable; undefined if it is already. */
  get pendingFlush(): Promise<void> | undefined {
    return this.#flush;
  }

  onCommit(listener: CommitListener): void {
    this.#commitListeners.push(listener);
  }

  /** Called with every change of every kind once it is durable, in order. Returns what ends it. */
  onChange(listener: (commit: Commit) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  snapshot(): StoreSnapshot {
    const objects = [...this.#tables.values()].flatMap((table) =>
      table.list().map(({ object }) => ({ table: table.id, object })),
    );
    return { revision: this.#revision, objects };
  }

  /** Watches and lists from before the restore get 410, because nobody remembers what happened in between. */
  restore(snapshot: StoreSnapshot): void {
    this.#revision = snapshot.revision;
    const byTable = new Map<string, Entry[]>();
    for (const { table, object } of snapshot.objects) {
      const entries = byTable.get(table) ?? [];
      entries.push(entryOf(deepFreeze(object)));
      byTable.set(table, entries);
    }
    for (const id of new Set([...this.#tables.keys(), ...byTable.keys()])) {
      this.table(id).restore(byTable.get(id) ?? [], this.#revision);
    }
    this.compact();
  }

  #commit(
    table: Table,
    type: Change["type"],
    what: {
      readonly namespace: string;
      readonly name: string;
      readonly object: KubeObject;
      readonly previous: Entry | undefined;
      readonly note?: ((stored: KubeObject) => void) | undefined;
    },
  ): Entry {
    this.#revision += 1;
    const revision = this.#revision;
    const { namespace, name, previous } = what;
    const object = deepFreeze({
      ...what.object,
      metadata: { ...what.object.metadata, resourceVersion: String(revision) },
    });
    what.note?.(object);
    const entry = { key: storageKey(namespace, name), namespace, name, object, revision };
    const change: Change = {
      type,
      revision,
      atMs: this.#clock.now(),
      entry,
      ...(previous === undefined ? {} : { previous }),
    };
    table.apply(change);
    this.#publish(table, change);
    return entry;
  }

  #publish(table: Table, change: Change): void {
    const promises: Promise<void>[] = [];
    for (const listener of this.#commitListeners) {
      const durable = listener({ table: table.id, change });
      if (durable !== undefined) promises.push(durable);
    }
    // Watches must not show what a crash could still undo, and never see changes out of order.
    if (promises.length === 0 && this.#flush === undefined) {
      this.#notify(table, change);
      return;
    }
    const flush = Promise.all([this.#flush, ...promises]).then(() => {
      if (this.#flush === flush) this.#flush = undefined;
      this.#notify(table, change);
    });
    this.#flush = flush;
  }

  #notify(table: Table, change: Change): void {
    table.notify(change);
    for (const listener of this.#changeListeners) listener({ table: table.id, change });
  }
}

export function storageKey(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

function entryOf(object: KubeObject): Entry {
  const namespace = object.metadata.namespace ?? "";
  const name = object.metadata.name ?? "";
  const revision = Number(object.metadata.resourceVersion ?? 0);
  return { key: storageKey(namespace, name), namespace, name, object, revision };
}
