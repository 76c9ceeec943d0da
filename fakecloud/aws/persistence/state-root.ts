import { ResourceTable } from "../ec2/resource-table.ts";
import { fromPlain, toPlain } from "./plain.ts";

/** Where a record differs from what is saved of it: what the network derives is left out, and made anew. */
export interface RecordCodec<State = never, Item = never> {
  save(item: Item): unknown;
  load?(state: State, saved: never): Item;
}

/**
 * The states of one service, one for each account and region or one for all. Every ResourceTable, Map and Set that a state
 * holds as a public member is saved, and so are its numbers, texts and truths: a new table is saved without a word here.
 */
export interface StateRoot<State extends object = object> {
  readonly name: string;
  /** By a name that never changes: "123456789012/eu-west-1". */
  states(): Iterable<readonly [name: string, state: State]>;
  /** The state of that name; a new one has nothing that accounts are born with. */
  open(name: string): State;
  readonly codecs?: Readonly<Record<string, RecordCodec<State>>>;
  /** Called once everything is back, to make what is derived and to start what was running. */
  resume?(state: State): void;
}

/** Plain JSON: tables by name ("ec2/123456789012/eu-west-1/vpcs"), their records in the order of their creation. */
export type SavedTables = ReadonlyMap<string, readonly (readonly [key: string, record: unknown])[]>;

const members = "members";

export function saveRoots(roots: readonly StateRoot[]): SavedTables {
  const saved = new Map<string, readonly (readonly [string, unknown])[]>();
  for (const root of roots) {
    for (const [name, state] of root.states()) {
      for (const [table, records] of saveState(root, name, state)) saved.set(table, records);
    }
  }
  return saved;
}

function saveState(root: StateRoot, name: string, state: object): SavedTables {
  const saved = new Map<string, readonly (readonly [string, unknown])[]>();
  const prefix = `${root.name}/${name}`;
  for (const [member, value] of Object.entries(state)) {
    const records = recordsOf(value, root.codecs?.[member], `${prefix}/${member}`);
    if (records !== undefined) saved.set(`${prefix}/${member}`, records);
  }
  const single = Object.entries(state).filter(([, value]) => isSingle(value));
  return saved.set(`${prefix}/${members}`, single);
}

function isSingle(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function recordsOf(
  table: unknown,
  codec: RecordCodec | undefined,
  path: string,
): readonly (readonly [string, unknown])[] | undefined {
  const save = (key: string, item: unknown) =>
    toPlain(codec === undefined ? item : codec.save(item as never), `${path}/${key}`);
  if (table instanceof ResourceTable) {
    return [...table.saved()].map(([id, { item, visibleFromMs }]) => [
      id,
      { item: save(id, item), ...(visibleFromMs === undefined ? {} : { visibleFromMs }) },
    ]);
  }
  if (table instanceof Map && !isIndex(table)) {
    return [...(table as Map<unknown, unknown>)].map(([key, item]) => [
      requireText(key, path),
      save(requireText(key, path), item),
    ]);
  }
  if (table instanceof Set) {
    return [...(table as Set<unknown>)].map((item) => [JSON.stringify(item), item]);
  }
  return undefined; // A clock, settings, another state: nothing of its own.
}

/** Tables by something: they are members themselves. */
function isIndex(map: ReadonlyMap<unknown, unknown>): boolean {
  return map.values().next().value instanceof ResourceTable;
}

function requireText(key: unknown, path: string): string {
  if (typeof key === "string") return key;
  throw new Error(`${path} has the key ${String(key)}: the keys of saved tables are texts`);
}

/** Into states that nobody has used yet. */
export function restoreRoots(roots: readonly StateRoot[], saved: SavedTables): void {
  const opened = roots.flatMap((root) =>
    [...namesIn(root, saved)].map((name) => ({ root, name, state: root.open(name) })),
  );
  for (const { root, name, state } of opened) {
    for (const [member, value] of Object.entries(state)) {
      const records = saved.get(`${root.name}/${name}/${member}`);
      if (records !== undefined) fill(value, records, (item) => load(root, state, member, item));
    }
    Object.assign(state, Object.fromEntries(saved.get(`${root.name}/${name}/${members}`) ?? []));
  }
  for (const { root, state } of opened) root.resume?.(state);
}

function namesIn(root: StateRoot, saved: SavedTables): ReadonlySet<string> {
  const prefix = `${root.name}/`;
  const own = [...saved.keys()].filter((table) => table.startsWith(prefix));
  return new Set(own.map((table) => table.slice(prefix.length, table.lastIndexOf("/"))));
}

function load(root: StateRoot, state: object, member: string, plain: unknown): unknown {
  const item = fromPlain(plain);
  const codec = root.codecs?.[member];
  return codec?.load === undefined ? item : codec.load(state, item as never);
}

function fill(
  table: unknown,
  records: readonly (readonly [string, unknown])[],
  read: (plain: unknown) => unknown,
): void {
  if (table instanceof ResourceTable) {
    for (const [id, record] of records) {
      const { item, visibleFromMs } = record as { item: unknown; visibleFromMs?: number };
      table.add(id, read(item), visibleFromMs ?? 0);
    }
  }
  if (table instanceof Map) for (const [key, plain] of records) table.set(key, read(plain));
  if (table instanceof Set) for (const [, item] of records) table.add(item);
}
