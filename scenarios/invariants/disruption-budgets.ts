import {
  isActive,
  isReady,
  matchesSelector,
  type PodObject,
} from "@seatrial/fakecloud/kubernetes/controllers/objects.ts";
import type { Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import { beginsDeletion, isDeleting, isGoingAway, list, machineOf, workloadOf } from "./facts.ts";
import type { Invariant, Write } from "./invariant.ts";

interface Budget {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly selector?: Parameters<typeof matchesSelector>[0] };
  readonly status?: { readonly desiredHealthy?: number };
}

/** Who takes pods away without asking: what they do to pods of a machine is the doing of whoever ended the machine. */
const environment = new Set(["kubelet", "kube-controller-manager", "node-controller"]);

export const disruptionBudgets: Invariant = {
  id: "DEL-5",
  promise:
    "no eviction and no deletion of a Machine takes a workload below its PodDisruptionBudget",
  motivation: "kubernetes-sigs/cluster-api: a Node is drained before its machine goes",
  watch(scene) {
    return {
      writes: {
        pods: (write: Write) => {
          const { workload, author } = write;
          if (workload === undefined || !beginsDeletion(write)) return undefined;
          if (!isReady(write.before as unknown as PodObject)) return undefined;
          if ([...environment].some((name) => author.startsWith(name))) return undefined;
          return brokenBudget(workload.state.store, (pod) => pod === write.before, [
            write.before as unknown as PodObject,
          ]);
        },
      },
      instance: ({ instance, to }) => {
        if (to !== "shutting-down") return undefined;
        const machine = machineOf(scene, instance);
        const node = machine?.status?.nodeRef?.name;
        if (machine === undefined || node === undefined || !isDeleting(machine)) return undefined;
        const cluster = workloadOf(scene, machine);
        if (cluster === undefined || isGoingAway(scene, machine)) return undefined;
        const { store } = cluster.state;
        const lost = list<PodObject>(store, "pods").filter(
          (pod) => pod.spec?.nodeName === node && isReady(pod) && isActive(pod),
        );
        return brokenBudget(store, (pod) => pod.spec?.nodeName === node, lost);
      },
    };
  },
};

/** The first budget that the pods which have just gone belong to and that the others do not meet. */
function brokenBudget(
  store: Store,
  isGone: (pod: PodObject) => boolean,
  lost: readonly PodObject[],
): string | undefined {
  for (const budget of list<Budget>(store, "poddisruptionbudgets.policy")) {
    const isCovered = (pod: PodObject): boolean =>
      pod.metadata.namespace === budget.metadata.namespace &&
      matchesSelector(budget.spec?.selector, pod.metadata.labels);
    if (!lost.some(isCovered)) continue;
    const healthy = list<PodObject>(store, "pods").filter(
      (pod) => isCovered(pod) && isReady(pod) && isActive(pod) && !isGone(pod),
    ).length;
    const desired = budget.status?.desiredHealthy ?? 0;
    if (healthy < desired) {
      return `PodDisruptionBudget ${budget.metadata.name} wants ${desired} healthy pods, ${healthy} are left`;
    }
  }
  return undefined;
}
