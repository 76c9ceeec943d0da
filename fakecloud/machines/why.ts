import type { NodeObject } from "../kubernetes/controllers/objects.ts";
import { conditionOf } from "../kubernetes/controllers/objects.ts";
import { cloudControllerObstacle, uninitializedTaint } from "./cloud-controller.ts";
import type { Host } from "./host.ts";
import { type Kubelet, kubeletPort } from "./kubelet/kubelet.ts";

/** What keeps the Node of a machine that has joined from being ready, in a sentence; undefined if nothing does. */
export function whyNotReady(host: Host, kubelet: Kubelet | undefined): string | undefined {
  if (!host.isOn) return "its instance is not running";
  if (kubelet === undefined) return undefined; // It is on its way; nothing has gone wrong so far.
  const { cluster, options } = kubelet;
  const { nodeName } = options;
  const obstacle = kubelet.apiServerObstacle();
  if (obstacle !== undefined) return `its kubelet cannot reach the API server: ${obstacle}`;
  if (!cluster.isUp) return "etcd of its cluster has no quorum";
  const entry = cluster.state.store.table("nodes").get(nodeName);
  if (entry !== undefined) return whyNodeNotReady(kubelet, entry.object as unknown as NodeObject);
  return kubelet.isRegistered
    ? `its Node ${nodeName} was deleted, and a kubelet registers only when it starts`
    : `its kubelet has not registered Node ${nodeName} yet`;
}

function whyNodeNotReady(kubelet: Kubelet, node: NodeObject): string | undefined {
  const { name } = node.metadata;
  if (!kubelet.networkReady) {
    return `Node ${name} is not Ready: no network plug-in runs on it (no pod of a CNI DaemonSet writes /etc/cni/net.d)`;
  }
  const ready = conditionOf(node, "Ready");
  if (ready?.status !== "True") return `Node ${name} is not Ready: ${ready?.message ?? ""}`;
  const isUninitialized = node.spec?.taints?.some(({ key }) => key === uninitializedTaint) === true;
  if (!isUninitialized) return whyNotIdentified(kubelet, node) ?? whyHalfReached(kubelet, name);
  const reason =
    cloudControllerObstacle(kubelet.cluster, kubelet.host.aws) ??
    "the cloud controller manager finds no running instance by its name";
  return `Node ${name} keeps the taint ${uninitializedTaint}: ${reason}`;
}

/** Cluster API finds the Node of a Machine by its provider ID. */
function whyNotIdentified({ options }: Kubelet, node: NodeObject): string | undefined {
  if (node.spec?.providerID !== undefined) return undefined;
  const provider = options.args.get("cloud-provider");
  const reason =
    provider === "external"
      ? "nobody has set it"
      : "its kubelet runs without cloud-provider=external, so the cloud controller manager leaves it alone";
  return `Node ${node.metadata.name} has no provider ID: ${reason}`;
}

/** The Node is Ready all the same: a kubelet calls its API server, but some things go the other way. */
function whyHalfReached(kubelet: Kubelet, nodeName: string): string | undefined {
  const dialed = whyNotDialed(kubelet, nodeName);
  if (dialed !== undefined || kubelet.bgpProblem === undefined) return dialed;
  const { peerIp, message } = kubelet.bgpProblem;
  return `pods of Node ${nodeName} do not get to those behind ${peerIp}, for there is no BGP session: ${message}`;
}

function whyNotDialed({ cluster, host }: Kubelet, nodeName: string): string | undefined {
  const { network } = host.aws;
  for (const instanceId of cluster.apiServerInstances()) {
    if (instanceId === host.instance.instanceId) continue;
    const origin = { from: "instance", instanceId } as const;
    const reach = network.canReach(origin, host.instance.privateIp, kubeletPort);
    if (reach.reachable) continue;
    const what = `logs, exec and port-forward do not work on Node ${nodeName}`;
    return `${what}, for the API server cannot reach its kubelet: ${reach.obstacle.message}`;
  }
  return undefined;
}
