import type { ClusterState } from "../cluster-state.ts";
import type { KubeObject } from "../object.ts";
import type { Store, StoreSnapshot } from "../store.ts";
import type { StateDatabase } from "./state-database.ts";

const separator = "\u0000";
const revisionKey = "revision";

/** Where a cluster is in the database: its objects, and what there is to know about it beside them. */
const placesOf = (name: string) => {
  const collection = `cluster/${name}`;
  return { collection, about: `${collection}/about` };
};

/**
 * Brings back what an earlier process stored, and from then on writes everything that the cluster stores through to the
 * database: a write is answered, and watchers hear of it, only once it is on disk. Resource versions go on where they were.
 * To be called before anything is stored or runs (`prepare` of the API server).
 */
export function persistCluster(state: ClusterState, database: StateDatabase): void {
  const saved = loadStore(database, state.name);
  if (saved !== undefined) {
    state.store.restore(saved);
    state.restored();
  }
  writeThrough(state.store, database, state.name);
}

/** What an earlier process stored of a cluster; undefined if nothing. */
export function loadStore(database: StateDatabase, name: string): StoreSnapshot | undefined {
  const { collection, about } = placesOf(name);
  const revision = database.entries(about).get(revisionKey);
  if (typeof revision !== "number") return undefined;
  const objects = [...database.entries(collection)].map(([key, object]) => ({
    table: key.slice(0, key.indexOf(separator)),
    object: object as KubeObject,
  }));
  return { revision, objects };
}

/** From now on; what is stored already is taken to be in the database. */
export function writeThrough(store: Store, database: StateDatabase, name: string): void {
  const { collection, about } = placesOf(name);
  store.onCommit(({ table, change }) => {
    const { object, namespace, name: objectName } = change.entry;
    const key = [table, namespace, objectName].join(separator);
    const isGone = change.type === "DELETED";
    return database.write([
      isGone ? { collection, key } : { collection, key, value: object },
      { collection: about, key: revisionKey, value: change.revision },
    ]);
  });
}

/** A cluster that is gone for good. */
export function forgetCluster(database: StateDatabase, name: string): Promise<void> {
  const { collection, about } = placesOf(name);
  return database.write([{ collection }, { collection: about }]);
}
