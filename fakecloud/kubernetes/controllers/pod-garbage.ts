import { type ControllerContext, objectsOf } from "./context.ts";
import type { NodeObject, PodObject } from "./objects.ts";

/** Pods that are bound to a node that is gone are removed: no kubelet will ever finish them. */
export async function syncPodGarbage(context: ControllerContext): Promise<void> {
  const nodes = new Set(
    objectsOf<NodeObject>(context, "nodes").map(({ metadata }) => metadata.name),
  );
  for (const { metadata, spec } of objectsOf<PodObject>(context, "pods")) {
    const nodeName = spec?.nodeName ?? "";
    if (nodeName === "" || nodes.has(nodeName)) continue;
    await context.call().delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
      gracePeriodSeconds: 0,
    });
  }
}
