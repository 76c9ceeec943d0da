import { formatTime } from "../kernel/clock.ts";
import { randomUuid } from "../kernel/random.ts";
import type { Core } from "./core.ts";
import type { KubeObject } from "./object.ts";

const namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** The namespaces that every cluster begins with. */
export function bootstrapNamespaces(core: Core): void {
  const table = core.store.table("namespaces");
  for (const name of namespaces) {
    if (table.get(name) !== undefined) continue;
    const object: KubeObject = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: {
        name,
        uid: randomUuid(core.random, "uid", `${core.state.name}/namespaces/${name}`),
        creationTimestamp: formatTime(core.clock.now()),
        labels: { "kubernetes.io/metadata.name": name },
      },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    };
    core.store.put(table, { namespace: "", name }, object);
  }
}
