import { ConfigMap, Node, Pod } from "../../api/kubernetes.ts";
import type { Client } from "../../runtime/client.ts";

const controlPlaneLabel = "node-role.kubernetes.io/control-plane";

/** What the workload cluster says about its control plane. */
export interface WorkloadObservation {
  /** `kubeadm init` stores its configuration once the API server works. */
  readonly isInitialized: boolean;
  readonly nodes: ReadonlyMap<string, Node>;
  /** Static pods of the control plane by name: "kube-apiserver-<node>". */
  readonly pods: ReadonlyMap<string, Pod>;
}

export async function inspectWorkload(client: Client): Promise<WorkloadObservation> {
  const kubeadmConfig = await client.get(ConfigMap, {
    namespace: "kube-system",
    name: "kubeadm-config",
  });
  const nodes = await client.list(Node, { labelSelector: controlPlaneLabel });
  const pods = await client.list(Pod, {
    namespace: "kube-system",
    labels: { tier: "control-plane" },
  });
  return {
    isInitialized: kubeadmConfig !== undefined,
    nodes: new Map(nodes.map((node) => [node.metadata.name, node])),
    pods: new Map(pods.map((pod) => [pod.metadata.name, pod])),
  };
}
