import type { Host } from "../host.ts";
import type { WorkloadCluster } from "../workload/workload-cluster.ts";
import { readOrCreateAuthority } from "./certificates.ts";
import { defaultBootstrapToken } from "./bootstrap-token.ts";
import type { KubeadmContext } from "./context.ts";
import { markControlPlane, serveApi, serveEtcd, showStaticPods } from "./control-plane.ts";
import { type InitDocuments, parseInitDocuments } from "./documents.ts";
import { inPhase, reportFailure } from "./failure.ts";
import { installedVersion } from "./installed-version.ts";
import { initObjects } from "./objects.ts";
import {
  checkVersions,
  controlPlaneProblems,
  imageProblems,
  requireNoProblems,
} from "./preflight.ts";
import { hostAndPort, reachApiServer, retry } from "./reach.ts";
import { etcdVersionOf, minorOf, releaseOf } from "./versions.ts";

/** How long kubeadm waits for the API server to answer at the cluster's endpoint. */
const controlPlaneTimeoutMs = 4 * 60_000;

/** `kubeadm init --config`: makes this machine the first control plane. Returns the exit code. */
export async function kubeadmInit(
  host: Host,
  configPath: string,
  context: KubeadmContext,
): Promise<number> {
  try {
    const text = host.requireFile(configPath);
    const documents = parseInitDocuments(text, minorOf(installedVersion(host, "v1.34.0")));
    for (const warning of documents.warnings) host.log.write(`W kubeadm: ${warning}`);
    await initialize(host, documents, context);
    host.event("KubeadmInitialized", "Your Kubernetes control-plane has initialized successfully!");
    host.trouble = undefined;
    return 0;
  } catch (error) {
    return reportFailure(host, error);
  }
}

async function initialize(
  host: Host,
  documents: InitDocuments,
  context: KubeadmContext,
): Promise<void> {
  const { cluster: configuration, node, bindPort } = documents;
  const { kubernetesVersion } = configuration;
  const nodeName = node.name ?? host.instance.privateDnsName;
  host.log.write(`[init] Using Kubernetes version: ${kubernetesVersion}`);
  const installed = installedVersion(host, kubernetesVersion);
  await inPhase("preflight", async () => {
    await host.mayFail("kubeadm init");
    checkVersions(installed, kubernetesVersion);
    const problems = controlPlaneProblems(host, { installed, kubernetesVersion });
    requireNoProblems(host, problems, node);
    requireNoProblems(host, await imageProblems(host, installed, configuration), node);
  });

  host.log.write(`[certs] Using certificateDir folder "${configuration.certificatesDir}"`);
  const cluster = context.createCluster({
    instanceId: host.instance.instanceId,
    name: configuration.clusterName,
    ca: readOrCreateAuthority(host, configuration, context.keyPairs),
    controlPlaneEndpoint: configuration.controlPlaneEndpoint,
  });
  cluster.keepDisk(host.instance.instanceId);
  await host.work("write certificates and manifests", 500, 2_000);
  host.log.write("[etcd] Creating static Pod manifest for local etcd");
  const etcdTag = configuration.etcdImageTag ?? releaseOf(kubernetesVersion).etcd;
  const { privateIp } = host.instance;
  const memberId = cluster.etcd.bootstrap(nodeName, privateIp, etcdVersionOf(etcdTag));
  await serveEtcd(host, cluster, memberId);
  await host.work("start static pods", 5_000, 20_000);
  await serveApi(host, cluster, { configuration, context, nodeName, bindPort });
  await context.startKubelet(host, cluster, {
    nodeName,
    taints: [],
    args: new Map(Object.entries(node.kubeletExtraArgs)),
    version: installed,
    isControlPlane: true,
    bindPort,
    usesLocalApiServer: minorOf(kubernetesVersion) >= 33,
  });
  await waitForEndpoint(host, configuration.controlPlaneEndpoint, bindPort);
  await configure(host, cluster, documents, nodeName);
}

/** kubeadm's own client talks to the endpoint: a load balancer that does not lead back here stops it. */
function waitForEndpoint(
  host: Host,
  controlPlaneEndpoint: string,
  bindPort: number,
): Promise<void> {
  if (controlPlaneEndpoint === "") return Promise.resolve();
  host.log.write(
    "[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s",
  );
  return inPhase("wait-control-plane", async () => {
    const options = { what: "wait-control-plane", timeoutMs: controlPlaneTimeoutMs };
    await retry(host, options, () => {
      const reach = reachApiServer(host, hostAndPort(controlPlaneEndpoint));
      if ("service" in reach) return { value: reach.service };
      const { problem, words } = reach;
      return { problem, words: checkFailed(host, bindPort, { controlPlaneEndpoint, words }) };
    });
  });
}

/** It names the address of the API server of this machine, and goes there by way of the endpoint. */
function checkFailed(
  { instance }: Host,
  bindPort: number,
  way: { readonly controlPlaneEndpoint: string; readonly words: string },
): string {
  const url = `https://${way.controlPlaneEndpoint}/livez?timeout=10s`;
  return (
    "failed while waiting for the control plane to start: kube-apiserver check failed at " +
    `https://${instance.privateIp}:${bindPort}/livez: Get "${url}": ${way.words}`
  );
}

async function configure(
  host: Host,
  cluster: WorkloadCluster,
  documents: InitDocuments,
  nodeName: string,
): Promise<void> {
  const { cluster: configuration, node, bindPort, skipPhases } = documents;
  const caller = cluster.caller("kubeadm");
  host.log.write('[upload-config] Storing the configuration used in ConfigMap "kubeadm-config"');
  await inPhase("upload-config", async () => {
    for (const { path, object } of initObjects({
      cluster: configuration,
      caPem: cluster.ca.certificatePem,
      skipPhases,
      tokens: documents.bootstrapTokens ?? [defaultBootstrapToken(host.random, cluster.name)],
      nowMs: host.clock.now(),
    })) {
      await caller.ensure(path, object);
    }
  });
  host.log.write(`[mark-control-plane] Marking the node ${nodeName} as control-plane`);
  await inPhase("mark-control-plane", () => markControlPlane(host, cluster, nodeName, node));
  await showStaticPods(host, cluster, { configuration, nodeName, bindPort });
}
