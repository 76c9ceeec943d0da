import type { ObjectKey } from "../../runtime/client.ts";

/** IDs are unsigned 64-bit numbers in decimal: they do not fit a JavaScript number. */
export interface EtcdMember {
  readonly id: string;
  /** Equals the name of the Node; empty until the member has started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface EtcdStatus {
  readonly memberId: string;
  /** "0" without a leader. */
  readonly leaderId: string;
  readonly version: string;
  readonly isLearner: boolean;
  /** "etcdserver: no leader", "alarm:NOSPACE …": a member that reports any is not healthy. */
  readonly errors: readonly string[];
}

export interface EtcdAlarm {
  readonly memberId: string;
  readonly type: "CORRUPT" | "NOSPACE";
}

/** One member of a cluster's etcd. Every call may fail: the member may be gone, or without quorum. */
export interface EtcdClient {
  status(): Promise<EtcdStatus>;
  memberList(): Promise<readonly EtcdMember[]>;
  memberRemove(id: string): Promise<void>;
  /** Only the leader can do this; ask the leader's own client. */
  moveLeader(targetId: string): Promise<void>;
  alarms(): Promise<readonly EtcdAlarm[]>;
  close(): void;
}

export interface EtcdTarget {
  readonly cluster: ObjectKey;
  /** Of the workload cluster: the way to the pod's port 2379 is a port-forward. */
  readonly kubeconfig: string;
  /** The pod is kube-system/etcd-<nodeName>. */
  readonly nodeName: string;
  /** PEM: etcd's CA, and the client certificate that it signed. */
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface EtcdClientFactory {
  /** Rejects when the member cannot be reached within ten seconds. */
  connect(target: EtcdTarget): Promise<EtcdClient>;
}
