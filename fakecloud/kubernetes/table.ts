import { type Change, type Entry, History, type Retention } from "./history.ts";
import { compareText } from "./json.ts";

export type ChangeListener = (change: Change) => void;

/** Sorted entries of one namespace, or of all (under the empty name). */
interface Scope {
  sorted: Entry[] | undefined;
  readonly byKey: Map<string, Entry>;
  /** Views that handlers derived from the sorted entries; dropped by the next write. */
  readonly views: Map<string, unknown>;
}

function newScope(): Scope {
  return { sorted: undefined, byKey: new Map(), views: new Map() };
}

/** All objects of one kind, and what became of them lately. */
export class Table {
  /** "machines.cluster.x-k8s.io", "pods". */
  readonly id: string;
  readonly #all = newScope();
  readonly #namespaces = new Map<string, Scope>();
  readonly #listeners = new Set<ChangeListener>();
  #history: History;
  readonly #retention: Retention;
  #snapshot: { readonly revision: number; readonly at: number; entries: Entry[] } | undefined;
  #lastChange = 0;

  constructor(id: string, start: number, retention: Retention) {
    this.id = id;
    this.#retention = retention;
    this.#history = new History(start, retention);
  }

  get size(): number {
    return this.#all.byKey.size;
  }

  get historyStart(): number {
    return this.#history.start;
  }

  /** The revision of the last write to this kind. */
  get lastChange(): number {
    return this.#lastChange;
  }

  get(key: string): Entry | undefined {
    return this.#all.byKey.get(key);
  }

  /** In the order of keys. The array belongs to the table: it must not be changed, and changes with the next write. */
  list(namespace = ""): readonly Entry[] {
    const scope = this.#scope(namespace);
    if (scope === undefined) return [];
    scope.sorted ??= [...scope.byKey.values()].sort((a, b) => compareText(a.key, b.key));
    return scope.sorted;
  }

  /** A value derived from the list of a namespace, made once until the next write there. */
  view<T>(namespace: string, name: string, make: (entries: readonly Entry[]) => T): T {
    const scope = this.#scope(namespace);
    if (scope === undefined) return make([]);
    const known = scope.views.get(name);
    if (known !== undefined) return known as T;
    const made = make(this.list(namespace));
    scope.views.set(name, made);
    return made;
  }

  /** The list as it was at an earlier revision, which the history must still reach. */
  listAt(revision: number, namespace = ""): readonly Entry[] {
    if (revision >= this.#lastChange) return this.list(namespace);
    if (this.#snapshot?.revision !== revision || this.#snapshot.at !== this.#lastChange) {
      this.#snapshot = { revision, at: this.#lastChange, entries: this.#rebuild(revision) };
    }
    const { entries } = this.#snapshot;
    return namespace === "" ? entries : entries.filter((entry) => entry.namespace === namespace);
  }

  changesSince(revision: number): readonly Change[] {
    return this.#history.since(revision);
  }

  forget(nowMs: number): void {
    this.#history.forget(nowMs);
  }

  compact(revision: number): void {
    this.#history.compact(revision);
  }

  /** Puts a change into effect; listeners are told by the store. */
  apply(change: Change): void {
    const { entry, type } = change;
    this.#lastChange = change.revision;
    this.#write(this.#all, type, entry);
    if (entry.namespace !== "") {
      let scope = this.#namespaces.get(entry.namespace);
      if (scope === undefined) this.#namespaces.set(entry.namespace, (scope = newScope()));
      this.#write(scope, type, entry);
      if (scope.byKey.size === 0) this.#namespaces.delete(entry.namespace);
    }
    this.#history.add(change);
  }

  notify(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Called with each change once it is durable, in order. Returns what ends it. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Replaces everything by what was persisted; the history starts anew. */
  restore(entries: readonly Entry[], revision: number): void {
    this.#all.byKey.clear();
    this.#namespaces.clear();
    this.#all.sorted = undefined;
    this.#all.views.clear();
    for (const entry of entries) {
      this.#all.byKey.set(entry.key, entry);
      if (entry.namespace === "") continue;
      let scope = this.#namespaces.get(entry.namespace);
      if (scope === undefined) this.#namespaces.set(entry.namespace, (scope = newScope()));
      scope.byKey.set(entry.key, entry);
    }
    this.#history = new History(revision, this.#retention);
    this.#lastChange = revision;
  }

  #scope(namespace: string): Scope | undefined {
    return namespace === "" ? this.#all : this.#namespaces.get(namespace);
  }

  #write(scope: Scope, type: Change["type"], entry: Entry): void {
    if (scope.views.size > 0) scope.views.clear();
    if (type === "DELETED") scope.byKey.delete(entry.key);
    else scope.byKey.set(entry.key, entry);
    const { sorted } = scope;
    if (sorted === undefined) return;
    const index = placeOf(sorted, entry.key);
    if (type === "MODIFIED") sorted[index] = entry;
    else
      scope.sorted =
        type === "ADDED" ? sorted.toSpliced(index, 0, entry) : sorted.toSpliced(index, 1);
  }

  #rebuild(revision: number): Entry[] {
    const entries = new Map(this.#all.byKey);
    for (const change of this.#history.since(revision).toReversed()) {
      if (change.previous === undefined) entries.delete(change.entry.key);
      else entries.set(change.entry.key, change.previous);
    }
    return [...entries.values()].sort((a, b) => compareText(a.key, b.key));
  }
}

/** Where the entry of a key is, or would be. */
function placeOf(sorted: readonly Entry[], key: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareText(sorted[middle]?.key ?? "", key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
