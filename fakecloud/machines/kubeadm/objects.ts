import { stringify } from "yaml";
import type { ClusterConfiguration } from "./documents.ts";
import { releaseOf } from "./versions.ts";

/** An object to create, and where. */
export interface ObjectToCreate {
  /** The collection: "/api/v1/namespaces/kube-system/configmaps". */
  readonly path: string;
  readonly object: Readonly<Record<string, unknown>>;
}

const bootstrappers = "system:bootstrappers:kubeadm:default-node-token";
const rbac = "rbac.authorization.k8s.io";

/** Everything that `kubeadm init` creates in the API server, in the order of its phases. */
export function initObjects(input: {
  readonly cluster: ClusterConfiguration;
  readonly caPem: string;
  readonly skipPhases: readonly string[];
}): readonly ObjectToCreate[] {
  const { cluster, caPem, skipPhases } = input;
  const skips = (phase: string) => skipPhases.some((each) => each === phase || each === "addon");
  return [
    groupBinding("kubeadm:cluster-admins", "cluster-admin", "kubeadm:cluster-admins"),
    kubeadmConfig(cluster),
    ...readableBy("kubeadm:nodes-kubeadm-config", "kubeadm-config", [
      bootstrappers,
      "system:nodes",
    ]),
    kubeletConfig(cluster),
    ...readableBy("kubeadm:kubelet-config", "kubelet-config", [bootstrappers, "system:nodes"]),
    ...bootstrapTokenRoles(),
    ...clusterInfo(cluster, caPem),
    ...(skips("addon/coredns") ? [] : coreDns(cluster)),
    ...(skips("addon/kube-proxy") ? [] : kubeProxy(cluster)),
  ];
}

function inNamespace(
  namespace: string,
  resource: string,
  object: Readonly<Record<string, unknown>>,
): ObjectToCreate {
  const apiVersion = String(object["apiVersion"]);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return { path: `${root}/namespaces/${namespace}/${resource}`, object };
}

function configMap(name: string, data: Readonly<Record<string, string>>): ObjectToCreate {
  return inNamespace("kube-system", "configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "kube-system" },
    data,
  });
}

function toYaml(document: unknown): string {
  return stringify(document, { sortMapEntries: true, lineWidth: 0 });
}

function kubeadmConfig(cluster: ClusterConfiguration): ObjectToCreate {
  const stored = {
    ...cluster.raw,
    apiVersion: cluster.apiVersion,
    kind: "ClusterConfiguration",
    certificatesDir: cluster.certificatesDir,
    clusterName: cluster.clusterName,
    imageRepository: cluster.imageRepository,
    kubernetesVersion: cluster.kubernetesVersion,
    networking: {
      dnsDomain: cluster.dnsDomain,
      serviceSubnet: cluster.serviceSubnet,
      ...(cluster.podSubnet === undefined ? {} : { podSubnet: cluster.podSubnet }),
    },
  };
  return configMap("kubeadm-config", { ClusterConfiguration: toYaml(stored) });
}

function kubeletConfig(cluster: ClusterConfiguration): ObjectToCreate {
  const kubelet = toYaml({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    clusterDomain: cluster.dnsDomain,
    rotateCertificates: true,
    staticPodPath: "/etc/kubernetes/manifests",
  });
  return configMap("kubelet-config", { kubelet });
}

function groups(names: readonly string[]): readonly unknown[] {
  return names.map((name) => ({ apiGroup: rbac, kind: "Group", name }));
}

function groupBinding(name: string, role: string, group: string): ObjectToCreate {
  return {
    path: `/apis/${rbac}/v1/clusterrolebindings`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
      subjects: groups([group]),
    },
  };
}

function readableBy(
  name: string,
  configMapName: string,
  names: readonly string[],
): readonly ObjectToCreate[] {
  return role("kube-system", name, configMapName, groups(names));
}

function role(
  namespace: string,
  name: string,
  configMapName: string,
  subjects: readonly unknown[],
): readonly ObjectToCreate[] {
  const apiVersion = `${rbac}/v1`;
  return [
    inNamespace(namespace, "roles", {
      apiVersion,
      kind: "Role",
      metadata: { name, namespace },
      rules: [
        {
          apiGroups: [""],
          resources: ["configmaps"],
          resourceNames: [configMapName],
          verbs: ["get"],
        },
      ],
    }),
    inNamespace(namespace, "rolebindings", {
      apiVersion,
      kind: "RoleBinding",
      metadata: { name, namespace },
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects,
    }),
  ];
}

function bootstrapTokenRoles(): readonly ObjectToCreate[] {
  const csr = "system:certificates.k8s.io:certificatesigningrequests";
  return [
    {
      path: `/apis/${rbac}/v1/clusterroles`,
      object: {
        apiVersion: `${rbac}/v1`,
        kind: "ClusterRole",
        metadata: { name: "kubeadm:get-nodes" },
        rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }],
      },
    },
    groupBinding("kubeadm:get-nodes", "kubeadm:get-nodes", bootstrappers),
    groupBinding("kubeadm:kubelet-bootstrap", "system:node-bootstrapper", bootstrappers),
    groupBinding("kubeadm:node-autoapprove-bootstrap", `${csr}:nodeclient`, bootstrappers),
    groupBinding(
      "kubeadm:node-autoapprove-certificate-rotation",
      `${csr}:selfnodeclient`,
      "system:nodes",
    ),
  ];
}

/** What a joining machine reads before it trusts anything: the endpoint and the CA, public but signed per token. */
function clusterInfo(cluster: ClusterConfiguration, caPem: string): readonly ObjectToCreate[] {
  const kubeconfig = toYaml({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "",
        cluster: {
          server: `https://${cluster.controlPlaneEndpoint}`,
          "certificate-authority-data": Buffer.from(caPem).toString("base64"),
        },
      },
    ],
  });
  const anonymous = [{ apiGroup: rbac, kind: "User", name: "system:anonymous" }];
  return [
    inNamespace("kube-public", "configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "cluster-info", namespace: "kube-public" },
      data: { kubeconfig },
    }),
    ...role("kube-public", "kubeadm:bootstrap-signer-clusterinfo", "cluster-info", anonymous),
  ];
}

function coreDns(cluster: ClusterConfiguration): readonly ObjectToCreate[] {
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
    inNamespace("kube-system", "services", {
      apiVersion: "v1",
      kind: "Service",
      metadata: {
        name: "kube-dns",
        namespace: "kube-system",
        labels: { ...labels, "kubernetes.io/name": "CoreDNS" },
      },
      spec: {
        selector: labels,
        ports: [{ name: "dns", port: 53, protocol: "UDP", targetPort: 53 }],
      },
    }),
  ];
}

function corefile(domain: string): string {
  return [
    ".:53 {",
    "    errors",
    "    health",
    "    ready",
    `    kubernetes ${domain} in-addr.arpa ip6.arpa`,
    "    forward . /etc/resolv.conf",
    "    cache 30",
    "    loop",
    "    reload",
    "    loadbalance",
    "}",
    "",
  ].join("\n");
}

function kubeProxy(cluster: ClusterConfiguration): readonly ObjectToCreate[] {
  const metadata = { name: "kube-proxy", namespace: "kube-system" };
  const labels = { "k8s-app": "kube-proxy" };
  const tag = cluster.kubernetesVersion.replace("+", "_");
  return [
    inNamespace("kube-system", "serviceaccounts", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata,
    }),
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
