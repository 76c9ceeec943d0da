import { createHash } from "node:crypto";
import { nameSuffix } from "./name-suffix.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  controlledBy,
  isActive,
  isOwnedBy,
  isReady,
  type NodeObject,
  type PodObject,
  type PodTemplate,
  saysAlready,
  scaledValue,
  tolerates,
  type Toleration,
  type WorkloadObject,
} from "./objects.ts";
import { nodeMatches } from "./node-selection.ts";

const hashLabel = "controller-revision-hash";

/** Taints that every DaemonSet pod tolerates; the last one only if it uses the network of its host. */
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
  for (const set of objectsOf<WorkloadObject>(context, "daemonsets.apps")) {
    if (set.metadata.deletionTimestamp !== undefined) continue;
    const coverage: Coverage = {
      own: podsOf(context, set),
      wanted: nodes.filter((node) => fits(set, node)),
      hash: templateHash(set),
    };
    await createMissing(context, set, coverage);
    await deleteSurplus(context, coverage);
    await replaceOutdated(context, set, coverage);
    // What has been made now counts already: one write instead of two.
    await updateStatus(context, set, { ...coverage, own: podsOf(context, set) });
  }
}

function podsOf(context: ControllerContext, { metadata }: WorkloadObject): readonly PodObject[] {
  return objectsOf<PodObject>(context, "pods").filter((pod) => isOwnedBy(pod, metadata.uid));
}

interface Coverage {
  readonly own: readonly PodObject[];
  readonly wanted: readonly NodeObject[];
  readonly hash: string;
}

const hashes = new WeakMap<PodTemplate, string>();

function templateHash({ spec }: WorkloadObject): string {
  const { template = {} } = spec ?? {};
  let hash = hashes.get(template);
  if (hash === undefined) {
    const text = JSON.stringify(template);
    hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
    hashes.set(template, hash);
  }
  return hash;
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
  return !refused && nodeMatches(node, set.spec?.template?.spec ?? {});
}

async function createMissing(
  context: ControllerContext,
  set: WorkloadObject,
  { own, wanted, hash }: Coverage,
): Promise<void> {
  const { namespace = "default", name } = set.metadata;
  const template = set.spec?.template;
  for (const { metadata: node } of wanted) {
    if (own.some((pod) => pod.spec?.nodeName === node.name && pod.status?.phase !== "Failed")) {
      continue; // One that is on its way out still holds its place.
    }
    const key = `${context.name}/${name}/${node.name}`;
    const suffix = nameSuffix(context.random, "pod-name", key);
    await context.call().ensure(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${name}-${suffix}`,
        generateName: `${name}-`,
        namespace,
        labels: { ...template?.metadata?.labels, [hashLabel]: hash },
        ownerReferences: controlledBy("DaemonSet", "apps/v1", set.metadata),
      },
      spec: { ...template?.spec, nodeName: node.name, tolerations: tolerationsOf(set) },
    });
  }
}

async function deletePod(context: ControllerContext, { metadata }: PodObject): Promise<void> {
  await context.call().delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`);
}

async function deleteSurplus(context: ControllerContext, { own, wanted }: Coverage): Promise<void> {
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  for (const pod of own) {
    if (names.has(pod.spec?.nodeName ?? "") || pod.metadata.deletionTimestamp !== undefined) {
      continue;
    }
    await deletePod(context, pod);
  }
}

/** Pods of an older template go, a few at a time, so that their successors can come. */
async function replaceOutdated(
  context: ControllerContext,
  set: WorkloadObject,
  { own, wanted, hash }: Coverage,
): Promise<void> {
  if (set.spec?.updateStrategy?.type === "OnDelete") return;
  const { maxUnavailable = 1 } = set.spec?.updateStrategy?.rollingUpdate ?? {};
  const allowed = Math.max(1, scaledValue(maxUnavailable, wanted.length, "up"));
  const outdated = own.filter((pod) => isActive(pod) && pod.metadata.labels?.[hashLabel] !== hash);
  const available = own.filter((pod) => isActive(pod) && isReady(pod)).length;
  let mayGo = allowed - Math.max(0, wanted.length - available);
  for (const pod of outdated) {
    // One that does not run is no loss.
    if (isReady(pod)) {
      if (mayGo <= 0) continue;
      mayGo -= 1;
    }
    await deletePod(context, pod);
  }
}

async function updateStatus(
  context: ControllerContext,
  set: WorkloadObject,
  { own, wanted, hash }: Coverage,
): Promise<void> {
  const { namespace, name, generation = 1 } = set.metadata;
  const ready = own.filter(isReady).length;
  const status = {
    currentNumberScheduled: Math.min(own.length, wanted.length),
    desiredNumberScheduled: wanted.length,
    numberAvailable: ready,
    numberMisscheduled: 0,
    numberReady: ready,
    numberUnavailable: Math.max(0, wanted.length - ready),
    observedGeneration: generation,
    updatedNumberScheduled: own.filter(({ metadata }) => metadata.labels?.[hashLabel] === hash)
      .length,
  };
  if (saysAlready(set.status ?? {}, status)) return;
  await context
    .call()
    .patch(`/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}/status`, { status });
}
