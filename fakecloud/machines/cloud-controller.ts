import type { MachineCloud, InstanceView } from "../aws/contract.ts";
import type { Faults } from "../kernel/faults.ts";
import {
  isReady,
  type NodeObject,
  type PodObject,
  taintsPatch,
} from "../kubernetes/controllers/objects.ts";
import { recordEvent } from "../kubernetes/controllers/events.ts";
import { Loop } from "../kubernetes/controllers/loop.ts";
import type { WorkloadCluster } from "./workload/workload-cluster.ts";

export const uninitializedTaint = "node.cloudprovider.kubernetes.io/uninitialized";
const shutdownTaint = "node.cloudprovider.kubernetes.io/shutdown";
const imageMark = "cloud-controller-manager";
const actor = "cloud-controller-manager";

interface CloudControllerOptions {
  readonly cluster: WorkloadCluster;
  readonly aws: MachineCloud;
  readonly faults: Faults;
}

/**
 * What the AWS cloud controller manager does for Nodes, while one of its pods runs: addresses, provider ID, zone labels, the
 * end of the uninitialized taint, and the deletion of Nodes whose instance is gone.
 */
export function startCloudController(options: CloudControllerOptions): () => void {
  const { cluster } = options;
  const { state, clock } = cluster;
  const loop = new Loop({
    clock,
    name: `cloud-controller ${cluster.name}`,
    delayMs: 500,
    periodMs: 5_000,
    sync: async () => {
      if (
        cluster.isUp &&
        needsWork(cluster) &&
        cloudControllerObstacle(cluster, options.aws) === undefined
      ) {
        await syncNodes(options);
      }
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

function nodesOf(cluster: WorkloadCluster): readonly NodeObject[] {
  return cluster.state.store
    .table("nodes")
    .list()
    .map(({ object }) => object as unknown as NodeObject);
}

function hasTaint(node: NodeObject, key: string): boolean {
  return node.spec?.taints?.some((taint) => taint.key === key) === true;
}

/** Nodes that are well and known are left alone; whether all are is looked at once after each change. */
function needsWork({ state }: WorkloadCluster): boolean {
  return state.store
    .table("nodes")
    .view("", "need-cloud", (entries) =>
      entries
        .map(({ object }) => object as unknown as NodeObject)
        .some(
          (node) =>
            !isReady(node) || hasTaint(node, uninitializedTaint) || hasTaint(node, shutdownTaint),
        ),
    );
}

/** Why no cloud controller manager can do its work, in words that end a sentence; undefined if one can. */
export function cloudControllerObstacle(
  cluster: WorkloadCluster,
  aws: MachineCloud,
): string | undefined {
  const pods = cluster.state.store
    .table("pods")
    .list()
    .map(({ object }) => object as unknown as PodObject)
    .filter(({ spec }) => spec?.containers?.some(({ image }) => image?.includes(imageMark)));
  if (pods.length === 0) return "no cloud controller manager runs in the cluster";
  let obstacle = "no pod of the cloud controller manager is ready";
  for (const pod of pods.filter(isReady)) {
    const instanceId = cluster.instanceOf(pod.spec?.nodeName ?? "");
    const instance = instanceId === undefined ? undefined : aws.instance(instanceId);
    if (instance === undefined) continue;
    const host = `ec2.${instance.region}.amazonaws.com`;
    const origin = { from: "instance", instanceId: instance.instanceId } as const;
    const reach = aws.network.canReach(origin, host, 443);
    if (reach.reachable) return undefined;
    obstacle = `the cloud controller manager cannot reach ${host}: ${reach.obstacle.message}`;
  }
  return obstacle;
}

async function syncNodes({ cluster, aws, faults }: CloudControllerOptions): Promise<void> {
  for (const node of nodesOf(cluster)) {
    const { name } = node.metadata;
    const instance = findInstance(cluster, aws, node);
    if (hasTaint(node, uninitializedTaint)) {
      const point = { seam: "machine", operation: "node initialization", object: name } as const;
      const fault = faults.decide({ ...point, phase: "beforeCommit" });
      if (instance !== undefined && fault === undefined) await initialize(cluster, node, instance);
    } else if (isReady(node)) await setShutdownTaint(cluster, node, false);
    else if (instance === undefined || instance.state === "terminated") {
      await deleteNode(cluster, node);
    } else await setShutdownTaint(cluster, node, instance.state === "stopped");
  }
}

async function deleteNode(cluster: WorkloadCluster, { metadata }: NodeObject): Promise<void> {
  const { clock, random } = cluster;
  const { name } = metadata;
  const context = { clock, random, name: cluster.name, call: () => cluster.caller(actor) };
  await recordEvent(
    context,
    { kind: "Node", metadata },
    {
      type: "Normal",
      reason: "DeletingNode",
      message: `Deleting node ${name} because it does not exist in the cloud provider`,
      component: "cloud-node-lifecycle-controller",
    },
  );
  await cluster.caller(actor).delete(`/api/v1/nodes/${name}`);
}

/** By provider ID; else the Node's name must be the private DNS name of a running instance, or begin with its ID. */
function findInstance(
  cluster: WorkloadCluster,
  aws: MachineCloud,
  node: NodeObject,
): InstanceView | undefined {
  const { name } = node.metadata;
  const providerId = node.spec?.providerID?.split("/").at(-1);
  if (providerId !== undefined) return aws.instance(providerId);
  if (name.startsWith("i-")) return aws.instance(name.split(".")[0] ?? name);
  const instance = aws.instance(cluster.instanceOf(name) ?? "");
  return instance?.privateDnsName === name && instance.state !== "terminated"
    ? instance
    : undefined;
}

async function setShutdownTaint(
  cluster: WorkloadCluster,
  node: NodeObject,
  wanted: boolean,
): Promise<void> {
  if (hasTaint(node, shutdownTaint) === wanted) return;
  const others = (node.spec?.taints ?? []).filter(({ key }) => key !== shutdownTaint);
  const own = wanted ? [{ key: shutdownTaint, effect: "NoSchedule" }] : [];
  const patch = taintsPatch(node, [...others, ...own]);
  await cluster.caller(actor).patch(`/api/v1/nodes/${node.metadata.name}`, patch);
}

function addressesOf(instance: InstanceView): readonly object[] {
  return [
    { type: "InternalIP", address: instance.privateIp },
    ...(instance.publicIp === undefined
      ? []
      : [{ type: "ExternalIP", address: instance.publicIp }]),
    { type: "InternalDNS", address: instance.privateDnsName },
    { type: "Hostname", address: instance.privateDnsName },
  ];
}

/** Addresses come first: they go through the status, and without them nothing may be scheduled here. */
async function initialize(
  cluster: WorkloadCluster,
  node: NodeObject,
  instance: InstanceView,
): Promise<void> {
  const caller = cluster.caller(actor);
  const { name } = node.metadata;
  await caller.patch(`/api/v1/nodes/${name}/status`, {
    status: { addresses: addressesOf(instance) },
  });
  // Read afresh, and refused if it changes again: kubeadm may be adding taints just now.
  const current = nodesOf(cluster).find((one) => one.metadata.name === name) ?? node;
  const taints = (current.spec?.taints ?? []).filter(({ key }) => key !== uninitializedTaint);
  const patch = taintsPatch(current, taints);
  await caller.patch(`/api/v1/nodes/${name}`, {
    metadata: {
      ...patch.metadata,
      labels: {
        "beta.kubernetes.io/instance-type": instance.instanceType,
        "failure-domain.beta.kubernetes.io/region": instance.region,
        "failure-domain.beta.kubernetes.io/zone": instance.zone,
        "node.kubernetes.io/instance-type": instance.instanceType,
        "topology.kubernetes.io/region": instance.region,
        "topology.kubernetes.io/zone": instance.zone,
      },
    },
    spec: {
      ...patch.spec,
      providerID: node.spec?.providerID ?? `aws:///${instance.zone}/${instance.instanceId}`,
    },
  });
}
