import type {
  Cluster,
  Machine,
  MachineDeployment,
} from "@seatrial/controllers/api/core/v1beta2.ts";
import type { InstanceView } from "@seatrial/fakecloud/aws/contract.ts";
import type { KubeObject } from "@seatrial/fakecloud/kubernetes/object.ts";
import type { Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import type { WorkloadCluster } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";
import type { Scene } from "./invariant.ts";

export const tables = {
  awsMachines: "awsmachines.infrastructure.cluster.x-k8s.io",
  clusters: "clusters.cluster.x-k8s.io",
  controlPlanes: "kubeadmcontrolplanes.controlplane.cluster.x-k8s.io",
  deployments: "machinedeployments.cluster.x-k8s.io",
  machineSets: "machinesets.cluster.x-k8s.io",
  machines: "machines.cluster.x-k8s.io",
} as const;

/** People may do what they like: promises are about what the controllers do. */
export const isPerson = (author: string): boolean => author === "kubectl";

export function find<T>(store: Store, table: string, namespace: string, name: string) {
  return store.table(table).get(`${namespace}/${name}`)?.object as unknown as T | undefined;
}

export function list<T>(store: Store, table: string): readonly T[] {
  return store
    .table(table)
    .list()
    .map(({ object }) => object as unknown as T);
}

export const asMachine = (object: KubeObject) => object as unknown as Machine;

export const isControlPlane = (machine: Machine): boolean =>
  machine.metadata.labels?.["cluster.x-k8s.io/control-plane"] !== undefined;

export const isDeleting = (object: { readonly metadata: { deletionTimestamp?: string } }) =>
  object.metadata.deletionTimestamp !== undefined;

/** This write is the one that asked for the deletion of the object. */
export const beginsDeletion = (write: {
  readonly type: string;
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
}): boolean =>
  write.before?.metadata.deletionTimestamp === undefined &&
  (write.type === "DELETED" || write.object.metadata.deletionTimestamp !== undefined);

export function isAvailable(machine: Machine | undefined): boolean {
  return (
    machine?.status?.conditions?.some(
      ({ type, status }) => type === "Available" && status === "True",
    ) === true
  );
}

export function clusterOf(scene: Scene, machine: Machine): Cluster | undefined {
  const { namespace = "" } = machine.metadata;
  return find<Cluster>(scene.management, tables.clusters, namespace, machine.spec.clusterName);
}

/** The cluster that a Machine is a part of: the one behind its Cluster's endpoint. */
export function workloadOf(scene: Scene, machine: Machine): WorkloadCluster | undefined {
  const { host, port } = clusterOf(scene, machine)?.spec.controlPlaneEndpoint ?? {};
  return scene.workloads().find((one) => one.controlPlaneEndpoint === `${host}:${port}`);
}

/** True while the whole cluster, or what the Machine belongs to, goes away: then nothing has to be kept. */
export function isGoingAway(scene: Scene, machine: Machine): boolean {
  const cluster = clusterOf(scene, machine);
  return cluster === undefined || isDeleting(cluster);
}

export function deploymentOf(scene: Scene, machine: Machine): MachineDeployment | undefined {
  const { namespace = "", labels = {} } = machine.metadata;
  const name = labels["cluster.x-k8s.io/deployment-name"];
  if (name === undefined) return undefined;
  return find<MachineDeployment>(scene.management, tables.deployments, namespace, name);
}

/** The Machine that an instance was launched for; undefined for a bastion, and once the Machine is gone. */
export function machineOf(scene: Scene, instance: InstanceView): Machine | undefined {
  const [namespace = "", name = ""] = (machineNameOf(instance) ?? "").split("/");
  return find<Machine>(scene.management, tables.machines, namespace, name);
}

/** Its name, as "namespace/name". */
export const machineNameOf = (instance: InstanceView): string | undefined =>
  instance.tags["MachineName"];

/** Names of the clusters that own an instance. */
export function clustersOf(instance: InstanceView): readonly string[] {
  const prefix = "sigs.k8s.io/cluster-api-provider-aws/cluster/";
  return Object.keys(instance.tags)
    .filter((key) => key.startsWith(prefix) && instance.tags[key] === "owned")
    .map((key) => key.slice(prefix.length));
}

export const isAlive = ({ state }: InstanceView): boolean =>
  state !== "terminated" && state !== "shutting-down";

export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

export function parseVersion(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.replace(/^v/, "").split(/[.+-]/).map(Number);
  return { major, minor, patch };
}

/** Negative if `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [parseVersion(a), parseVersion(b)];
  return one.major - other.major || one.minor - other.minor || one.patch - other.patch;
}
