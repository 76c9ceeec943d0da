import type { Cluster } from "@seatrial/controllers/api/core/v1beta2.ts";
import type { KubeObject } from "@seatrial/fakecloud/kubernetes/object.ts";
import { beginsDeletion, clustersOf, isPerson, list, tables } from "./facts.ts";
import type { Invariant, Verdict, Write } from "./invariant.ts";

/** How long a reconcile that began before may still write. */
const visibleMs = 30_000;

export const pausedIsLeftAlone: Invariant = {
  id: "REP-8",
  promise: "while a Cluster is paused nothing of it is created, changed or deleted but by people",
  motivation: "capi-behaviour: pausing is how people stop controllers before they do damage",
  watch(scene) {
    /** When each paused Cluster was paused, by "namespace/name". */
    const pausedAtMs = new Map<string, number>();
    const isLongPaused = (name: string): boolean => {
      const sinceMs = pausedAtMs.get(name);
      return sinceMs !== undefined && scene.nowMs() - sinceMs > visibleMs;
    };
    const onObject = (write: Write): Verdict => {
      if (isPerson(write.author) || write.author === "garbage-collector") return undefined;
      const { namespace, labels } = write.object.metadata;
      const cluster = labels?.["cluster.x-k8s.io/cluster-name"] ?? "";
      if (!isLongPaused(`${namespace}/${cluster}`)) return undefined;
      if (!changesIntent(write)) return undefined;
      return `Cluster ${namespace}/${cluster} is paused`;
    };
    return {
      writes: {
        [tables.clusters]: (write) => {
          const cluster = write.object as unknown as Cluster;
          const name = `${cluster.metadata.namespace}/${cluster.metadata.name}`;
          if (write.type === "DELETED" || cluster.spec.paused !== true) pausedAtMs.delete(name);
          else if (!pausedAtMs.has(name)) pausedAtMs.set(name, scene.nowMs());
          return undefined;
        },
        [tables.machines]: onObject,
        [tables.machineSets]: onObject,
        [tables.awsMachines]: onObject,
      },
      instance: ({ instance, from, to }) => {
        if (from !== undefined || to !== "pending") return undefined;
        const names = clustersOf(instance);
        const owners = list<Cluster>(scene.management, tables.clusters).filter(({ metadata }) =>
          names.includes(metadata.name),
        );
        const paused = owners.find(({ metadata }) =>
          isLongPaused(`${metadata.namespace}/${metadata.name}`),
        );
        return paused === undefined ? undefined : `Cluster ${paused.metadata.name} is paused`;
      },
    };
  },
};

/** Statuses may be brought up to date; what is wanted, and whether the object lives, may not change. */
function changesIntent(write: Write): boolean {
  if (write.type !== "MODIFIED") return true;
  const generation = (object: KubeObject | undefined) => object?.metadata.generation;
  return generation(write.before) !== generation(write.object) || beginsDeletion(write);
}
