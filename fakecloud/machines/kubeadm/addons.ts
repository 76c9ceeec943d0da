import type { ClusterConfiguration } from "./documents.ts";
import {
  bootstrappers,
  configMap,
  groupBinding,
  inNamespace,
  type ObjectToCreate,
  rbac,
  role,
  toYaml,
} from "./object-shapes.ts";
import { serviceAddress } from "./service-addresses.ts";
import { releaseOf } from "./versions.ts";

/** What name resolution in the cluster may look at. */
function systemCoreDns(): readonly ObjectToCreate[] {
  const name = "system:coredns";
  return [
    {
      path: `/apis/${rbac}/v1/clusterroles`,
      object: {
        apiVersion: `${rbac}/v1`,
        kind: "ClusterRole",
        metadata: { name },
        rules: [
          {
            apiGroups: [""],
            resources: ["endpoints", "services", "pods", "namespaces"],
            verbs: ["list", "watch"],
          },
          {
            apiGroups: ["discovery.k8s.io"],
            resources: ["endpointslices"],
            verbs: ["list", "watch"],
          },
        ],
      },
    },
    groupBinding(name, name, { kind: "ServiceAccount", name: "coredns", namespace: "kube-system" }),
  ];
}

export function coreDns(cluster: ClusterConfiguration): readonly ObjectToCreate[] {
  const metadata = { name: "coredns", namespace: "kube-system" };
  const tag = cluster.dnsImageTag ?? releaseOf(cluster.kubernetesVersion).coreDns;
  const repository =
    cluster.imageRepository === "registry.k8s.io"
      ? "registry.k8s.io/coredns"
      : cluster.imageRepository;
  const labels = { "k8s-app": "kube-dns" };
  return [
    inNamespace("kube-system", "serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata,
    }),
    configMap("coredns", { Corefile: corefile(cluster.dnsDomain) }),
    ...systemCoreDns(),
    inNamespace("kube-system", "deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...metadata, labels },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "coredns",
            priorityClassName: "system-cluster-critical",
            tolerations: [
              { key: "CriticalAddonsOnly", operator: "Exists" },
              { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" },
            ],
            containers: [
              {
                name: "coredns",
                image: `${repository}/coredns:${tag}`,
                args: ["-conf", "/etc/coredns/Corefile"],
                resources: {
                  limits: { memory: "170Mi" },
                  requests: { cpu: "100m", memory: "70Mi" },
                },
              },
            ],
            volumes: [
              {
                name: "config-volume",
                configMap: { name: "coredns", items: [{ key: "Corefile", path: "Corefile" }] },
              },
            ],
          },
        },
      },
    }),
    dnsService(cluster, labels),
  ];
}

function dnsService(
  cluster: ClusterConfiguration,
  labels: Readonly<Record<string, string>>,
): ObjectToCreate {
  return inNamespace("kube-system", "services", {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "kube-dns",
      namespace: "kube-system",
      labels: { ...labels, "kubernetes.io/name": "CoreDNS" },
    },
    spec: {
      clusterIP: serviceAddress(cluster.serviceSubnet, 10),
      selector: labels,
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
        { name: "metrics", port: 9153, protocol: "TCP", targetPort: 9153 },
      ],
    },
  });
}

/** Source: kubeadm's manifest of CoreDNS. */
function corefile(domain: string): string {
  return [
    ".:53 {",
    "    errors",
    "    health {",
    "       lameduck 5s",
    "    }",
    "    ready",
    `    kubernetes ${domain} in-addr.arpa ip6.arpa {`,
    "       pods insecure",
    "       fallthrough in-addr.arpa ip6.arpa",
    "       ttl 30",
    "    }",
    "    prometheus :9153",
    "    forward . /etc/resolv.conf {",
    "       max_concurrent 1000",
    "    }",
    "    cache 30",
    "    loop",
    "    reload",
    "    loadbalance",
    "}",
    "",
  ].join("\n");
}

export function kubeProxy(cluster: ClusterConfiguration): readonly ObjectToCreate[] {
  const metadata = { name: "kube-proxy", namespace: "kube-system" };
  const labels = { "k8s-app": "kube-proxy" };
  const tag = cluster.kubernetesVersion.replace("+", "_");
  return [
    inNamespace("kube-system", "serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata,
    }),
    groupBinding("kubeadm:node-proxier", "system:node-proxier", {
      kind: "ServiceAccount",
      name: "kube-proxy",
      namespace: "kube-system",
    }),
    ...role("kube-system", "kube-proxy", "kube-proxy", [
      { apiGroup: rbac, kind: "Group", name: bootstrappers },
    ]),
    configMap("kube-proxy", {
      "config.conf": toYaml({
        apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
        kind: "KubeProxyConfiguration",
        clusterCIDR: cluster.podSubnet ?? "",
      }),
    }),
    inNamespace("kube-system", "daemonsets", {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { ...metadata, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "kube-proxy",
            hostNetwork: true,
            priorityClassName: "system-node-critical",
            nodeSelector: { "kubernetes.io/os": "linux" },
            tolerations: [{ operator: "Exists" }],
            containers: [
              { name: "kube-proxy", image: `${cluster.imageRepository}/kube-proxy:${tag}` },
            ],
          },
        },
      },
    }),
  ];
}
