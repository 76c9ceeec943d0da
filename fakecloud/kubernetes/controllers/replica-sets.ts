import { nameSuffix } from "./name-suffix.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  controlledBy,
  isActive,
  isOwnedBy,
  isReady,
  type PodObject,
  saysAlready,
  type WorkloadObject,
} from "./objects.ts";

/** As many pods as each ReplicaSet wants; those that are not bound or not ready go first. */
export async function syncReplicaSets(context: ControllerContext): Promise<void> {
  const pods = objectsOf<PodObject>(context, "pods").filter(isActive);
  for (const set of objectsOf<WorkloadObject>(context, "replicasets.apps")) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    const own = pods.filter((pod) => isOwnedBy(pod, set.metadata.uid));
    const desired = set.spec?.replicas ?? 1;
    for (let count = own.length; count < desired; count += 1) await createPod(context, set);
    const surplus = own.toSorted((a, b) => worth(a) - worth(b));
    for (const { metadata } of surplus.slice(0, Math.max(0, own.length - desired))) {
      await context.call().delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
    }
    await updateStatus(context, set, own);
  }
}

function worth(pod: PodObject): number {
  if (isReady(pod)) return 3;
  if (pod.status?.phase === "Running") return 2;
  return pod.spec?.nodeName === undefined ? 0 : 1;
}

async function createPod(context: ControllerContext, set: WorkloadObject): Promise<void> {
  const { namespace = "default", name } = set.metadata;
  const suffix = nameSuffix(context.random, "pod-name", `${context.name}/${namespace}/${name}`);
  const template = set.spec?.template;
  await context.call().create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-${suffix}`,
      generateName: `${name}-`,
      namespace,
      labels: { ...template?.metadata?.labels },
      ...(template?.metadata?.annotations === undefined
        ? {}
        : { annotations: template.metadata.annotations }),
      ownerReferences: controlledBy("ReplicaSet", "apps/v1", set.metadata),
    },
    spec: { ...template?.spec },
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
  if (saysAlready(set.status ?? {}, status)) return;
  await context
    .call()
    .patch(`/apis/apps/v1/namespaces/${namespace}/replicasets/${name}/status`, { status });
}
