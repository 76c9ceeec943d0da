import { createHash } from "node:crypto";
import { type ControllerContext, objectsOf } from "./context.ts";
import { controlledBy, isOwnedBy, type WorkloadObject } from "./objects.ts";

const hashLabel = "pod-template-hash";

/** One ReplicaSet per pod template; a new one grows while the old ones shrink, one pod at a time. */
export async function syncDeployments(context: ControllerContext): Promise<void> {
  const sets = objectsOf<WorkloadObject>(context, "replicasets.apps");
  for (const deployment of objectsOf<WorkloadObject>(context, "deployments.apps")) {
    if (deployment.metadata.deletionTimestamp !== undefined) continue;
    const own = sets.filter((set) => isOwnedBy(set, deployment.metadata.uid));
    const hash = templateHash(deployment);
    const current = own.find(({ metadata }) => metadata.labels?.[hashLabel] === hash);
    const old = own.filter((set) => set !== current);
    if (current === undefined)
      await createSet(context, deployment, { hash, isFirst: own.length === 0 });
    else await roll(context, deployment, { current, old });
    await updateStatus(context, deployment, { current, own });
  }
}

function templateHash(deployment: WorkloadObject): string {
  const text = JSON.stringify(deployment.spec?.template ?? {});
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}

function desiredOf(workload: WorkloadObject): number {
  return workload.spec?.replicas ?? 1;
}

async function createSet(
  context: ControllerContext,
  deployment: WorkloadObject,
  { hash, isFirst }: { readonly hash: string; readonly isFirst: boolean },
): Promise<void> {
  const { namespace = "default", name } = deployment.metadata;
  const template = deployment.spec?.template ?? {};
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  await context.call().ensure(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      ownerReferences: controlledBy("Deployment", "apps/v1", deployment.metadata),
    },
    spec: {
      replicas: isFirst ? desiredOf(deployment) : 1,
      selector: {
        ...deployment.spec?.selector,
        matchLabels: { ...deployment.spec?.selector?.matchLabels, [hashLabel]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

async function roll(
  context: ControllerContext,
  deployment: WorkloadObject,
  sets: { readonly current: WorkloadObject; readonly old: readonly WorkloadObject[] },
): Promise<void> {
  const desired = desiredOf(deployment);
  const remaining = sets.old.reduce((sum, set) => sum + desiredOf(set), 0);
  if (remaining === 0) {
    await resize(context, sets.current, desired);
    return;
  }
  const ready = Number(sets.current.status?.["readyReplicas"] ?? 0);
  if (ready < desiredOf(sets.current)) return; // The new pods have to be ready before old ones go.
  const [oldest] = sets.old.filter((set) => desiredOf(set) > 0);
  if (oldest !== undefined) await resize(context, oldest, desiredOf(oldest) - 1);
  await resize(context, sets.current, Math.min(desired, desiredOf(sets.current) + 1));
}

async function resize(
  context: ControllerContext,
  set: WorkloadObject,
  replicas: number,
): Promise<void> {
  if (desiredOf(set) === replicas) return;
  const { namespace, name } = set.metadata;
  await context
    .call()
    .patch(`/apis/apps/v1/namespaces/${namespace}/replicasets/${name}`, { spec: { replicas } });
}

async function updateStatus(
  context: ControllerContext,
  deployment: WorkloadObject,
  sets: { readonly current: WorkloadObject | undefined; readonly own: readonly WorkloadObject[] },
): Promise<void> {
  const { namespace, name, generation = 1 } = deployment.metadata;
  const sum = (list: readonly WorkloadObject[], field: string) =>
    list.reduce((total, set) => total + Number(set.status?.[field] ?? 0), 0);
  const ready = sum(sets.own, "readyReplicas");
  const status = {
    replicas: sum(sets.own, "replicas"),
    updatedReplicas: sum(sets.current === undefined ? [] : [sets.current], "replicas"),
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, desiredOf(deployment) - ready),
    observedGeneration: generation,
  };
  const current = deployment.status ?? {};
  if (Object.entries(status).every(([key, value]) => (current[key] ?? 0) === value)) return;
  await context
    .call()
    .patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`, { status });
}
