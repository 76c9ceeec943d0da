import type { Client, KubeObject } from "@seatrial/controllers/runtime/client.ts";
import { kinds } from "../cli/management.ts";

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface Reference {
  readonly apiGroup?: string;
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** Any object of a cluster, as far as a tree shows it. */
export interface Described extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly version?: string;
    readonly infrastructureRef?: Reference;
    readonly controlPlaneRef?: Reference;
    readonly bootstrap?: { readonly configRef?: Reference };
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly replicas?: number;
    readonly availableReplicas?: number;
    readonly readyReplicas?: number;
    readonly upToDateReplicas?: number;
    readonly phase?: string;
  };
}

export interface TreeNode {
  /** What it is to its parent: "ControlPlane", "ClusterInfrastructure". */
  readonly role?: string;
  readonly object: Described;
  readonly children: readonly TreeNode[];
}

/** A cluster with its infrastructure, control plane, workers and Machines; undefined if there is no such Cluster. */
export async function readClusterTree(
  client: Client,
  key: { readonly namespace: string; readonly name: string },
): Promise<TreeNode | undefined> {
  const cluster = await client.get<Described>(kinds.cluster, key);
  if (cluster === undefined) return undefined;
  const { namespace, name } = key;
  const labels = { "cluster.x-k8s.io/cluster-name": name };
  const options = { namespace, labels };
  const deployments = await client.list<Described>(kinds.machineDeployment, options);
  const machines = await client.list<Described>(kinds.machine, options);
  const { infrastructureRef, controlPlaneRef } = cluster.spec ?? {};
  const infrastructure = await follow(client, namespace, infrastructureRef);
  const controlPlane = await follow(client, namespace, controlPlaneRef);
  const own = (label: string, value?: string) =>
    machines.filter(({ metadata }) => {
      const found = metadata.labels?.[label];
      return found !== undefined && (value === undefined || found === value);
    });
  const nodesOf = (some: readonly Described[]) =>
    Promise.all(some.map((machine) => machineNode(client, namespace, machine)));
  const children: TreeNode[] = [];
  if (infrastructure !== undefined) {
    children.push({ role: "ClusterInfrastructure", object: infrastructure, children: [] });
  }
  if (controlPlane !== undefined) {
    const members = await nodesOf(own("cluster.x-k8s.io/control-plane"));
    children.push({ role: "ControlPlane", object: controlPlane, children: members });
  }
  for (const object of deployments) {
    const label = "cluster.x-k8s.io/deployment-name";
    children.push({ object, children: await nodesOf(own(label, object.metadata.name)) });
  }
  return { object: cluster, children };
}

async function machineNode(
  client: Client,
  namespace: string,
  object: Described,
): Promise<TreeNode> {
  const { infrastructureRef, bootstrap } = object.spec ?? {};
  const parts = [
    ["BootstrapConfig", await follow(client, namespace, bootstrap?.configRef)],
    ["MachineInfrastructure", await follow(client, namespace, infrastructureRef)],
  ] as const;
  const children = parts.flatMap(([role, part]) =>
    part === undefined ? [] : [{ role, object: part, children: [] }],
  );
  return { object, children };
}

async function follow(
  client: Client,
  namespace: string,
  reference: Reference | undefined,
): Promise<Described | undefined> {
  if (reference === undefined) return undefined;
  const { apiGroup, kind, name } = reference;
  const apiVersion = reference.apiVersion ?? (await servedVersion(client, apiGroup ?? "", kind));
  if (apiVersion === undefined) return undefined;
  return client.get<Described>(await client.kindFor(apiVersion, kind), {
    namespace,
    name,
  });
}

/** References name the group only: the newest version that is served will do. */
async function servedVersion(
  client: Client,
  group: string,
  kind: string,
): Promise<string | undefined> {
  for (const version of ["v1beta2", "v1beta1"]) {
    const apiVersion = `${group}/${version}`;
    try {
      await client.kindFor(apiVersion, kind);
      return apiVersion;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}
