import { Cluster } from "../api/core/v1beta2.ts";
import type { Client, Kind, KubeObject, ObjectKey } from "../runtime/client.ts";
import type { ObjectWithConditions } from "../runtime/conditions.ts";
import { ensureFinalizer } from "../runtime/finalizers.ts";
import { draftOf } from "../runtime/json.ts";
import { persist } from "../runtime/persist.ts";
import type { CoreDeps } from "./core-deps.ts";
import { isPaused, recordPaused } from "./paused.ts";

type Owned = KubeObject &
  ObjectWithConditions & { readonly spec: { readonly clusterName: string } };

export interface Opened<T> {
  readonly cluster: Cluster;
  readonly observed: T;
  /** The copy that the reconcile changes; `persist` writes the difference. */
  readonly draft: T;
}

/**
 * The beginning that all reconcilers of objects of a cluster share: get, gone, Cluster, finalizer, paused. Undefined if there is
 * nothing more to do now: what is missing or paused comes back as a change of a watched object.
 */
export async function openObject<T extends Owned>(
  deps: CoreDeps,
  kind: Kind<T>,
  key: ObjectKey,
  finalizer: string,
): Promise<Opened<T> | undefined> {
  const { client, clock } = deps;
  const found = await client.get(kind, key);
  if (found === undefined) return undefined; // Gone; what it owned is garbage collected.
  const deleting = found.metadata.deletionTimestamp !== undefined;
  const cluster = await findCluster(client, found);
  if (cluster === undefined) return undefined; // Its creation is watched.
  const observed = deleting ? found : await ensureFinalizer(client, kind, found, finalizer);
  const draft = draftOf(observed);
  const changed = recordPaused(draft, cluster, clock.now());
  if (!isPaused(cluster, observed)) return { cluster, observed, draft };
  if (changed) await persist(client, kind, observed, draft);
  return undefined; // Unpausing changes the object or its Cluster, and both are watched.
}

/**
 * To an object that is being deleted a Cluster that is gone is one that is going: otherwise its finalizer would hold it for ever,
 * which is what upstream does.
 */
async function findCluster(
  client: Client,
  { metadata, spec }: Owned,
): Promise<Cluster | undefined> {
  const { namespace = "", deletionTimestamp } = metadata;
  const key = { namespace, name: spec.clusterName };
  const cluster = await client.get(Cluster, key);
  if (cluster !== undefined || deletionTimestamp === undefined) return cluster;
  return {
    apiVersion: "cluster.x-k8s.io/v1beta2",
    kind: "Cluster",
    metadata: { ...key, deletionTimestamp },
    spec: {},
  };
}
