import { KubeadmConfig } from "../api/bootstrap/v1beta2.ts";
import { ClusterNameLabel } from "../api/constants.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { keyOf, type ObjectKey } from "../runtime/client.ts";
import { type Controller, reconcileIntervalMs, watch } from "../runtime/controller.ts";
import { deepEqual } from "../runtime/json.ts";
import type { BootstrapDeps } from "./kubeadm/deps.ts";
import { KubeadmConfigReconciler } from "./kubeadm/kubeadm-config-reconciler.ts";

export function bootstrapControllers(deps: BootstrapDeps): readonly Controller[] {
  return [
    {
      name: "kubeadmconfig",
      for: watch({
        kind: KubeadmConfig,
        toRequests: (config) => [keyOf(config)],
        predicate: isMoreThanStatus,
      }),
      watches: [
        watch({ kind: Machine, toRequests: configOf, predicate: concernsBootstrap }),
        watch({
          kind: Cluster,
          toRequests: (cluster) => configsOf(deps, keyOf(cluster)),
          predicate: concernsConfigs,
        }),
      ],
      concurrency: 100,
      intervalMs: reconcileIntervalMs,
      onWorkloadConnection: (cluster) => configsOf(deps, cluster),
      reconciler: new KubeadmConfigReconciler(deps),
    },
  ];
}

/** The status of a config is written by its own reconciler, which has nothing to learn from it. */
function isMoreThanStatus(config: KubeadmConfig, old?: KubeadmConfig): boolean {
  const relevant = ({ metadata }: KubeadmConfig) => [
    metadata.generation,
    metadata.deletionTimestamp,
    metadata.ownerReferences,
    metadata.annotations,
  ];
  return old === undefined || !deepEqual(relevant(config), relevant(old));
}

/** Conditions of Machines change all the time; bootstrap waits for none of them. */
function concernsBootstrap(machine: Machine, old?: Machine): boolean {
  const relevant = ({ metadata, status }: Machine) => [
    metadata.generation,
    metadata.deletionTimestamp,
    status?.nodeRef?.name,
  ];
  return old === undefined || !deepEqual(relevant(machine), relevant(old));
}

function concernsConfigs(cluster: Cluster, old?: Cluster): boolean {
  const relevant = ({ metadata, status }: Cluster) => [metadata.generation, status?.initialization];
  return old === undefined || !deepEqual(relevant(cluster), relevant(old));
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
