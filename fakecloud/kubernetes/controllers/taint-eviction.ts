import { parseTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import { recordEvent } from "./events.ts";
import { type NodeObject, type PodObject, type Taint, tolerates } from "./objects.ts";
import { podsByNode } from "./pods-by-node.ts";

/** Pods that do not tolerate a NoExecute taint for longer are deleted. Returns when to look again. */
export async function syncTaintEviction(context: ControllerContext): Promise<number | undefined> {
  const now = context.clock.now();
  let nextMs: number | undefined;
  for (const node of objectsOf<NodeObject>(context, "nodes")) {
    const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === "NoExecute");
    if (taints.length === 0) continue;
    for (const pod of podsByNode(context.store).get(node.metadata.name) ?? []) {
      if (pod.metadata.deletionTimestamp !== undefined) continue;
      const dueMs = Math.min(...taints.map((taint) => dueOf(pod, taint, now)));
      if (dueMs > now) {
        nextMs = Math.min(nextMs ?? dueMs, dueMs);
        continue;
      }
      const { namespace, name } = pod.metadata;
      await recordEvent(
        context,
        { kind: "Pod", metadata: pod.metadata },
        {
          type: "Normal",
          reason: "TaintManagerEviction",
          message: `Marking for deletion Pod ${namespace}/${name}`,
          component: "taint-eviction-controller",
        },
      );
      await context.call().delete(`/api/v1/namespaces/${namespace}/pods/${name}`);
    }
  }
  return nextMs === undefined || !Number.isFinite(nextMs) ? undefined : nextMs - now;
}

/** When a pod has to leave because of this taint; never, if it tolerates it without end. */
function dueOf(pod: PodObject, taint: Taint, now: number): number {
  const matching = (pod.spec?.tolerations ?? []).filter((one) => tolerates([one], taint));
  if (matching.length === 0) return now;
  const seconds = matching
    .map(({ tolerationSeconds }) => tolerationSeconds)
    .filter((value) => value !== undefined);
  if (seconds.length === 0) return Number.POSITIVE_INFINITY;
  return (parseTime(taint.timeAdded ?? "") ?? now) + Math.max(0, Math.min(...seconds)) * 1000;
}
