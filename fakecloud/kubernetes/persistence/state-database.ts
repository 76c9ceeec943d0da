import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Clock } from "../../kernel/clock.ts";

/** One write: a value (plain JSON) or, without a value, a removal; without a key, of the whole collection. */
export interface StateChange {
  readonly collection: string;
  readonly key?: string;
  readonly value?: unknown;
}

/**
 * Named collections of JSON values that survive the process. All writes have one order, across collections: what is written
 * earlier is never missing where something later is there.
 */
export interface StateDatabase {
  /** All entries of a collection, by key. */
  entries(collection: string): Map<string, unknown>;
  /** Names of all collections that begin so. */
  collections(prefix: string): readonly string[];
  /** Queues changes; resolves once they are on disk. Changes of one turn share a transaction. */
  write(changes: readonly StateChange[]): Promise<void>;
  /** Resolves once everything written so far is on disk; undefined if it is already. */
  readonly pending: Promise<void> | undefined;
  /** Asked at each commit for what belongs to the same transaction: state that is compared rather than announced. */
  alsoCommit(contribute: () => readonly StateChange[]): void;
  /** Writes what is queued and releases the files; what is written later is never acknowledged. */
  close(): void;
}

/** The directory is in use by another process, or holds what this version cannot read. */
export class StateDatabaseError extends Error {
  override readonly name = "StateDatabaseError";
}

/** To be raised with every change of what is stored: a half-understood state is worse than none. */
const formatVersion = 2;
const fileName = "state.db";

export interface StateDatabaseOptions {
  readonly clock: Clock;
}

/** Opens (and creates) the database of a data directory. Only its owner can read it: it holds keys and tokens. */
export function openStateDatabase(directory: string, options: StateDatabaseOptions): StateDatabase {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, fileName);
  const database = new DatabaseSync(file);
  try {
    prepare(database, directory);
    for (const each of [file, `${file}-wal`]) chmodSync(each, 0o600);
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteState(database, options.clock);
}

function prepare(database: DatabaseSync, directory: string): void {
  try {
    // One process at a time: two would overwrite each other's world. The lock ends with the process, however it ends.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    // What is in the log survives a killed process. Only a power cut could take the last moments.
    database.exec("PRAGMA synchronous = NORMAL");
    database.exec("BEGIN EXCLUSIVE; COMMIT");
  } catch (error) {
    if (!(error instanceof Error) || !/locked|busy/i.test(error.message)) throw error;
    throw new StateDatabaseError(`the data directory ${directory} is in use by another process`);
  }
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as {
    readonly user_version: number;
  };
  if (version !== 0 && version !== formatVersion) {
    throw new StateDatabaseError(
      `the data directory ${directory} was written by another version (format ${version}, expected ${formatVersion})`,
    );
  }
  database.exec(
    "CREATE TABLE IF NOT EXISTS entries (collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)) WITHOUT ROWID",
  );
  database.exec(`PRAGMA user_version = ${formatVersion}`);
}

interface Waiting {
  readonly changes: readonly StateChange[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

class SqliteState implements StateDatabase {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #removeAll: StatementSync;
  readonly #list: StatementSync;
  readonly #contributors: (() => readonly StateChange[])[] = [];
  #queue: Waiting[] = [];
  #isClosed = false;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#put = database.prepare(
      "INSERT INTO entries (collection, key, value) VALUES (?, ?, ?) ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value",
    );
    this.#remove = database.prepare("DELETE FROM entries WHERE collection = ? AND key = ?");
    this.#removeAll = database.prepare("DELETE FROM entries WHERE collection = ?");
    this.#list = database.prepare(
      "SELECT key, value FROM entries WHERE collection = ? ORDER BY key",
    );
  }

  entries(collection: string): Map<string, unknown> {
    this.#flush();
    const rows = this.#list.all(collection) as { readonly key: string; readonly value: string }[];
    return new Map(rows.map(({ key, value }) => [key, JSON.parse(value) as unknown]));
  }

  collections(prefix: string): readonly string[] {
    this.#flush();
    const rows = this.#database
      .prepare("SELECT DISTINCT collection FROM entries WHERE substr(collection, 1, ?) = ?")
      .all(prefix.length, prefix) as { readonly collection: string }[];
    return rows.map(({ collection }) => collection);
  }

  get pending(): Promise<void> | undefined {
    return this.#queue.length === 0 ? undefined : this.write([]);
  }

  alsoCommit(contribute: () => readonly StateChange[]): void {
    this.#contributors.push(contribute);
  }

  write(changes: readonly StateChange[]): Promise<void> {
    // Nobody may be told that something is on disk which is not.
    if (this.#isClosed) return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      this.#queue.push({ changes, done: resolve, failed: reject });
      if (this.#queue.length === 1)
        this.#clock.setTimeout(() => this.#flush(), 0, "state-database");
    });
  }

  /** One transaction for everything that waits; who waits is told afterwards. */
  #flush(): void {
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    try {
      this.#database.exec("BEGIN");
      for (const { changes } of batch) for (const change of changes) this.#apply(change);
      for (const contribute of this.#contributors) {
        for (const change of contribute()) this.#apply(change);
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      for (const { failed } of batch) failed(error);
      return;
    }
    for (const { done } of batch) done();
  }

  #apply({ collection, key, value }: StateChange): void {
    if (key === undefined) this.#removeAll.run(collection);
    else if (value === undefined) this.#remove.run(collection, key);
    else this.#put.run(collection, key, JSON.stringify(value));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#flush();
    this.#isClosed = true;
    this.#database.close();
  }
}
