import type { ClusterScope } from "../cluster-scope.ts";
import { cloudProviderTagKey, type Tags } from "../tags.ts";

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
