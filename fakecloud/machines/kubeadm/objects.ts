import type { ClusterConfiguration } from "./documents.ts";
import { coreDns, kubeProxy } from "./addons.ts";
import { type BootstrapToken, bootstrapTokenSecret } from "./bootstrap-token.ts";
import {
  bootstrappers,
  configMap,
  groupBinding,
  groups,
  inNamespace,
  type ObjectToCreate,
  rbac,
  role,
  toYaml,
} from "./object-shapes.ts";
import { serviceAddress } from "./service-addresses.ts";

/** Everything that `kubeadm init` creates in the API server, in the order of its phases. */
export function initObjects(input: {
  readonly cluster: ClusterConfiguration;
  readonly caPem: string;
  readonly skipPhases: readonly string[];
  readonly tokens: readonly BootstrapToken[];
  readonly nowMs: number;
}): readonly ObjectToCreate[] {
  const { cluster, caPem, skipPhases, tokens, nowMs } = input;
  const skips = (phase: string) => skipPhases.some((each) => each === phase || each === "addon");
  return [
    kubernetesService(cluster),
    groupBinding("kubeadm:cluster-admins", "cluster-admin", "kubeadm:cluster-admins"),
    kubeadmConfig(cluster),
    ...readableBy("kubeadm:nodes-kubeadm-config", "kubeadm-config", [
      bootstrappers,
      "system:nodes",
    ]),
    kubeletConfig(cluster),
    ...readableBy("kubeadm:kubelet-config", "kubelet-config", [bootstrappers, "system:nodes"]),
    ...tokens.map((token) => bootstrapTokenSecret(token, nowMs)),
    ...bootstrapTokenRoles(),
    ...clusterInfo(cluster, caPem),
    ...(skips("addon/coredns") ? [] : coreDns(cluster)),
    ...(skips("addon/kube-proxy") ? [] : kubeProxy(cluster)),
  ];
}

/** How pods call the API server; the API server itself makes it. */
function kubernetesService(cluster: ClusterConfiguration): ObjectToCreate {
  return inNamespace("default", "services", {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "kubernetes",
      namespace: "default",
      labels: { component: "apiserver", provider: "kubernetes" },
    },
    spec: {
      clusterIP: serviceAddress(cluster.serviceSubnet, 1),
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }],
    },
  });
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

function readableBy(
  name: string,
  configMapName: string,
  names: readonly string[],
): readonly ObjectToCreate[] {
  return role("kube-system", name, configMapName, groups(names));
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
