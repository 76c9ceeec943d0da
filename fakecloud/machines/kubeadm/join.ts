import { parse } from "yaml";
import { ApiCaller } from "../api-caller.ts";
import type { Host } from "../host.ts";
import type { WorkloadCluster } from "../workload/workload-cluster.ts";
import type { KubeadmContext } from "./context.ts";
import { markControlPlane, serveApi, showStaticPods } from "./control-plane.ts";
import { discover } from "./discovery.ts";
import {
  type ClusterConfiguration,
  type JoinDocument,
  KubeadmError,
  parseInitDocuments,
  parseJoinDocument,
} from "./documents.ts";
import { checkEtcd, joinEtcd } from "./etcd-join.ts";
import { inPhase, reportFailure } from "./failure.ts";
import { installedVersion } from "./installed-version.ts";
import {
  checkVersions,
  controlPlaneProblems,
  imageProblems,
  leftovers,
  requireNoProblems,
} from "./preflight.ts";
import { minorOf } from "./versions.ts";

/** From this minor on the kubelet of a control plane talks to the API server beside it, so etcd comes first. */
const localKubeletMinor = 33;

interface Joining {
  readonly document: JoinDocument;
  readonly cluster: WorkloadCluster;
  readonly configuration: ClusterConfiguration;
  readonly nodeName: string;
  /** Of kubeadm and kubelet on this machine. */
  readonly installed: string;
  readonly context: KubeadmContext;
}

/** `kubeadm join --config`: makes this machine a worker or a further control plane. Returns the exit code. */
export async function kubeadmJoin(
  host: Host,
  configPath: string,
  context: KubeadmContext,
): Promise<number> {
  try {
    const installed = installedVersion(host, "v1.34.0");
    const document = parseJoinDocument(host.requireFile(configPath), minorOf(installed));
    const joining = await preflight(host, document, { context, installed });
    await (document.isControlPlane ? joinControlPlane(host, joining) : joinWorker(host, joining));
    host.event("KubeadmJoined", "This node has joined the cluster");
    host.trouble = undefined;
    return 0;
  } catch (error) {
    return reportFailure(host, error);
  }
}

function preflight(
  host: Host,
  document: JoinDocument,
  { context, installed }: Pick<Joining, "context" | "installed">,
): Promise<Joining> {
  host.log.write("[preflight] Running pre-flight checks");
  for (const warning of document.warnings) host.log.write(`W kubeadm: ${warning}`);
  return inPhase("preflight", async () => {
    await host.mayFail("kubeadm join");
    requireNoProblems(host, leftovers(host), document.node);
    const { service, user } = await discover(host, document.discovery);
    host.log.write('[preflight] Reading configuration from the "kubeadm-config" ConfigMap');
    const caller = new ApiCaller(service.server, user, "kubeadm");
    const configuration = await readConfiguration(caller, installed);
    if (document.isControlPlane) {
      requireSharedCertificates(host, configuration);
      await checkControlPlane(host, document, { configuration, installed });
    }
    const nodeName = document.node.name ?? host.instance.privateDnsName;
    // Begun anew, the Node of this name may be its own.
    if (!host.isBegunAnew) await refuseReadyNode(caller, nodeName);
    const { cluster } = service;
    return { document, cluster, configuration, nodeName, installed, context };
  });
}

async function checkControlPlane(
  host: Host,
  { node }: JoinDocument,
  { configuration, installed }: Pick<Joining, "configuration" | "installed">,
): Promise<void> {
  const { kubernetesVersion } = configuration;
  checkVersions(installed, kubernetesVersion);
  requireNoProblems(host, controlPlaneProblems(host, { installed, kubernetesVersion }), node);
  requireNoProblems(host, await imageProblems(host, installed, configuration), node);
}

async function readConfiguration(
  caller: ApiCaller,
  installed: string,
): Promise<ClusterConfiguration> {
  const path = "/api/v1/namespaces/kube-system/configmaps/kubeadm-config";
  const stored = await caller.get(path).catch((error: Error) => {
    throw new KubeadmError(
      `unable to fetch the kubeadm-config ConfigMap: failed to get config map: ${error.message}`,
    );
  });
  const { ClusterConfiguration: text } = (stored?.["data"] ?? {}) as Readonly<
    Record<string, string>
  >;
  if (text === undefined) {
    throw new KubeadmError(
      'unable to fetch the kubeadm-config ConfigMap: failed to get config map: configmaps "kubeadm-config" not found',
    );
  }
  // An older kubeadm wrote it, perhaps in an API that this one only migrates.
  const { apiVersion } = parse(text) as { readonly apiVersion?: string };
  const minor = apiVersion === "kubeadm.k8s.io/v1beta3" ? 31 : Math.max(31, minorOf(installed));
  return parseInitDocuments(text, minor).cluster;
}

/** The certificates that all control planes share cannot be made here: they must have come with the user data. */
function requireSharedCertificates(host: Host, { certificatesDir }: ClusterConfiguration): void {
  const shared = ["ca.crt", "ca.key", "sa.key", "front-proxy-ca.crt", "etcd/ca.crt"];
  const missing = shared.find((name) => !host.files.has(`${certificatesDir}/${name}`));
  if (missing === undefined) return;
  throw new KubeadmError(
    `One or more conditions for hosting a new control plane instance is not satisfied.\n\n[failure loading certificate: couldn't load the certificate file ${certificatesDir}/${missing}: open ${certificatesDir}/${missing}: no such file or directory]`,
  );
}

async function refuseReadyNode(caller: ApiCaller, nodeName: string): Promise<void> {
  const node = await caller.get(`/api/v1/nodes/${nodeName}`);
  const { conditions = [] } = (node?.["status"] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  if (!conditions.some(({ type, status }) => type === "Ready" && status === "True")) return;
  throw new KubeadmError(
    `a Node with name "${nodeName}" and status "Ready" already exists in the cluster. You must delete the existing Node or change the name of this new joining Node`,
  );
}

async function joinWorker(host: Host, joining: Joining): Promise<void> {
  host.log.write("[kubelet-start] Starting the kubelet");
  await host.work("kubelet-start", 2_000, 6_000);
  await inPhase("kubelet-start", () => startKubelet(host, joining));
}

function startKubelet(host: Host, joining: Joining): Promise<void> {
  const { document, cluster, configuration, nodeName, installed, context } = joining;
  const { node, isControlPlane, bindPort } = document;
  return context.startKubelet(host, cluster, {
    nodeName,
    taints: isControlPlane ? [] : (node.taints ?? []),
    args: new Map(Object.entries(node.kubeletExtraArgs)),
    version: installed,
    isControlPlane,
    bindPort,
    usesLocalApiServer: minorOf(configuration.kubernetesVersion) >= localKubeletMinor,
  });
}

async function joinControlPlane(host: Host, joining: Joining): Promise<void> {
  const { document, cluster, configuration, nodeName, context } = joining;
  const { bindPort, node } = document;
  const isLocal = minorOf(configuration.kubernetesVersion) >= localKubeletMinor;
  await host.work("write certificates and manifests", 500, 2_000);
  await inPhase("check-etcd", () => checkEtcd(host, cluster));
  if (!isLocal) await inPhase("kubelet-start", () => startKubelet(host, joining));
  await inPhase(isLocal ? "etcd-join" : "control-plane-join/etcd", () =>
    joinEtcd(host, cluster, { configuration, nodeName }),
  );
  await host.work("start static pods", 3_000, 12_000);
  await serveApi(host, cluster, { configuration, context, nodeName, bindPort });
  const version = configuration.kubernetesVersion;
  host.log.write(`[control-plane-check] kube-apiserver ${version} is healthy`);
  if (isLocal) await inPhase("kubelet-wait-bootstrap", () => startKubelet(host, joining));
  host.log.write(`[mark-control-plane] Marking the node ${nodeName} as control-plane`);
  await inPhase("control-plane-join/mark-control-plane", () =>
    markControlPlane(host, cluster, nodeName, node),
  );
  await showStaticPods(host, cluster, { configuration, nodeName, bindPort });
}
