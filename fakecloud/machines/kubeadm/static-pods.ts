import type { ClusterConfiguration } from "./documents.ts";
import { releaseOf } from "./versions.ts";

export type Component = "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";

/** The order in which kubeadm writes their manifests. */
export const components: readonly Component[] = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
];

export interface StaticPodHost {
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly address: string;
  readonly bindPort: number;
}

/** The mirror pod that the kubelet shows for a static pod of the control plane. */
export function mirrorPod(
  component: Component,
  cluster: ClusterConfiguration,
  host: StaticPodHost,
): Readonly<Record<string, unknown>> {
  const { nodeName, nodeUid } = host;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${component}-${nodeName}`,
      namespace: "kube-system",
      labels: { component, tier: "control-plane" },
      annotations: {
        ...endpointAnnotation(component, host),
        "kubernetes.io/config.mirror": `${component}-${nodeName}`,
        "kubernetes.io/config.source": "file",
      },
      ownerReferences: [
        { apiVersion: "v1", kind: "Node", name: nodeName, uid: nodeUid, controller: true },
      ],
    },
    spec: {
      nodeName,
      hostNetwork: true,
      priorityClassName: "system-node-critical",
      tolerations: [{ effect: "NoExecute", operator: "Exists" }],
      containers: [{ name: component, image: imageOf(component, cluster) }],
    },
  };
}

/** Joining members find the API servers and etcd by these. */
function endpointAnnotation(component: Component, host: StaticPodHost): Record<string, string> {
  const prefix = "kubeadm.kubernetes.io";
  if (component === "kube-apiserver") {
    return {
      [`${prefix}/kube-apiserver.advertise-address.endpoint`]: `${host.address}:${host.bindPort}`,
    };
  }
  if (component !== "etcd") return {};
  return { [`${prefix}/etcd.advertise-client-urls`]: `https://${host.address}:2379` };
}

function imageOf(component: Component, cluster: ClusterConfiguration): string {
  const tag =
    component === "etcd"
      ? (cluster.etcdImageTag ?? releaseOf(cluster.kubernetesVersion).etcd)
      : cluster.kubernetesVersion.replace("+", "_");
  return `${cluster.imageRepository}/${component}:${tag}`;
}

/** Status of a pod whose containers run and answer. */
export function runningStatus(
  address: string,
  timestamp: string,
  containers: readonly string[],
): Readonly<Record<string, unknown>> {
  const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
    type,
    status: "True",
    lastTransitionTime: timestamp,
  }));
  return {
    phase: "Running",
    podIP: address,
    podIPs: [{ ip: address }],
    hostIP: address,
    startTime: timestamp,
    conditions,
    containerStatuses: containers.map((name) => ({
      name,
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: timestamp } },
    })),
  };
}
