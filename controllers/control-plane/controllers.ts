import { KubeadmControlPlane } from "../api/control-plane/v1beta2.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { controllerOf } from "../bootstrap/objects/owners.ts";
import { keyOf, type ObjectKey } from "../runtime/client.ts";
import type { Controller } from "../runtime/controller.ts";
import type { ControlPlaneDeps } from "./kubeadm/deps.ts";
import { KubeadmControlPlaneReconciler } from "./kubeadm/kubeadm-control-plane-reconciler.ts";

export function controlPlaneControllers(deps: ControlPlaneDeps): readonly Controller[] {
  return [
    {
      name: "kubeadmcontrolplane",
      for: { kind: KubeadmControlPlane, toRequests: (kcp) => [keyOf(kcp)] },
      watches: [
        { kind: Machine, toRequests: (machine) => ownerOf(machine as Machine) },
        { kind: Cluster, toRequests: (cluster) => controlPlaneOf(cluster as Cluster) },
      ],
      concurrency: 100,
      reconciler: new KubeadmControlPlaneReconciler(deps),
    },
  ];
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
