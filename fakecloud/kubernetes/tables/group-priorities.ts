/** In which order discovery lists the groups: highest first, as the aggregator of Kubernetes 1.36 has them. */
export const groupPriorities: Readonly<Record<string, number>> = {
  "": 18_000,
  "apiregistration.k8s.io": 18_000,
  apps: 17_800,
  "events.k8s.io": 17_750,
  "authentication.k8s.io": 17_700,
  "authorization.k8s.io": 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  "certificates.k8s.io": 17_300,
  "networking.k8s.io": 17_200,
  policy: 17_100,
  "rbac.authorization.k8s.io": 17_000,
  "storage.k8s.io": 16_800,
  "admissionregistration.k8s.io": 16_700,
  "apiextensions.k8s.io": 16_700,
  "scheduling.k8s.io": 16_600,
  "coordination.k8s.io": 16_500,
  "node.k8s.io": 16_300,
  "discovery.k8s.io": 16_200,
  "flowcontrol.apiserver.k8s.io": 16_100,
  "internal.apiserver.k8s.io": 16_000,
  "resource.k8s.io": 15_900,
};

/** Groups of custom resources. */
export const customGroupPriority = 1000;

interface SubresourceDescription {
  readonly verbs: readonly string[];
  /** Where requests and answers are of another kind than the parent. */
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
}

/** What a proxy to something is asked with. */
export const proxyKinds: Readonly<Record<string, string>> = {
  nodes: "NodeProxyOptions",
  pods: "PodProxyOptions",
  services: "ServiceProxyOptions",
};

/** How discovery describes what lies behind an object's name. */
export const subresourceDescriptions: Readonly<Record<string, SubresourceDescription>> = {
  approval: { verbs: ["get", "patch", "update"] },
  attach: { verbs: ["create", "get"], kind: "PodAttachOptions" },
  binding: { verbs: ["create"], kind: "Binding" },
  ephemeralcontainers: { verbs: ["get", "patch", "update"] },
  eviction: { verbs: ["create"], group: "policy", version: "v1", kind: "Eviction" },
  exec: { verbs: ["create", "get"], kind: "PodExecOptions" },
  finalize: { verbs: ["update"] },
  log: { verbs: ["get"] },
  portforward: { verbs: ["create", "get"], kind: "PodPortForwardOptions" },
  proxy: {
    verbs: ["create", "delete", "get", "patch", "update"],
    kind: "PodProxyOptions",
  },
  resize: { verbs: ["get", "patch", "update"] },
  scale: { verbs: ["get", "patch", "update"], group: "autoscaling", version: "v1", kind: "Scale" },
  status: { verbs: ["get", "patch", "update"] },
  token: {
    verbs: ["create"],
    group: "authentication.k8s.io",
    version: "v1",
    kind: "TokenRequest",
  },
};
