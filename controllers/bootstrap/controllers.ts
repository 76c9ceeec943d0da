import { KubeadmConfig } from "../api/bootstrap/v1beta2.ts";
import { ClusterNameLabel } from "../api/constants.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { keyOf, type ObjectKey } from "../runtime/client.ts";
import { type Controller, watch } from "../runtime/controller.ts";
import type { BootstrapDeps } from "./kubeadm/deps.ts";
import { KubeadmConfigReconciler } from "./kubeadm/kubeadm-config-reconciler.ts";

export function bootstrapControllers(deps: BootstrapDeps): readonly Controller[] {
  return [
    {
      name: "kubeadmconfig",
      for: watch({ kind: KubeadmConfig, toRequests: (config) => [keyOf(config)] }),
      watches: [
        watch({ kind: Machine, toRequests: configOf }),
        watch({ kind: Cluster, toRequests: (cluster) => configsOf(deps, keyOf(cluster)) }),
      ],
      concurrency: 100,
      onWorkloadConnection: (cluster) => configsOf(deps, cluster),
      reconciler: new KubeadmConfigReconciler(deps),
    },
  ];
}

function configOf(machine: Machine): readonly ObjectKey[] {
  const { configRef } = machine.spec.bootstrap;
  return configRef?.kind === KubeadmConfig.kind && configRef.apiGroup === KubeadmConfig.group
    ? [{ namespace: machine.metadata.namespace ?? "", name: configRef.name }]
    : [];
}

/** Every config of the cluster waits for something in it: infrastructure, endpoint, control plane, unpausing. */
async function configsOf(
  deps: BootstrapDeps,
  { namespace, name }: ObjectKey,
): Promise<readonly ObjectKey[]> {
  const configs = await deps.client.list(KubeadmConfig, {
    namespace,
    labels: { [ClusterNameLabel]: name },
  });
  return configs.map(keyOf);
}
