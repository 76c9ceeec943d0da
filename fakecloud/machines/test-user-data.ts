import { createHash, createPublicKey } from "node:crypto";
import { formatTime } from "../kernel/clock.ts";
import { fixtureKeyPairs } from "../kernel/fixture-key-pairs.ts";
import { createCertificateAuthority } from "../kubernetes/https/certificates.ts";
import { endpointHost, type TestCloud } from "./test-cloud.ts";
import type { WorkloadCluster } from "./workload/workload-cluster.ts";

const dayMs = 86_400_000;

export interface TestPki {
  readonly files: Readonly<Record<string, string>>;
  readonly caHash: string;
}

/** The certificates that control planes share, as the bootstrap provider puts them into user data. */
export function createTestPki(cloud: TestCloud): TestPki {
  const { clock, random } = cloud.kernel;
  const keyPairs = fixtureKeyPairs(random);
  const files: Record<string, string> = {};
  for (const [name, commonName] of [
    ["ca", "kubernetes"],
    ["etcd/ca", "etcd-ca"],
    ["front-proxy-ca", "front-proxy-ca"],
  ] as const) {
    const authority = createCertificateAuthority({
      subject: { commonName },
      keyPair: keyPairs.next(`test/${name}`),
      notBefore: clock.now() - dayMs,
      notAfter: clock.now() + 3650 * dayMs,
      serial: random.bytes("serial", name, 16),
    });
    files[`/etc/kubernetes/pki/${name}.crt`] = authority.certificatePem;
    files[`/etc/kubernetes/pki/${name}.key`] = authority.privateKeyPem;
  }
  const account = keyPairs.next("test/sa");
  files["/etc/kubernetes/pki/sa.key"] = account.privateKeyPem;
  files["/etc/kubernetes/pki/sa.pub"] = account.publicKeyPem;
  const der = createPublicKey(files["/etc/kubernetes/pki/ca.crt"] ?? "").export({
    type: "spki",
    format: "der",
  });
  return { files, caHash: `sha256:${createHash("sha256").update(der).digest("hex")}` };
}

/** A cloud-config document with the node name asked of the instance metadata. */
export function cloudConfig(
  files: Readonly<Record<string, string>>,
  commands: readonly string[],
): string {
  const written = Object.entries(files).map(([path, content]) =>
    [
      `-   path: ${path}`,
      "    owner: root:root",
      "    permissions: '0600'",
      "    content: |",
      ...content.split("\n").map((line) => `      ${line}`),
    ].join("\n"),
  );
  return [
    "## template: jinja",
    "#cloud-config",
    "write_files:",
    ...written,
    "runcmd:",
    ...commands.map((command) => `  - ${JSON.stringify(command)}`),
    "",
  ].join("\n");
}

const sentinel = "&& echo success > /run/cluster-api/bootstrap-success.complete";
const external = "[{name: cloud-provider, value: external}]";

export interface InitOptions {
  readonly version?: string;
  readonly cluster?: readonly string[];
  readonly before?: readonly string[];
}

export function initUserData(pki: TestPki, options: InitOptions = {}): string {
  const { version = "v1.34.2", cluster = [], before = [] } = options;
  const document = [
    "---",
    "apiVersion: kubeadm.k8s.io/v1beta4",
    "kind: ClusterConfiguration",
    "clusterName: test",
    `controlPlaneEndpoint: ${endpointHost}:6443`,
    `kubernetesVersion: ${version}`,
    ...cluster,
    "---",
    "apiVersion: kubeadm.k8s.io/v1beta4",
    "kind: InitConfiguration",
    "nodeRegistration:",
    "  name: '{{ ds.meta_data.local_hostname }}'",
    `  kubeletExtraArgs: ${external}`,
    "  taints: null",
  ].join("\n");
  return cloudConfig({ ...pki.files, "/run/kubeadm/kubeadm.yaml": document }, [
    ...before,
    `kubeadm init --config /run/kubeadm/kubeadm.yaml ${sentinel}`,
  ]);
}

export interface JoinOptions {
  readonly token: string;
  readonly controlPlane?: boolean;
  readonly caHash?: string;
  readonly nodeLabels?: string;
  readonly taints?: string;
}

export function joinUserData(pki: TestPki, options: JoinOptions): string {
  const { token, controlPlane = false, caHash = pki.caHash, nodeLabels, taints } = options;
  const labels = nodeLabels === undefined ? "" : `, {name: node-labels, value: "${nodeLabels}"}`;
  const document = [
    "---",
    "apiVersion: kubeadm.k8s.io/v1beta4",
    "kind: JoinConfiguration",
    ...(controlPlane ? ["controlPlane: {}"] : []),
    "discovery:",
    "  bootstrapToken:",
    `    token: ${token}`,
    `    apiServerEndpoint: ${endpointHost}:6443`,
    `    caCertHashes: ["${caHash}"]`,
    "nodeRegistration:",
    "  name: '{{ ds.meta_data.local_hostname }}'",
    `  kubeletExtraArgs: [{name: cloud-provider, value: external}${labels}]`,
    `  taints: ${taints ?? "null"}`,
  ].join("\n");
  const files = controlPlane ? pki.files : {};
  return cloudConfig({ ...files, "/run/kubeadm/kubeadm-join-config.yaml": document }, [
    `kubeadm join --config /run/kubeadm/kubeadm-join-config.yaml ${sentinel}`,
  ]);
}

/** A bootstrap token as the bootstrap provider makes it. */
export async function createToken(
  cluster: WorkloadCluster,
  options: { readonly id?: string; readonly expiresInMs?: number } = {},
): Promise<string> {
  const { id = "abcdef", expiresInMs = 15 * 60_000 } = options;
  const secret = "0123456789abcdef";
  await cluster.caller("test").create("/api/v1/namespaces/kube-system/secrets", {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
    stringData: {
      "token-id": id,
      "token-secret": secret,
      expiration: formatTime(cluster.clock.now() + expiresInMs),
      "usage-bootstrap-signing": "true",
      "usage-bootstrap-authentication": "true",
      "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
    },
  });
  return `${id}.${secret}`;
}

const tolerateAll = [{ operator: "Exists" }];

/** A network plug-in: a DaemonSet that writes its configuration on the host. */
export function networkPlugIn(name = "cni", image = "docker.io/flannel/flannel:v0.27.4"): object {
  return daemonSet(name, {
    hostNetwork: true,
    tolerations: tolerateAll,
    containers: [{ name, image }],
    volumes: [{ name: "config", hostPath: { path: "/etc/cni/net.d" } }],
  });
}

export function cloudControllerManager(): object {
  return daemonSet("aws-cloud-controller-manager", {
    hostNetwork: true,
    tolerations: tolerateAll,
    nodeSelector: { "node-role.kubernetes.io/control-plane": "" },
    containers: [
      { name: "ccm", image: "registry.k8s.io/provider-aws/cloud-controller-manager:v1.34.0" },
    ],
  });
}

function daemonSet(name: string, spec: object): object {
  const labels = { "k8s-app": name };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace: "kube-system" },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
    },
  };
}

export async function apply(cluster: WorkloadCluster, path: string, object: object): Promise<void> {
  await cluster.caller("test").create(path, object);
}
