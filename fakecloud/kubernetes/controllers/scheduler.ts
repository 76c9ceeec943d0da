import { formatTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  conditionOf,
  matchesLabels,
  type NodeObject,
  type PodObject,
  tolerates,
} from "./objects.ts";

/** Binds waiting pods to the node with the fewest pods among those that take them. */
export async function syncScheduler(context: ControllerContext): Promise<void> {
  const nodes = objectsOf<NodeObject>(context, "nodes");
  const pods = objectsOf<PodObject>(context, "pods");
  const load = new Map<string, number>();
  for (const { spec } of pods) {
    if (spec?.nodeName !== undefined) load.set(spec.nodeName, (load.get(spec.nodeName) ?? 0) + 1);
  }
  for (const pod of pods) {
    if (pod.spec?.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) continue;
    const candidates = nodes
      .filter((node) => takes(node, pod))
      .map(({ metadata }) => metadata.name);
    const [best] = candidates.toSorted(
      (a, b) => (load.get(a) ?? 0) - (load.get(b) ?? 0) || (a < b ? -1 : 1),
    );
    if (best === undefined) {
      await markUnschedulable(context, pod, nodes.length);
      continue;
    }
    load.set(best, (load.get(best) ?? 0) + 1);
    await bind(context, pod, best);
  }
}

function takes(node: NodeObject, pod: PodObject): boolean {
  if (node.spec?.unschedulable === true || node.metadata.deletionTimestamp !== undefined)
    return false;
  const tolerations = pod.spec?.tolerations ?? [];
  const refused = (node.spec?.taints ?? []).some(
    (taint) => taint.effect !== "PreferNoSchedule" && !tolerates(tolerations, taint),
  );
  return !refused && matchesLabels(pod.spec?.nodeSelector ?? {}, node.metadata.labels);
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

async function markUnschedulable(
  context: ControllerContext,
  pod: PodObject,
  nodes: number,
): Promise<void> {
  if (conditionOf(pod, "PodScheduled")?.status === "False") return;
  const { namespace, name } = pod.metadata;
  const condition = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: `0/${nodes} nodes are available.`,
    lastTransitionTime: formatTime(context.clock.now()),
  };
  await context.call().patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, {
    status: { conditions: [condition] },
  });
}
