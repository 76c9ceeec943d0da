import type {
  Cluster,
  Machine,
  MachineDeployment,
} from "@seatrial/controllers/api/core/v1beta2.ts";
import type { AWSMachine } from "@seatrial/controllers/api/aws/v1beta2.ts";
import type { KubeadmControlPlane } from "@seatrial/controllers/api/control-plane/v1beta2.ts";
import type { Node } from "@seatrial/controllers/api/kubernetes.ts";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import { isReady, type PodObject } from "@seatrial/fakecloud/kubernetes/controllers/objects.ts";
import type { Machines } from "@seatrial/fakecloud/machines/machines.ts";
import type { Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import type {
  AwsMachineFacts,
  ClusterFacts,
  Conditions,
  InstanceFacts,
  MachineFacts,
  MachineText,
  NodeFacts,
  PodFacts,
  ReplicaFacts,
  Snapshot,
} from "./snapshot.ts";

/** What is looked at: stores and state directly, so that looking changes nothing and takes no time. */
export interface Observed {
  readonly management: Store;
  readonly aws: FakeAws;
  readonly machines: Machines;
  readonly inventoryAtStart: ReadonlySet<string>;
}

/** Facts are gathered when they are asked for, and once. */
export function observe(observed: Observed): Snapshot {
  return new Sight(observed);
}

class Sight implements Snapshot {
  readonly #observed: Observed;
  readonly #seen = new Map<string, unknown>();

  constructor(observed: Observed) {
    this.#observed = observed;
  }

  #once<T>(name: string, look: (observed: Observed) => T): T {
    if (!this.#seen.has(name)) this.#seen.set(name, look(this.#observed));
    return this.#seen.get(name) as T;
  }

  #managed<T, F>(table: string, facts: (object: T) => F): readonly F[] {
    return this.#once(table, ({ management }) => objects<T>(management, table).map(facts));
  }

  #inWorkloads<T, F>(table: string, facts: (cluster: string, object: T) => F): readonly F[] {
    return this.#once(table, ({ machines }) =>
      machines
        .clusters()
        .flatMap(({ name, state }) =>
          objects<T>(state.store, table).map((object) => facts(name, object)),
        ),
    );
  }

  get clusters() {
    return this.#managed("clusters.cluster.x-k8s.io", clusterFacts);
  }

  get machines() {
    return this.#managed("machines.cluster.x-k8s.io", machineFacts);
  }

  get deployments() {
    return this.#managed<MachineDeployment, ReplicaFacts>(
      "machinedeployments.cluster.x-k8s.io",
      replicaFacts,
    );
  }

  get controlPlanes() {
    return this.#managed<KubeadmControlPlane, ReplicaFacts>(
      "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io",
      replicaFacts,
    );
  }

  get awsMachines() {
    return this.#managed("awsmachines.infrastructure.cluster.x-k8s.io", awsMachineFacts);
  }

  get events() {
    return this.#managed("events", eventFacts);
  }

  get nodes() {
    return this.#inWorkloads("nodes", nodeFacts);
  }

  get pods() {
    return this.#inWorkloads("pods", podFacts);
  }

  get apiServers() {
    return this.#once("apiServers", ({ machines }) =>
      machines
        .clusters()
        .flatMap((cluster) =>
          cluster.apiServerVersions().map((version) => ({ cluster: cluster.name, version })),
        ),
    );
  }

  get instances() {
    return this.#once("instances", ({ aws }) =>
      aws
        .instances()
        .filter(({ state }) => state !== "terminated")
        .map(instanceFacts),
    );
  }

  get inventory() {
    return this.#once("inventory", ({ aws, inventoryAtStart }) =>
      aws.inventory().filter((line) => !inventoryAtStart.has(line)),
    );
  }

  get reasons() {
    return this.#once("reasons", ({ machines }) =>
      this.#texts((instanceId) => machines.why(instanceId)),
    );
  }

  get consoles() {
    return this.#once("consoles", ({ machines }) =>
      this.#texts((instanceId) =>
        machines
          .bootLog(instanceId)
          .map(({ text }) => text)
          .join("\n"),
      ),
    );
  }

  #texts(textOf: (instanceId: string) => string | undefined): readonly MachineText[] {
    return this.awsMachines.flatMap(({ name, instance }) => {
      const text = textOf(instance);
      return text === undefined ? [] : [{ machine: name, text }];
    });
  }
}

function objects<T>(store: Store, table: string): readonly T[] {
  return store
    .table(table)
    .list()
    .map(({ object }) => object as unknown as T);
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface WithConditions {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

function conditionsOf({ status }: WithConditions): Conditions {
  const conditions = status?.conditions ?? [];
  return Object.fromEntries(
    conditions.map((one) => [
      one.type,
      { status: one.status, reason: one.reason ?? "", message: one.message ?? "" },
    ]),
  );
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
    paused: cluster.spec.paused === true,
    conditions: conditionsOf(cluster),
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
    created: machine.metadata.creationTimestamp ?? "",
    conditions: conditionsOf(machine),
  };
}

function awsMachineFacts(machine: AWSMachine): AwsMachineFacts {
  return {
    name: machine.metadata.name,
    ready: machine.status?.ready === true,
    instance: machine.spec?.instanceID ?? "",
    conditions: conditionsOf(machine),
  };
}

interface Event {
  readonly involvedObject?: { readonly kind?: string; readonly name?: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

function eventFacts({ involvedObject = {}, type = "", reason = "", message = "" }: Event) {
  const { kind = "", name = "" } = involvedObject;
  return { about: `${kind}/${name}`, type, reason, message };
}

function podFacts(cluster: string, pod: PodObject): PodFacts {
  const { namespace = "", name } = pod.metadata;
  return {
    cluster,
    namespace,
    name,
    node: pod.spec?.nodeName ?? "",
    phase: pod.status?.phase ?? "",
    ready: isReady(pod),
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
    taints: node.spec?.taints?.map(({ key }) => key) ?? [],
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
