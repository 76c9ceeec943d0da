import { nameSuffix } from "./name-suffix.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  controlledBy,
  isOwnedBy,
  isReady,
  type PodObject,
  type WorkloadObject,
} from "./objects.ts";

/** As many pods as each ReplicaSet wants; those that are not ready go first. */
export async function syncReplicaSets(context: ControllerContext): Promise<void> {
  const pods = objectsOf<PodObject>(context, "pods");
  for (const set of objectsOf<WorkloadObject>(context, "replicasets.apps")) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    const own = pods.filter(
      (pod) => isOwnedBy(pod, set.metadata.uid) && pod.metadata.deletionTimestamp === undefined,
    );
    const desired = set.spec?.replicas ?? 1;
    for (let count = own.length; count < desired; count += 1) await createPod(context, set);
    const surplus = own.toSorted((a, b) => Number(isReady(a)) - Number(isReady(b)));
    for (const { metadata } of surplus.slice(0, Math.max(0, own.length - desired))) {
      await context.call().delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
    }
    await updateStatus(context, set, own);
  }
}

async function createPod(context: ControllerContext, set: WorkloadObject): Promise<void> {
  const { namespace = "default", name } = set.metadata;
  const suffix = nameSuffix(context.random, "pod-name", name);
  await context.call().create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-${suffix}`,
      namespace,
      labels: { ...set.spec?.template?.metadata?.labels },
      ownerReferences: controlledBy("ReplicaSet", "apps/v1", set.metadata),
    },
    spec: { ...set.spec?.template?.spec },
  });
}

async function updateStatus(
  context: ControllerContext,
  set: WorkloadObject,
  own: readonly PodObject[],
): Promise<void> {
  const { namespace, name, generation = 1 } = set.metadata;
  const ready = own.filter(isReady).length;
  const status = {
    replicas: own.length,
    fullyLabeledReplicas: own.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: generation,
  };
  const current = set.status ?? {};
  if (Object.entries(status).every(([key, value]) => (current[key] ?? 0) === value)) return;
  await context
    .call()
    .patch(`/apis/apps/v1/namespaces/${namespace}/replicasets/${name}/status`, { status });
}
