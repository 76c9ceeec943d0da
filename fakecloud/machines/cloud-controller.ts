import type { FakeAws, InstanceView } from "../aws/contract.ts";
import type { NodeObject, PodObject } from "../kubernetes/controllers/objects.ts";
import { isReady } from "../kubernetes/controllers/objects.ts";
import { Loop } from "../kubernetes/controllers/loop.ts";
import type { WorkloadCluster } from "./workload/workload-cluster.ts";

export const uninitializedTaint = "node.cloudprovider.kubernetes.io/uninitialized";
const imageMark = "cloud-controller-manager";

/**
 * What the AWS cloud controller manager does for Nodes, while one of its pods runs: addresses, provider ID, zone labels, the
 * end of the uninitialized taint, and the deletion of Nodes whose instance is gone.
 */
export function startCloudController(cluster: WorkloadCluster, aws: FakeAws): () => void {
  const { state, clock } = cluster;
  const loop = new Loop({
    clock,
    name: `cloud-controller ${cluster.name}`,
    delayMs: 500,
    periodMs: 5_000,
    sync: async () => {
      if (cluster.isUp && isCloudControllerRunning(cluster)) await syncNodes(cluster, aws);
    },
  });
  const stops = ["nodes", "pods"].map((table) =>
    state.store.table(table).onChange(() => loop.poke()),
  );
  return () => {
    for (const stop of stops) stop();
    loop.close();
  };
}

function listOf<T>(cluster: WorkloadCluster, table: string): readonly T[] {
  return cluster.state.store
    .table(table)
    .list()
    .map(({ object }) => object as unknown as T);
}

export function isCloudControllerRunning(cluster: WorkloadCluster): boolean {
  return listOf<PodObject>(cluster, "pods").some(
    (pod) =>
      pod.status?.phase === "Running" &&
      pod.spec?.containers?.some(({ image }) => image?.includes(imageMark) === true) === true,
  );
}

async function syncNodes(cluster: WorkloadCluster, aws: FakeAws): Promise<void> {
  const instances = aws.instances();
  for (const node of listOf<NodeObject>(cluster, "nodes")) {
    const instance = findInstance(instances, node);
    if (node.spec?.taints?.some(({ key }) => key === uninitializedTaint) === true) {
      if (instance !== undefined) await initialize(cluster, node, instance);
    } else if (!isReady(node) && (instance === undefined || instance.state === "terminated")) {
      await cluster
        .caller("cloud-controller-manager")
        .delete(`/api/v1/nodes/${node.metadata.name}`);
    }
  }
}

function findInstance(
  instances: readonly InstanceView[],
  node: NodeObject,
): InstanceView | undefined {
  const id = node.spec?.providerID?.split("/").at(-1);
  return instances.find((instance) =>
    id === undefined
      ? instance.privateDnsName === node.metadata.name && instance.state !== "terminated"
      : instance.instanceId === id,
  );
}

async function initialize(
  cluster: WorkloadCluster,
  node: NodeObject,
  instance: InstanceView,
): Promise<void> {
  const caller = cluster.caller("cloud-controller-manager");
  const { name } = node.metadata;
  const addresses = [
    { type: "InternalIP", address: instance.privateIp },
    ...(instance.publicIp === undefined
      ? []
      : [{ type: "ExternalIP", address: instance.publicIp }]),
    { type: "InternalDNS", address: instance.privateDnsName },
    { type: "Hostname", address: instance.privateDnsName },
  ];
  await caller.patch(`/api/v1/nodes/${name}/status`, { status: { addresses } });
  await caller.patch(`/api/v1/nodes/${name}`, {
    metadata: {
      labels: {
        "node.kubernetes.io/instance-type": instance.instanceType,
        "topology.kubernetes.io/region": instance.region,
        "topology.kubernetes.io/zone": instance.zone,
      },
    },
    spec: {
      providerID: node.spec?.providerID ?? `aws:///${instance.zone}/${instance.instanceId}`,
      taints: (node.spec?.taints ?? []).filter(({ key }) => key !== uninitializedTaint),
    },
  });
}
