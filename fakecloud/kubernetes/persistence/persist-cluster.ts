import type { ClusterState } from "../cluster-state.ts";
import type { KubeObject } from "../object.ts";
import type { StateChange, StateDatabase } from "./state-database.ts";

const separator = "\u0000";
const revisionKey = "revision";

/**
 * Writes everything that a cluster stores through to the database, and first brings back what an earlier process stored. A
 * write is answered, and watchers hear of it, only once it is on disk. Resource versions go on where they were.
 */
export async function persistCluster(
  state: ClusterState,
  database: StateDatabase,
): Promise<{ readonly restored: boolean }> {
  const collection = `cluster/${state.name}`;
  const about = `${collection}/about`;
  const restored = restore(state, database.entries(collection), database.entries(about));
  state.store.onCommit(({ table, change }) => {
    const { object, namespace, name } = change.entry;
    const key = [table, namespace, name].join(separator);
    const isGone = change.type === "DELETED";
    return database.write([
      isGone ? { collection, key } : { collection, key, value: object },
      { collection: about, key: revisionKey, value: change.revision },
    ]);
  });
  if (!restored) await database.write(snapshotChanges(state, collection, about));
  return { restored };
}

function restore(
  state: ClusterState,
  entries: ReadonlyMap<string, unknown>,
  about: ReadonlyMap<string, unknown>,
): boolean {
  const revision = about.get(revisionKey);
  if (typeof revision !== "number") return false;
  const objects = [...entries].map(([key, object]) => ({
    table: key.slice(0, key.indexOf(separator)),
    object: object as KubeObject,
  }));
  state.store.restore({ revision, objects });
  state.restored();
  return true;
}

/** What was made before anybody listened: the namespaces that every cluster starts with. */
function snapshotChanges(state: ClusterState, collection: string, about: string): StateChange[] {
  const { revision, objects } = state.store.snapshot();
  return [
    ...objects.map(({ table, object }) => {
      const { namespace = "", name = "" } = object.metadata;
      return { collection, key: [table, namespace, name].join(separator), value: object };
    }),
    { collection: about, key: revisionKey, value: revision },
  ];
}
