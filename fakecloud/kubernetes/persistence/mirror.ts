import type { StateChange, StateDatabase } from "./state-database.ts";

/** Records by table, in an order that is kept. */
export type MirroredTables = ReadonlyMap<
  string,
  readonly (readonly [key: string, record: unknown])[]
>;

interface Stored {
  /** Position in the order of creation. */
  readonly n: number;
  readonly v: unknown;
}

interface Known {
  readonly n: number;
  readonly record: unknown;
  readonly text: string;
}

/**
 * Keeps a part of the database equal to a snapshot that is taken again and again: what differs from last time is written. A
 * record that is the same object as last time counts as unchanged without a look inside.
 */
export class Mirror {
  readonly #prefix: string;
  readonly #known = new Map<string, Map<string, Known>>();
  #last = 0;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** What an earlier process has written; to be called once, before any `changes`. */
  load(database: StateDatabase): MirroredTables {
    const tables = new Map<string, readonly (readonly [string, unknown])[]>();
    for (const collection of database.collections(`${this.#prefix}/`)) {
      const entries = [...database.entries(collection)] as [string, Stored][];
      const ordered = entries.toSorted(([, a], [, b]) => a.n - b.n);
      const table = collection.slice(this.#prefix.length + 1);
      this.#known.set(
        table,
        new Map(ordered.map(([key, { n, v }]) => [key, { n, record: v, text: JSON.stringify(v) }])),
      );
      this.#last = Math.max(this.#last, ordered.at(-1)?.[1].n ?? 0);
      tables.set(
        table,
        ordered.map(([key, { v }]) => [key, v]),
      );
    }
    return tables;
  }

  changes(tables: MirroredTables): readonly StateChange[] {
    const changes: StateChange[] = [];
    for (const [table, records] of tables) this.#compare(table, records, changes);
    for (const table of this.#known.keys()) {
      if (!tables.has(table)) this.#compare(table, [], changes);
    }
    return changes;
  }

  #compare(
    table: string,
    records: readonly (readonly [string, unknown])[],
    changes: StateChange[],
  ): void {
    const collection = `${this.#prefix}/${table}`;
    const known = this.#known.get(table) ?? new Map<string, Known>();
    this.#known.set(table, known);
    for (const [key, record] of records) {
      const before = known.get(key);
      if (before?.record === record) continue;
      const text = JSON.stringify(record);
      const n = before?.n ?? (this.#last += 1);
      known.set(key, { n, record, text });
      if (before?.text !== text) changes.push({ collection, key, value: { n, v: record } });
    }
    if (known.size === records.length) return;
    const present = new Set(records.map(([key]) => key));
    for (const key of known.keys()) {
      if (present.has(key)) continue;
      known.delete(key);
      changes.push({ collection, key });
    }
  }
}
