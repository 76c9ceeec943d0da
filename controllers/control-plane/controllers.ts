import { KubeadmControlPlane } from "../api/control-plane/v1beta2.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { controllerOf } from "../bootstrap/objects/owners.ts";
import { keyOf, type ObjectKey } from "../runtime/client.ts";
import { type Controller, reconcileIntervalMs, watch } from "../runtime/controller.ts";
import { deepEqual } from "../runtime/json.ts";
import type { ControlPlaneDeps } from "./kubeadm/deps.ts";
import { KubeadmControlPlaneReconciler } from "./kubeadm/kubeadm-control-plane-reconciler.ts";

export function controlPlaneControllers(deps: ControlPlaneDeps): readonly Controller[] {
  return [
    {
      name: "kubeadmcontrolplane",
      for: watch({ kind: KubeadmControlPlane, toRequests: (kcp) => [keyOf(kcp)] }),
      watches: [
        watch({ kind: Machine, toRequests: ownerOf }),
        watch({ kind: Cluster, toRequests: controlPlaneOf, predicate: concernsControlPlane }),
      ],
      concurrency: 100,
      intervalMs: reconcileIntervalMs,
      onWorkloadConnection: async (key) => {
        const cluster = await deps.client.get(Cluster, key);
        return cluster === undefined ? [] : controlPlaneOf(cluster);
      },
      reconciler: new KubeadmControlPlaneReconciler(deps),
    },
  ];
}

/** Of a Cluster's status only infrastructure and failure domains matter; its conditions sum up what is known here. */
function concernsControlPlane(cluster: Cluster, old?: Cluster): boolean {
  const relevant = ({ metadata, status }: Cluster) => [
    metadata.generation,
    metadata.deletionTimestamp,
    status?.initialization,
    status?.failureDomains,
  ];
  return old === undefined || !deepEqual(relevant(cluster), relevant(old));
}

function ownerOf(machine: Machine): readonly ObjectKey[] {
  const owner = controllerOf(machine);
  return owner?.kind === KubeadmControlPlane.kind
    ? [{ namespace: machine.metadata.namespace ?? "", name: owner.name }]
    : [];
}

function controlPlaneOf(cluster: Cluster): readonly ObjectKey[] {
  const reference = cluster.spec.controlPlaneRef;
  return reference?.kind === KubeadmControlPlane.kind
    ? [{ namespace: cluster.metadata.namespace ?? "", name: reference.name }]
    : [];
}
