import type { Cluster, Machine } from "../api/core/v1beta2.ts";
import type { KubeObject } from "../runtime/client.ts";
import { deepEqual } from "../runtime/json.ts";

/**
 * Whether a change of an object of one's own asks for a reconcile. The provider writes its status itself: reacting to that would
 * turn every failure into a hot loop past the back-off. A resync shows the same object twice and always counts.
 */
export function isOwnChange(object: KubeObject, old?: KubeObject): boolean {
  if (old === undefined || old === object) return true;
  return !deepEqual(essence(object), essence(old));
}

function essence(object: KubeObject) {
  const { resourceVersion: _, managedFields: __, generation: ___, ...metadata } = object.metadata;
  return { metadata, spec: (object as { spec?: unknown }).spec };
}

/** Of a Cluster only what stops or starts its infrastructure concerns the provider. */
export function isClusterChange(cluster: Cluster, old?: Cluster): boolean {
  if (old === undefined || old === cluster) return true;
  const relevant = ({ spec }: Cluster) => [spec?.paused, spec?.infrastructureRef];
  return !deepEqual(relevant(cluster), relevant(old));
}

/** Machines wait until there is a network to put them into. */
export function isClusterChangeForMachines(cluster: Cluster, old?: Cluster): boolean {
  const isProvisioned = (one?: Cluster) => one?.status?.initialization?.infrastructureProvisioned;
  return isClusterChange(cluster, old) || isProvisioned(cluster) !== isProvisioned(old);
}

/** Of a Machine only what its instance depends on; not what it has from the provider. */
export function isMachineChange(machine: Machine, old?: Machine): boolean {
  if (old === undefined || old === machine) return true;
  const relevant = ({ metadata, spec, status }: Machine) => {
    const { providerID: _, ...wanted } = spec ?? {};
    return [metadata.deletionTimestamp, metadata.labels, wanted, status?.nodeRef];
  };
  return !deepEqual(relevant(machine), relevant(old));
}
