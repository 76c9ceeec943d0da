import type { KubeObject } from "@seatrial/controllers/runtime/client.ts";
import type { Condition } from "../describe/cluster-tree.ts";
import { InputError } from "../runner/input-error.ts";
import { asking, kinds, kubeconfigFile, managementClient } from "./management.ts";
import type { MachineFacts, Running } from "./running.ts";

/** A Machine or a Cluster, as far as it is asked. */
export interface Waiting extends KubeObject {
  readonly spec?: { readonly providerID?: string; readonly clusterName?: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Place {
  readonly dataDir: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
}

/** Where is looked: at what runs, and at a management cluster. */
export interface Sources {
  readonly running: Pick<Running, "find">;
  readonly namespace: string;
  machine(name: string): Promise<Waiting | undefined>;
  cluster(name: string): Promise<Waiting | undefined>;
}

/** What a Machine without an instance waits for. */
interface NotYet {
  readonly obstacle: string;
}

export type Found = MachineFacts | NotYet;

export function sourcesOf(running: Running, place: Place): Sources {
  const file = kubeconfigFile(place.kubeconfig, place.dataDir);
  const { namespace } = place;
  return {
    running,
    namespace,
    machine: (name) =>
      asking(file, () => managementClient(file).get<Waiting>(kinds.machine, { namespace, name })),
    cluster: (name) =>
      asking(file, () => managementClient(file).get<Waiting>(kinds.cluster, { namespace, name })),
  };
}

/** By the name of an instance or Node; else by the name of a Machine of the management cluster. */
export async function findMachine(sources: Sources, name: string): Promise<Found> {
  const { running, namespace } = sources;
  const direct = await running.find<MachineFacts>(`/machines/${encodeURIComponent(name)}`);
  if (direct !== undefined) return direct;
  const machine = await sources.machine(name);
  if (machine === undefined) {
    throw new InputError(
      `there is no instance, no Node and no Machine ${name} in namespace ${namespace}; "kubectl get machines" lists them`,
    );
  }
  const instanceId = machine.spec?.providerID?.split("/").at(-1);
  const found =
    instanceId === undefined
      ? undefined
      : await running.find<MachineFacts>(`/machines/${instanceId}`);
  return found ?? { obstacle: await obstacleOf(sources, machine) };
}

/** What `seatrial why` prints. */
export function whySentence(found: Found): string {
  if (!("instanceId" in found)) return `it has no instance yet: ${found.obstacle}`;
  const { name, instanceId, why, state } = found;
  const subject = name === instanceId ? instanceId : `${name} (${instanceId})`;
  if (why !== undefined) return `${subject}: ${why}`;
  if (state !== "running") return `${subject}: its instance is ${state}`;
  return `${subject}: nothing is in its way`;
}

/** The first thing that a Cluster itself waits for. */
export async function whyCluster(sources: Sources, name: string): Promise<string> {
  const cluster = await sources.cluster(name);
  if (cluster === undefined) {
    throw new InputError(
      `there is no Cluster ${name} in namespace ${sources.namespace}; "kubectl get clusters" lists them`,
    );
  }
  const obstacle = firstObstacle(cluster.status?.conditions ?? [], [...clusterSteps, "Available"]);
  return `Cluster ${name}: ${obstacle ?? "nothing is in its way"}`;
}

/** In the order in which a Machine comes up, and what it needs of its Cluster. */
const machineSteps = [
  "BootstrapConfigReady",
  "InfrastructureReady",
  "NodeReady",
  "NodeHealthy",
  "Ready",
];
const clusterSteps = ["InfrastructureReady", "ControlPlaneInitialized", "RemoteConnectionProbe"];

/** A Machine that waits for its Cluster does not know what that waits for. */
async function obstacleOf(sources: Sources, machine: Waiting): Promise<string> {
  const own = firstObstacle(machine.status?.conditions ?? [], machineSteps);
  const { clusterName = "" } = machine.spec ?? {};
  const cluster = await sources.cluster(clusterName);
  const above = firstObstacle(cluster?.status?.conditions ?? [], clusterSteps);
  const all = [own, above === undefined ? undefined : `of Cluster ${clusterName}, ${above}`];
  const said = all.filter((one) => one !== undefined);
  return said.length === 0 ? "no controller has looked at it yet" : said.join("; ");
}

function firstObstacle(
  conditions: readonly Condition[],
  steps: readonly string[],
): string | undefined {
  for (const type of steps) {
    const condition = conditions.find((one) => one.type === type);
    if (condition === undefined || condition.status === "True") continue;
    const { reason = "", message = "" } = condition;
    const words = message === "" ? reason : message.replaceAll(/\s*\n\s*/g, " ");
    return `${type} is ${condition.status}: ${words}`;
  }
  return undefined;
}
