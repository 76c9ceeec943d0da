import { formatTime, parseTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import {
  type Condition,
  conditionOf,
  type Meta,
  type NodeObject,
  type PodObject,
  type Taint,
  tolerates,
} from "./objects.ts";

/** Since Kubernetes 1.32; 40 s before. */
const graceMs = 50_000;
/** Pods get this toleration at admission. */
const defaultTolerationMs = 300_000;

interface LeaseObject {
  readonly metadata: Meta;
  readonly spec?: { readonly renewTime?: string };
}

const reported = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
const notReady = "node.kubernetes.io/not-ready";
const unreachable = "node.kubernetes.io/unreachable";

/** A node whose kubelet is silent becomes Unknown; nodes in trouble are tainted, and their pods leave in time. */
export async function syncNodeLifecycle(context: ControllerContext): Promise<void> {
  const leases = new Map(
    objectsOf<LeaseObject>(context, "leases.coordination.k8s.io")
      .filter(({ metadata }) => metadata.namespace === "kube-node-lease")
      .map((lease) => [lease.metadata.name, lease]),
  );
  for (const node of objectsOf<NodeObject>(context, "nodes")) {
    const silent = isSilent(context, node, leases.get(node.metadata.name));
    if (silent) await markUnknown(context, node);
    else await reconcileTaints(context, node);
    await evictPods(context, node);
  }
}

function isSilent(
  context: ControllerContext,
  node: NodeObject,
  lease: LeaseObject | undefined,
): boolean {
  const ready = conditionOf(node, "Ready");
  if (ready?.status === "Unknown") return false; // It is known already that nothing is known.
  const heard = [lease?.spec?.renewTime, ready?.lastHeartbeatTime, node.metadata.creationTimestamp]
    .map((time) => (time === undefined ? 0 : (parseTime(time) ?? 0)))
    .reduce((a, b) => Math.max(a, b));
  return context.clock.now() - heard > graceMs;
}

async function markUnknown(context: ControllerContext, node: NodeObject): Promise<void> {
  const now = formatTime(context.clock.now());
  const conditions = (node.status?.conditions ?? []).map((condition): Condition =>
    reported.includes(condition.type)
      ? {
          ...condition,
          status: "Unknown",
          reason: "NodeStatusUnknown",
          message: "Kubelet stopped posting node status.",
          lastTransitionTime: now,
        }
      : condition,
  );
  await context
    .call()
    .patch(`/api/v1/nodes/${node.metadata.name}/status`, { status: { conditions } });
}

async function reconcileTaints(context: ControllerContext, node: NodeObject): Promise<void> {
  const taints = node.spec?.taints ?? [];
  const wanted = wantedTaint(node);
  const kept = taints.filter(({ key }) => key !== notReady && key !== unreachable);
  const current = taints.filter(({ key }) => key === notReady || key === unreachable);
  const desired = wanted.map(({ key, effect }): Taint => {
    const existing = current.find((taint) => taint.key === key && taint.effect === effect);
    return existing ?? { key, effect, timeAdded: formatTime(context.clock.now()) };
  });
  if (current.length === desired.length && desired.every((taint) => current.includes(taint)))
    return;
  await context.call().patch(`/api/v1/nodes/${node.metadata.name}`, {
    spec: { taints: [...kept, ...desired] },
  });
}

function wantedTaint(node: NodeObject): readonly Taint[] {
  const status = conditionOf(node, "Ready")?.status;
  if (status === "True") return [];
  const key = status === "Unknown" ? unreachable : notReady;
  return [
    { key, effect: "NoSchedule" },
    { key, effect: "NoExecute" },
  ];
}

/** Pods that do not tolerate a NoExecute taint for longer are deleted. */
async function evictPods(context: ControllerContext, node: NodeObject): Promise<void> {
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === "NoExecute");
  if (taints.length === 0) return;
  const now = context.clock.now();
  for (const pod of objectsOf<PodObject>(context, "pods")) {
    if (pod.spec?.nodeName !== node.metadata.name || pod.metadata.deletionTimestamp !== undefined)
      continue;
    const due = taints.some((taint) => {
      const since = now - (parseTime(taint.timeAdded ?? "") ?? now);
      return since >= toleratedMs(pod, taint);
    });
    if (!due) continue;
    const { namespace, name } = pod.metadata;
    await context.call().delete(`/api/v1/namespaces/${namespace}/pods/${name}`);
  }
}

function toleratedMs(pod: PodObject, taint: Taint): number {
  const tolerations = pod.spec?.tolerations ?? [];
  const matching = tolerations.filter((toleration) => tolerates([toleration], taint));
  if (matching.some(({ tolerationSeconds }) => tolerationSeconds === undefined)) {
    return Number.POSITIVE_INFINITY;
  }
  const seconds = matching.map(({ tolerationSeconds = 0 }) => tolerationSeconds);
  const automatic = taint.key === notReady || taint.key === unreachable;
  if (seconds.length === 0) return automatic ? defaultTolerationMs : 0;
  return Math.min(...seconds) * 1000;
}
