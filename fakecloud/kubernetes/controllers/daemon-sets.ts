import { nameSuffix } from "./name-suffix.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  controlledBy,
  isOwnedBy,
  isReady,
  matchesLabels,
  type NodeObject,
  type PodObject,
  tolerates,
  type Toleration,
  type WorkloadObject,
} from "./objects.ts";

/** Taints that every DaemonSet pod tolerates. */
const built: readonly Toleration[] = [
  "node.kubernetes.io/not-ready",
  "node.kubernetes.io/unreachable",
  "node.kubernetes.io/disk-pressure",
  "node.kubernetes.io/memory-pressure",
  "node.kubernetes.io/pid-pressure",
  "node.kubernetes.io/unschedulable",
  "node.kubernetes.io/network-unavailable",
].map((key) => ({ key, operator: "Exists" }));

/** One pod of each DaemonSet on every node that its selector and tolerations allow. */
export async function syncDaemonSets(context: ControllerContext): Promise<void> {
  const nodes = objectsOf<NodeObject>(context, "nodes");
  const pods = objectsOf<PodObject>(context, "pods");
  for (const set of objectsOf<WorkloadObject>(context, "daemonsets.apps")) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    const own = pods.filter((pod) => isOwnedBy(pod, set.metadata.uid));
    const wanted = nodes.filter((node) => fits(set, node));
    await createMissing(context, set, { own, wanted });
    await deleteSurplus(context, { own, wanted });
    await updateStatus(context, set, { own, wanted });
  }
}

interface Coverage {
  readonly own: readonly PodObject[];
  readonly wanted: readonly NodeObject[];
}

function tolerationsOf(set: WorkloadObject): readonly Toleration[] {
  const template = set.spec?.template?.spec;
  const host = template?.hostNetwork === true ? built : built.slice(0, -1);
  return [...(template?.tolerations ?? []), ...host];
}

function fits(set: WorkloadObject, node: NodeObject): boolean {
  if (node.metadata.deletionTimestamp !== undefined) return false;
  const tolerations = tolerationsOf(set);
  const refused = (node.spec?.taints ?? []).some(
    (taint) => taint.effect !== "PreferNoSchedule" && !tolerates(tolerations, taint),
  );
  return (
    !refused && matchesLabels(set.spec?.template?.spec?.nodeSelector ?? {}, node.metadata.labels)
  );
}

async function createMissing(
  context: ControllerContext,
  set: WorkloadObject,
  { own, wanted }: Coverage,
): Promise<void> {
  const { namespace = "default", name } = set.metadata;
  for (const { metadata: node } of wanted) {
    if (own.some((pod) => pod.spec?.nodeName === node.name)) continue;
    const suffix = nameSuffix(context.random, "pod-name", `${name}/${node.name}`);
    await context.call().ensure(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${name}-${suffix}`,
        namespace,
        labels: { ...set.spec?.template?.metadata?.labels },
        ownerReferences: controlledBy("DaemonSet", "apps/v1", set.metadata),
      },
      spec: {
        ...set.spec?.template?.spec,
        nodeName: node.name,
        tolerations: tolerationsOf(set),
      },
    });
  }
}

async function deleteSurplus(context: ControllerContext, { own, wanted }: Coverage): Promise<void> {
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  for (const { metadata, spec } of own) {
    if (names.has(spec?.nodeName ?? "") || metadata.deletionTimestamp !== undefined) continue;
    await context.call().delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
  }
}

async function updateStatus(
  context: ControllerContext,
  set: WorkloadObject,
  { own, wanted }: Coverage,
): Promise<void> {
  const { namespace, name, generation = 1 } = set.metadata;
  const ready = own.filter(isReady).length;
  const status = {
    currentNumberScheduled: own.length,
    desiredNumberScheduled: wanted.length,
    numberAvailable: ready,
    numberMisscheduled: 0,
    numberReady: ready,
    numberUnavailable: Math.max(0, wanted.length - ready),
    observedGeneration: generation,
    updatedNumberScheduled: own.length,
  };
  const current = set.status ?? {};
  if (Object.entries(status).every(([key, value]) => (current[key] ?? 0) === value)) return;
  await context
    .call()
    .patch(`/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}/status`, { status });
}
