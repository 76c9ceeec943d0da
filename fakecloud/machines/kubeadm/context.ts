import type { KeyPairSource } from "../../kernel/fixture-key-pairs.ts";
import type { Host } from "../host.ts";
import type { WorkloadCluster, WorkloadClusterOptions } from "../workload/workload-cluster.ts";
import type { Taint } from "./documents.ts";

export interface KubeletOptions {
  readonly nodeName: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly args: ReadonlyMap<string, string>;
  /** "v1.34.2". */
  readonly version: string;
  readonly isControlPlane: boolean;
  /** Port of the API server on this machine; 6443 if not given. */
  readonly bindPort?: number;
  /** False: even on a control plane the kubelet goes through the endpoint, as before Kubernetes 1.33. */
  readonly usesLocalApiServer?: boolean;
}

/** What makes a cluster this one and no other. */
export type ClusterIdentity = Pick<WorkloadClusterOptions, "ca" | "controlPlaneEndpoint" | "name">;

/** What kubeadm starts or asks for outside itself. */
export interface KubeadmContext {
  readonly keyPairs: KeyPairSource;
  createCluster(options: ClusterIdentity & { readonly instanceId: string }): WorkloadCluster;
  /** Resolves once the Node is registered. */
  startKubelet(host: Host, cluster: WorkloadCluster, options: KubeletOptions): Promise<void>;
}
