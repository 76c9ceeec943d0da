import type { StoreSnapshot } from "../kubernetes/store.ts";
import type { BootLogLine } from "./boot-log.ts";
import type { EtcdSnapshot } from "./etcd/etcd-cluster.ts";
import type { Taint } from "./kubeadm/documents.ts";
import type { CertificateAuthorityPem } from "./workload/workload-cluster.ts";

/** What a machine is in its cluster, as plain JSON. */
export interface Roles {
  etcd?: { readonly cluster: string; readonly memberId: string };
  apiServer?: {
    readonly cluster: string;
    readonly bindPort: number;
    readonly version: string;
    readonly servingCertificatePem: string;
    readonly servingKeyPem: string;
  };
  kubelet?: {
    readonly cluster: string;
    readonly nodeName: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly taints: readonly Taint[];
    readonly args: Readonly<Record<string, string>>;
    readonly version: string;
    readonly isControlPlane: boolean;
    readonly bindPort?: number;
    readonly usesLocalApiServer?: boolean;
  };
}

export interface HostSnapshot {
  readonly instanceId: string;
  /** False: it was still being set up, and begins anew after a restore. */
  readonly isSetUp: boolean;
  readonly files: readonly (readonly [path: string, content: string])[];
  readonly log: readonly BootLogLine[];
  readonly trouble?: string;
  readonly roles: Roles;
}

/** What there is to know of a cluster beside its objects. */
export interface ClusterFacts {
  readonly name: string;
  readonly ca: CertificateAuthorityPem;
  readonly controlPlaneEndpoint: string;
  readonly disks: readonly string[];
  readonly instances: readonly (readonly [nodeName: string, instanceId: string])[];
  readonly lastPodAddress: number;
  readonly etcd: EtcdSnapshot;
}

export interface ClusterSnapshot extends ClusterFacts {
  readonly store: StoreSnapshot;
}

/**
 * Everything inside all machines but the objects of their clusters, as plain JSON. It holds keys: it belongs into files that
 * only their owner can read.
 */
export interface SavedMachines {
  readonly hosts: readonly HostSnapshot[];
  readonly clusters: readonly ClusterFacts[];
}

/** What machines are restored from: the same with the objects. */
export interface MachinesSnapshot {
  readonly hosts: readonly HostSnapshot[];
  readonly clusters: readonly ClusterSnapshot[];
}
