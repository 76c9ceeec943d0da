import { type ClusterScope, pollMs, ready, type Wait } from "../cluster-scope.ts";
import { cloudProviderTagKey, type Tags } from "../tags.ts";
import { deleteServiceClassicLoadBalancers } from "./service-classic-load-balancers.ts";
import { deleteServiceLoadBalancers, deleteServiceTargetGroups } from "./service-load-balancers.ts";

const collectAnnotation = "aws.cluster.x-k8s.io/external-resource-gc";
const tasksAnnotation = "aws.cluster.x-k8s.io/external-resource-tasks-gc";
/** The Service for which the cloud controller manager has made something. */
const serviceTag = "kubernetes.io/service-name";
const eksTag = "aws:eks:cluster-name";

export type CollectionTask = "load-balancer" | "security-group" | "target-group";

/** What the user has allowed to be deleted; everything if nothing else is said. */
export function isCollected({ draft }: ClusterScope, task: CollectionTask): boolean {
  const { [collectAnnotation]: collect, [tasksAnnotation]: tasks = "" } =
    draft.metadata.annotations ?? {};
  if (collect === "false") return false;
  return tasks === "" || tasks.split(",").some((name) => name.trim() === task);
}

/** Made for a Service of this cluster, and nobody is left to delete it. */
export function isForService(scope: ClusterScope, tags: Tags): boolean {
  return isOfCluster(scope, tags) && tags[serviceTag] !== undefined;
}

/** A group that the cloud controller manager has made; EKS deletes its own. */
export function isExternalGroup(scope: ClusterScope, tags: Tags): boolean {
  return isOfCluster(scope, tags) && tags[eksTag] === undefined;
}

function isOfCluster({ clusterName }: ClusterScope, tags: Tags): boolean {
  return tags[cloudProviderTagKey(clusterName)] === "owned";
}

/**
 * Load balancers of Services outlive their cluster: its cloud controller manager went with its machines. Their interfaces would hold
 * the network (capa-bugs 34), so they go first. capa-behaviour 6.
 */
export async function deleteExternalResources(scope: ClusterScope): Promise<Wait | undefined> {
  let count = 0;
  if (isCollected(scope, "load-balancer")) {
    count += await deleteServiceClassicLoadBalancers(scope);
    count += await deleteServiceLoadBalancers(scope);
  }
  if (isCollected(scope, "target-group")) await deleteServiceTargetGroups(scope);
  if (count === 0) return ready;
  const message = `waiting for ${count} load balancer(s) of Services to go`;
  return { reason: "Deleting", message, requeueAfterMs: pollMs };
}
