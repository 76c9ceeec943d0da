import type { KeyPairSource } from "../kernel/fixture-key-pairs.ts";
import type { Host } from "./host.ts";
import type { KubeletOptions } from "./kubelet/kubelet.ts";
import type { CertificateAuthorityPem, WorkloadCluster } from "./workload/workload-cluster.ts";

/** What kubeadm needs of the world around it. */
export interface KubeadmContext {
  readonly keyPairs: KeyPairSource;
  createCluster(options: {
    readonly name: string;
    readonly ca: CertificateAuthorityPem;
    readonly controlPlaneEndpoint: string;
  }): WorkloadCluster;
  /** Resolves when the Node is registered. */
  startKubelet(host: Host, cluster: WorkloadCluster, options: KubeletOptions): Promise<void>;
}
