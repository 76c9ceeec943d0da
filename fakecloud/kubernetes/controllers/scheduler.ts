import { formatTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import { recordEvent } from "./events.ts";
import { nodeMatches } from "./node-selection.ts";
import {
  conditionOf,
  matchesSelector,
  type NodeObject,
  type PodObject,
  tolerates,
} from "./objects.ts";
import { freeOf, requestsOf, type Resources } from "./resources.ts";

/** Binds waiting pods to the node with the fewest pods among those that take them. */
export async function syncScheduler(context: ControllerContext): Promise<void> {
  const pods = objectsOf<PodObject>(context, "pods");
  const waiting = pods.filter(
    ({ spec, metadata }) =>
      spec?.nodeName === undefined && metadata.deletionTimestamp === undefined,
  );
  if (waiting.length === 0) return;
  const places = placesOf(objectsOf<NodeObject>(context, "nodes"), pods);
  for (const pod of waiting.toSorted(byPriority)) {
    const verdicts = places.map((place) => ({ place, refusal: refusalOf(place, pod, places) }));
    const [best] = verdicts
      .filter(({ refusal }) => refusal === undefined)
      .map(({ place }) => place)
      .toSorted((a, b) => a.pods.length - b.pods.length || (a.name < b.name ? -1 : 1));
    if (best === undefined) {
      const refusals = verdicts.map(({ refusal }) => refusal ?? "");
      await markUnschedulable(context, pod, refusals);
      continue;
    }
    best.pods.push(pod);
    best.free = minus(best.free, requestsOf(pod));
    await bind(context, pod, best.name);
  }
}

interface Place {
  readonly name: string;
  readonly node: NodeObject;
  readonly pods: PodObject[];
  free: Resources;
}

function placesOf(nodes: readonly NodeObject[], pods: readonly PodObject[]): readonly Place[] {
  const byNode = Map.groupBy(pods, ({ spec }) => spec?.nodeName ?? "");
  return nodes.map((node) => {
    const own = byNode.get(node.metadata.name) ?? [];
    return { name: node.metadata.name, node, pods: [...own], free: freeOf(node, own) };
  });
}

function minus(free: Resources, taken: Resources): Resources {
  return { milliCpu: free.milliCpu - taken.milliCpu, memory: free.memory - taken.memory };
}

function byPriority(a: PodObject, b: PodObject): number {
  const [one, other] = [a, b].map(({ spec }) => (spec as { priority?: number }).priority ?? 0);
  return (other ?? 0) - (one ?? 0);
}

/** Why a node does not take a pod, in the scheduler's words; undefined if it does. */
function refusalOf(place: Place, pod: PodObject, places: readonly Place[]): string | undefined {
  const closed = closedTo(place.node, pod);
  if (closed !== undefined) return closed;
  const wanted = requestsOf(pod);
  if (wanted.milliCpu > place.free.milliCpu) return "Insufficient cpu";
  if (wanted.memory > place.free.memory) return "Insufficient memory";
  return repels(place, pod, places) ? "node(s) didn't match pod anti-affinity rules" : undefined;
}

function closedTo(node: NodeObject, pod: PodObject): string | undefined {
  if (node.metadata.deletionTimestamp !== undefined) return "node(s) were being deleted";
  if (node.spec?.unschedulable === true) return "node(s) were unschedulable";
  const { tolerations = [] } = pod.spec ?? {};
  const taint = (node.spec?.taints ?? []).find(
    (each) => each.effect !== "PreferNoSchedule" && !tolerates(tolerations, each),
  );
  if (taint !== undefined) {
    return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`;
  }
  return nodeMatches(node, pod.spec ?? {})
    ? undefined
    : "node(s) didn't match Pod's node affinity/selector";
}

/** Whether a pod that this one must not share a place with is in the same place already. */
function repels(place: Place, pod: PodObject, places: readonly Place[]): boolean {
  const rules =
    pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return rules.some(({ labelSelector, topologyKey }) => {
    const here = place.node.metadata.labels?.[topologyKey];
    if (here === undefined) return false;
    return places
      .filter(({ node }) => node.metadata.labels?.[topologyKey] === here)
      .some((each) =>
        each.pods.some(
          (other) =>
            other !== pod &&
            other.metadata.namespace === pod.metadata.namespace &&
            matchesSelector(labelSelector, other.metadata.labels),
        ),
      );
  });
}

async function bind(context: ControllerContext, pod: PodObject, node: string): Promise<void> {
  const { namespace, name } = pod.metadata;
  await context.call().create(`/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
    apiVersion: "v1",
    kind: "Binding",
    metadata: { name, namespace },
    target: { apiVersion: "v1", kind: "Node", name: node },
  });
}

/** "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu." */
function explain(refusals: readonly string[]): string {
  const head = `0/${refusals.length} nodes are available`;
  if (refusals.length === 0) return "no nodes available to schedule pods";
  const counts = Map.groupBy(refusals, (refusal) => refusal);
  const parts = [...counts].map(([refusal, all]) => `${all.length} ${refusal}`).toSorted();
  return `${head}: ${parts.join(", ")}.`;
}

async function markUnschedulable(
  context: ControllerContext,
  pod: PodObject,
  refusals: readonly string[],
): Promise<void> {
  const message = explain(refusals);
  const before = conditionOf(pod, "PodScheduled");
  if (before?.status === "False" && before.message === message) return;
  const { namespace, name } = pod.metadata;
  const now = formatTime(context.clock.now());
  const condition = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message,
    lastTransitionTime: before?.status === "False" ? before.lastTransitionTime : now,
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
  await context.call().patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, {
    status: { conditions: [...others, condition] },
  });
  const component = "default-scheduler";
  const occurrence = { type: "Warning", reason: "FailedScheduling", message, component } as const;
  await recordEvent(context, { kind: "Pod", metadata: pod.metadata }, occurrence);
}
