import { formatTime } from "../../kernel/clock.ts";
import { type NodeObject, taintsPatch } from "../../kubernetes/controllers/objects.ts";
import { isConflict } from "../api-caller.ts";
import { peerReach } from "../etcd/peer-reach.ts";
import type { Host } from "../host.ts";
import type { Roles } from "../snapshot.ts";
import type { WorkloadCluster } from "../workload/workload-cluster.ts";
import { issueServingCertificate } from "./certificates.ts";
import type { KubeadmContext } from "./context.ts";
import type { ClusterConfiguration, NodeRegistration, Taint } from "./documents.ts";
import { components, mirrorPod, runningStatus } from "./static-pods.ts";

/** Others change the Node at the same time; kubeadm then tries again. */
const markRetryMs = 500;

const role = "node-role.kubernetes.io/control-plane";
const etcdClientPort = 2379;
const etcdPeerPort = 2380;

/** Serves etcd's ports as long as the machine has power; the member stays in the list when it goes. */
export function serveEtcd(host: Host, cluster: WorkloadCluster, memberId: string): Promise<void> {
  const { network } = host.aws;
  const { instanceId } = host.instance;
  host.files.set("/etc/kubernetes/manifests/etcd.yaml", "# static pod\n");
  host.roles.etcd = { cluster: cluster.name, memberId };
  return host.enable("etcd", () => {
    for (const port of [etcdClientPort, etcdPeerPort]) {
      network.listen(instanceId, port, { kind: "etcd", cluster, memberId });
    }
    cluster.etcd.setUp(memberId, true, peerReach(host));
    host.onPowerOff(() => cluster.etcd.setUp(memberId, false));
  });
}

/** The API server of this machine with a certificate of its own. */
export async function serveApi(
  host: Host,
  cluster: WorkloadCluster,
  input: {
    readonly configuration: ClusterConfiguration;
    readonly context: KubeadmContext;
    readonly nodeName: string;
    readonly bindPort: number;
  },
): Promise<void> {
  const { configuration, context, nodeName, bindPort } = input;
  const certificate = issueServingCertificate(host, configuration, {
    ca: cluster.ca,
    keyPairs: context.keyPairs,
    nodeName,
  });
  const version = configuration.kubernetesVersion;
  await runApiServer(host, cluster, { cluster: cluster.name, bindPort, version, ...certificate });
}

/** Listens as long as the machine has power, and again after each boot. */
export function runApiServer(
  host: Host,
  cluster: WorkloadCluster,
  role: NonNullable<Roles["apiServer"]>,
): Promise<void> {
  const { instanceId } = host.instance;
  host.roles.apiServer = role;
  const { version, servingCertificatePem, servingKeyPem } = role;
  return host.enable("kube-apiserver", () => {
    const service = cluster.startApiServer({
      instanceId,
      memberId: host.roles.etcd?.memberId ?? "",
      version,
      servingCertificatePem,
      servingKeyPem,
    });
    host.aws.network.listen(instanceId, role.bindPort, service);
    host.onPowerOff(() => cluster.stopApiServer(instanceId));
  });
}

/** What kubeadm marks a control-plane node with, unless the configuration asks for other taints or none. */
export function controlPlaneTaints(node: NodeRegistration): readonly Taint[] {
  return node.taints ?? [{ key: role, effect: "NoSchedule" }];
}

/** The mark-control-plane phase: role labels, and the taints before those that the node has. */
export async function markControlPlane(
  host: Host,
  cluster: WorkloadCluster,
  nodeName: string,
  node: NodeRegistration,
): Promise<void> {
  const caller = cluster.caller("kubeadm");
  const path = `/api/v1/nodes/${nodeName}`;
  const own = controlPlaneTaints(node);
  const labels = { [role]: "", "node.kubernetes.io/exclude-from-external-load-balancers": "" };
  for (;;) {
    const current = (await caller.get(path)) as NodeObject | undefined;
    if (current === undefined) return; // Somebody deleted it: there is nothing to mark.
    const rest = (current.spec?.taints ?? []).filter(
      (taint) => !own.some(({ key, effect }) => key === taint.key && effect === taint.effect),
    );
    const { metadata, spec } = taintsPatch(current, [...own, ...rest]);
    try {
      await caller.patch(path, { metadata: { ...metadata, labels }, spec });
      return;
    } catch (error) {
      if (!isConflict(error)) throw error;
      await host.sleep(markRetryMs, "mark-control-plane");
    }
  }
}

/** The pods that the kubelet shows for the static manifests of this machine. */
export async function showStaticPods(
  host: Host,
  cluster: WorkloadCluster,
  input: {
    readonly configuration: ClusterConfiguration;
    readonly nodeName: string;
    readonly bindPort: number;
  },
): Promise<void> {
  const { configuration, nodeName, bindPort } = input;
  const caller = cluster.caller("kubelet");
  const node = await caller.get(`/api/v1/nodes/${nodeName}`);
  const address = host.instance.privateIp;
  const pods = "/api/v1/namespaces/kube-system/pods";
  for (const component of components) {
    const pod = mirrorPod(component, configuration, {
      nodeName,
      nodeUid: node?.metadata.uid ?? "",
      address,
      bindPort,
    });
    await caller.ensure(pods, pod);
    const status = runningStatus(address, formatTime(host.clock.now()), [component]);
    await caller.patch(`${pods}/${component}-${nodeName}/status`, { status });
  }
}
