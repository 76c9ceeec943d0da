import { formatTime } from "../../kernel/clock.ts";
import type { ControllerContext } from "./context.ts";
import type { PodObject } from "./objects.ts";
import { podsByNode } from "./pods-by-node.ts";

/** A node that seems to be missing may only not have been seen yet. */
const quarantineMs = 40_000;

const missingSince = new WeakMap<ControllerContext, Map<string, number>>();

/** Pods that are bound to a node that is gone are removed: no kubelet will ever finish them. */
export async function syncPodGarbage(context: ControllerContext): Promise<void> {
  const nodes = context.store.table("nodes");
  const missing = missingSince.get(context) ?? new Map<string, number>();
  missingSince.set(context, missing);
  for (const name of missing.keys()) if (nodes.get(name) !== undefined) missing.delete(name);
  for (const [nodeName, pods] of podsByNode(context.store)) {
    if (nodeName === "") await removeUnbound(context, pods);
    else if (nodes.get(nodeName) === undefined) {
      await removeOrphans(context, pods, { missing, nodeName });
    }
  }
}

/** Nobody has started them, so nobody needs time to end them. */
async function removeUnbound(context: ControllerContext, pods: readonly PodObject[]) {
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) await forceDelete(context, pod);
  }
}

async function removeOrphans(
  context: ControllerContext,
  pods: readonly PodObject[],
  place: { readonly missing: Map<string, number>; readonly nodeName: string },
): Promise<void> {
  const { missing, nodeName } = place;
  const now = context.clock.now();
  const since = missing.get(nodeName) ?? now;
  missing.set(nodeName, since);
  if (now - since < quarantineMs) return;
  for (const pod of pods) {
    await markFailed(context, pod);
    await forceDelete(context, pod);
  }
}

async function markFailed(context: ControllerContext, pod: PodObject): Promise<void> {
  const { namespace, name } = pod.metadata;
  const { phase, conditions = [] } = pod.status ?? {};
  if (phase === "Failed" || phase === "Succeeded") return;
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByPodGC",
    message: "PodGC: node no longer exists",
    lastTransitionTime: formatTime(context.clock.now()),
  };
  const others = conditions.filter(({ type }) => type !== condition.type);
  await context.call().patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, {
    status: { phase: "Failed", conditions: [...others, condition] },
  });
}

async function forceDelete(context: ControllerContext, { metadata }: PodObject): Promise<void> {
  await context.call().delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
    gracePeriodSeconds: 0,
  });
}
