import type {
  Cluster,
  Machine,
  MachineDeployment,
} from "@seatrial/controllers/api/core/v1beta2.ts";
import type { KubeadmControlPlane } from "@seatrial/controllers/api/control-plane/v1beta2.ts";
import type { Node } from "@seatrial/controllers/api/kubernetes.ts";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import type { Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import type {
  ClusterFacts,
  InstanceFacts,
  MachineFacts,
  NodeFacts,
  ReplicaFacts,
  Snapshot,
} from "./snapshot.ts";

/** What is looked at: stores and state directly, so that looking changes nothing and takes no time. */
export interface Observed {
  readonly management: Store;
  /** Stores of the workload clusters, by the Cluster's "namespace/name". */
  readonly workloads: ReadonlyMap<string, Store>;
  readonly aws: FakeAws;
  readonly inventoryAtStart: ReadonlySet<string>;
}

export function observe(observed: Observed): Snapshot {
  const { management, aws, inventoryAtStart } = observed;
  return {
    clusters: objects<Cluster>(management, "clusters.cluster.x-k8s.io").map(clusterFacts),
    machines: objects<Machine>(management, "machines.cluster.x-k8s.io").map(machineFacts),
    deployments: objects<MachineDeployment>(management, "machinedeployments.cluster.x-k8s.io").map(
      replicaFacts,
    ),
    controlPlanes: objects<KubeadmControlPlane>(
      management,
      "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io",
    ).map(replicaFacts),
    nodes: [...observed.workloads].flatMap(([cluster, store]) =>
      objects<Node>(store, "nodes").map((node) => nodeFacts(cluster, node)),
    ),
    instances: aws
      .instances()
      .filter(({ state }) => state !== "terminated")
      .map(instanceFacts),
    inventory: aws.inventory().filter((line) => !inventoryAtStart.has(line)),
  };
}

function objects<T>(store: Store, table: string): readonly T[] {
  return store
    .table(table)
    .list()
    .map(({ object }) => object as unknown as T);
}

interface WithConditions {
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

function holds(object: WithConditions, type: string): boolean {
  return (
    object.status?.conditions?.some((one) => one.type === type && one.status === "True") === true
  );
}

function clusterFacts(cluster: Cluster): ClusterFacts {
  return {
    namespace: cluster.metadata.namespace ?? "",
    name: cluster.metadata.name,
    phase: cluster.status?.phase ?? "",
    available: holds(cluster, "Available"),
    deleting: cluster.metadata.deletionTimestamp !== undefined,
  };
}

function machineFacts(machine: Machine): MachineFacts {
  const { labels = {}, namespace = "", name, deletionTimestamp } = machine.metadata;
  const { clusterName, version = "", providerID = "", failureDomain = "" } = machine.spec;
  const { phase = "", nodeRef } = machine.status ?? {};
  return {
    namespace,
    name,
    cluster: clusterName,
    deployment: labels["cluster.x-k8s.io/deployment-name"] ?? "",
    controlPlane: labels["cluster.x-k8s.io/control-plane"] !== undefined,
    phase,
    ready: holds(machine, "Ready"),
    available: holds(machine, "Available"),
    upToDate: holds(machine, "UpToDate"),
    version,
    node: nodeRef?.name ?? "",
    providerID,
    failureDomain,
    deleting: deletionTimestamp !== undefined,
  };
}

interface ReplicaOwner {
  readonly metadata: {
    name: string;
    namespace?: string;
    generation?: number;
    labels?: Record<string, string>;
  };
  readonly spec?: { replicas?: number; clusterName?: string };
  readonly status?: {
    replicas?: number;
    readyReplicas?: number;
    availableReplicas?: number;
    upToDateReplicas?: number;
    observedGeneration?: number;
  };
}

function replicaFacts(owner: ReplicaOwner): ReplicaFacts {
  const { metadata, spec = {}, status = {} } = owner;
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    cluster: spec.clusterName ?? metadata.labels?.["cluster.x-k8s.io/cluster-name"] ?? "",
    desired: BigInt(spec.replicas ?? 1),
    replicas: BigInt(status.replicas ?? 0),
    ready: BigInt(status.readyReplicas ?? 0),
    available: BigInt(status.availableReplicas ?? 0),
    upToDate: BigInt(status.upToDateReplicas ?? 0),
    observed: status.observedGeneration === metadata.generation,
  };
}

function nodeFacts(cluster: string, node: Node): NodeFacts {
  return {
    cluster,
    name: node.metadata.name,
    ready: holds(node, "Ready"),
    version: node.status?.nodeInfo?.kubeletVersion ?? "",
  };
}

function instanceFacts(instance: ReturnType<FakeAws["instances"]>[number]): InstanceFacts {
  return {
    id: instance.instanceId,
    name: instance.tags["Name"] ?? "",
    state: instance.state,
    type: instance.instanceType,
    zone: instance.zone,
  };
}
