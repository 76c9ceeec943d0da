import type { Store } from "../store.ts";
import type { PodObject } from "./objects.ts";

/** Pods by the node that they are bound to; made anew only after a pod has changed. */
export function podsByNode(store: Store): ReadonlyMap<string, readonly PodObject[]> {
  return store.table("pods").view("", "by-node", (entries) => {
    const map = new Map<string, PodObject[]>();
    for (const { object } of entries) {
      const pod = object as unknown as PodObject;
      const nodeName = pod.spec?.nodeName ?? "";
      const list = map.get(nodeName);
      if (list === undefined) map.set(nodeName, [pod]);
      else list.push(pod);
    }
    return map;
  });
}
