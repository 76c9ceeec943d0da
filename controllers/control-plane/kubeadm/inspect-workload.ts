import { ConfigMap, Node, Pod } from "../../api/kubernetes.ts";
import type { Client } from "../../runtime/client.ts";

const controlPlaneLabel = "node-role.kubernetes.io/control-plane";

/** What the workload cluster says about its control plane. */
export interface WorkloadObservation {
  /** `kubeadm init` stores its configuration once the API server works. */
  readonly isInitialized: boolean;
  /** Nodes with the label of the control plane. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** Nodes of Machines that lack that label. */
  readonly unmarkedNodes: ReadonlyMap<string, Node>;
  /** Static pods of the control plane by name: "kube-apiserver-<node>". */
  readonly pods: ReadonlyMap<string, Pod>;
}

export async function inspectWorkload(
  client: Client,
  nodeNames: readonly string[],
): Promise<WorkloadObservation> {
  const kubeadmConfig = await client.get(ConfigMap, {
    namespace: "kube-system",
    name: "kubeadm-config",
  });
  const nodes = byName(await client.list(Node, { labelSelector: controlPlaneLabel }));
  const unmarked: Node[] = [];
  for (const name of nodeNames) {
    if (nodes.has(name)) continue;
    const node = await client.get(Node, { namespace: "", name });
    if (node !== undefined) unmarked.push(node);
  }
  const pods = await client.list(Pod, {
    namespace: "kube-system",
    labels: { tier: "control-plane" },
  });
  return {
    isInitialized: kubeadmConfig !== undefined,
    nodes,
    unmarkedNodes: byName(unmarked),
    pods: byName(pods),
  };
}

function byName<T extends Node | Pod>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [object.metadata.name, object]));
}
