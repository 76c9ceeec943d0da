import { AWSCluster, AWSMachine } from "../api/aws/v1beta2.ts";
import { ClusterNameLabel } from "../api/constants.ts";
import { Cluster, Machine } from "../api/core/v1beta2.ts";
import { type KubeObject, keyOf, type ObjectKey } from "../runtime/client.ts";
import type { Controller, Watch } from "../runtime/controller.ts";
import { AWSClusterReconciler } from "./awscluster/awscluster-reconciler.ts";
import { type AwsMachineDeps, AWSMachineReconciler } from "./awsmachine/awsmachine-reconciler.ts";

/** The controllers of the AWS provider, with upstream's concurrency. */
export function awsControllers(deps: AwsMachineDeps): readonly Controller[] {
  const { client } = deps;

  const machinesOfCluster = async (namespace: string, cluster: string) => {
    const machines = await client.list(AWSMachine, {
      namespace,
      labels: { [ClusterNameLabel]: cluster },
    });
    return machines.map(keyOf);
  };

  return [
    {
      name: "awscluster",
      for: watch(AWSCluster, (object) => [keyOf(object)]),
      watches: [watch(Cluster, (cluster) => infrastructureOf(cluster, "AWSCluster"))],
      concurrency: 5,
      reconciler: new AWSClusterReconciler(deps),
    },
    {
      name: "awsmachine",
      for: watch(AWSMachine, (object) => [keyOf(object)]),
      watches: [
        watch(Machine, (machine) => {
          const { kind, name } = machine.spec?.infrastructureRef ?? {};
          const namespace = machine.metadata.namespace ?? "";
          return kind === "AWSMachine" && name !== undefined ? [{ namespace, name }] : [];
        }),
        watch(Cluster, ({ metadata }) =>
          machinesOfCluster(metadata.namespace ?? "", metadata.name),
        ),
      ],
      concurrency: 10,
      reconciler: new AWSMachineReconciler(deps),
    },
  ];
}

function infrastructureOf(cluster: Cluster, kind: string): readonly ObjectKey[] {
  const reference = cluster.spec?.infrastructureRef;
  if (reference?.kind !== kind) return [];
  return [{ namespace: cluster.metadata.namespace ?? "", name: reference.name }];
}

/** Lets the handler know its own type where the list of all watches cannot. */
function watch<T extends KubeObject>(
  kind: Watch<T>["kind"],
  toRequests: Watch<T>["toRequests"],
): Watch {
  return { kind, toRequests };
}
