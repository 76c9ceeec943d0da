import { createHash } from "node:crypto";
import { formatTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  type Condition,
  conditionOf,
  controlledBy,
  isOwnedBy,
  saysAlready,
  scaledValue,
  type WorkloadObject,
} from "./objects.ts";

const hashLabel = "pod-template-hash";
const revisionAnnotation = "deployment.kubernetes.io/revision";

/** One ReplicaSet per pod template; a new one grows while the old ones shrink, within the bounds of the strategy. */
export async function syncDeployments(context: ControllerContext): Promise<void> {
  const sets = objectsOf<WorkloadObject>(context, "replicasets.apps");
  for (const deployment of objectsOf<WorkloadObject>(context, "deployments.apps")) {
    if (deployment.metadata.deletionTimestamp !== undefined) continue;
    const own = sets.filter((set) => isOwnedBy(set, deployment.metadata.uid));
    const hash = templateHash(deployment);
    const current = own.find(({ metadata }) => metadata.labels?.[hashLabel] === hash);
    const family: Family = { deployment, current, old: own.filter((set) => set !== current) };
    if (current !== undefined) await applySteps(context, planRollingUpdate(family));
    else if (deployment.spec?.paused !== true) await createSet(context, family, hash);
    await updateStatus(context, family);
  }
}

interface Family {
  readonly deployment: WorkloadObject;
  readonly current: WorkloadObject | undefined;
  readonly old: readonly WorkloadObject[];
}

interface Resize {
  readonly set: WorkloadObject;
  readonly replicas: number;
}

function templateHash(deployment: WorkloadObject): string {
  const text = JSON.stringify(deployment.spec?.template ?? {});
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}

function desiredOf(workload: WorkloadObject): number {
  return workload.spec?.replicas ?? 1;
}

function total(sets: readonly WorkloadObject[], value: (set: WorkloadObject) => number): number {
  return sets.reduce((sum, set) => sum + value(set), 0);
}

const availableOf = (set: WorkloadObject) => Number(set.status?.["availableReplicas"] ?? 0);

/** How many pods may be above and below what is wanted; never both none. */
function boundsOf(deployment: WorkloadObject): { readonly surge: number; readonly short: number } {
  const desired = desiredOf(deployment);
  const { maxSurge = "25%", maxUnavailable = "25%" } =
    deployment.spec?.strategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, desired, "up");
  const short = scaledValue(maxUnavailable, desired, "down");
  return { surge, short: surge === 0 && short === 0 ? 1 : short };
}

/** Which ReplicaSets change their size now. */
export function planRollingUpdate(family: Family): readonly Resize[] {
  const { deployment, current, old } = family;
  if (current === undefined) return [];
  const desired = desiredOf(deployment);
  const remaining = total(old, desiredOf);
  if (remaining === 0) return [{ set: current, replicas: desired }];
  if (deployment.spec?.paused === true) return [];
  if (deployment.spec?.strategy?.type === "Recreate") return planRecreate(family);
  const { surge, short } = boundsOf(deployment);
  const room = Math.max(0, desired + surge - remaining - desiredOf(current));
  const grown = Math.min(desired, desiredOf(current) + room);
  const steps: Resize[] = [{ set: current, replicas: Math.max(desiredOf(current), grown) }];
  // Pods that are not available may go first: nobody misses them.
  const pending = Math.max(0, desiredOf(current) - availableOf(current));
  let mayGo = remaining + desiredOf(current) - (desired - short) - pending;
  let healthyMayGo = total([current, ...old], availableOf) - (desired - short);
  for (const set of old) {
    const broken = Math.max(0, desiredOf(set) - availableOf(set));
    const cleaned = Math.min(broken, Math.max(0, mayGo));
    const healthy = Math.max(0, Math.min(healthyMayGo, mayGo - cleaned, desiredOf(set) - cleaned));
    steps.push({ set, replicas: desiredOf(set) - cleaned - healthy });
    mayGo -= cleaned + healthy;
    healthyMayGo -= healthy;
  }
  return steps;
}

/** Every old pod is gone before the first new one comes. */
function planRecreate({ deployment, current, old }: Family): readonly Resize[] {
  const shrink = old.map((set) => ({ set, replicas: 0 }));
  const running = total(old, (set) => Number(set.status?.["replicas"] ?? 0));
  if (current === undefined || running > 0) return shrink;
  return [...shrink, { set: current, replicas: desiredOf(deployment) }];
}

async function applySteps(context: ControllerContext, steps: readonly Resize[]): Promise<void> {
  for (const { set, replicas } of steps) {
    if (desiredOf(set) === replicas) continue;
    const { namespace, name } = set.metadata;
    await context
      .call()
      .patch(`/apis/apps/v1/namespaces/${namespace}/replicasets/${name}`, { spec: { replicas } });
  }
}

async function createSet(
  context: ControllerContext,
  { deployment, old }: Family,
  hash: string,
): Promise<void> {
  const { namespace = "default", name } = deployment.metadata;
  const template = deployment.spec?.template ?? {};
  const labels = { ...template.metadata?.labels, [hashLabel]: hash };
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  const remaining = total(old, desiredOf);
  const { surge } = boundsOf(deployment);
  const recreate = deployment.spec?.strategy?.type === "Recreate" && remaining > 0;
  const room = Math.max(0, desiredOf(deployment) + surge - remaining);
  await context.call().ensure(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { [revisionAnnotation]: String(revision) },
      ownerReferences: controlledBy("Deployment", "apps/v1", deployment.metadata),
    },
    spec: {
      replicas: recreate ? 0 : Math.min(desiredOf(deployment), room),
      selector: {
        ...deployment.spec?.selector,
        matchLabels: { ...deployment.spec?.selector?.matchLabels, [hashLabel]: hash },
      },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
  await context.call().patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, {
    metadata: { annotations: { [revisionAnnotation]: String(revision) } },
  });
}

function revisionOf(set: WorkloadObject): number {
  return Number(set.metadata.annotations?.[revisionAnnotation] ?? 0);
}

async function updateStatus(context: ControllerContext, family: Family): Promise<void> {
  const { deployment, current, old } = family;
  const { namespace, name, generation = 1 } = deployment.metadata;
  const sets = current === undefined ? old : [current, ...old];
  const sum = (list: readonly WorkloadObject[], field: string) =>
    total(list, (set) => Number(set.status?.[field] ?? 0));
  const available = sum(sets, "availableReplicas");
  const numbers = {
    replicas: sum(sets, "replicas"),
    updatedReplicas: sum(current === undefined ? [] : [current], "replicas"),
    readyReplicas: sum(sets, "readyReplicas"),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, desiredOf(deployment) - available),
    observedGeneration: generation,
  };
  const conditions = conditionsOf(context, family, numbers);
  const status = deployment.status ?? {};
  const known = status["conditions"] as readonly Condition[] | undefined;
  const same = conditions.every(({ type, status: value, reason }) =>
    known?.some((one) => one.type === type && one.status === value && one.reason === reason),
  );
  if (same && saysAlready(status, numbers)) return;
  await context.call().patch(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}/status`, {
    status: { ...numbers, conditions },
  });
}

function conditionsOf(
  context: ControllerContext,
  { deployment }: Family,
  numbers: {
    readonly replicas: number;
    readonly updatedReplicas: number;
    readonly availableReplicas: number;
  },
): readonly Condition[] {
  const desired = desiredOf(deployment);
  const { replicas, updatedReplicas, availableReplicas } = numbers;
  const isAvailable = availableReplicas >= desired - boundsOf(deployment).short;
  const isComplete =
    updatedReplicas === desired && replicas === desired && availableReplicas >= desired;
  const now = formatTime(context.clock.now());
  const make = (type: string, status: string, reason: string, message: string): Condition => {
    const old = conditionOf(deployment, type);
    const unchanged = old?.status === status ? old.lastTransitionTime : undefined;
    return { type, status, reason, message, lastTransitionTime: unchanged ?? now };
  };
  return [
    isAvailable
      ? make(
          "Available",
          "True",
          "MinimumReplicasAvailable",
          "Deployment has minimum availability.",
        )
      : make(
          "Available",
          "False",
          "MinimumReplicasUnavailable",
          "Deployment does not have minimum availability.",
        ),
    isComplete
      ? make("Progressing", "True", "NewReplicaSetAvailable", "The rollout is complete.")
      : make("Progressing", "True", "ReplicaSetUpdated", "The rollout is progressing."),
  ];
}
