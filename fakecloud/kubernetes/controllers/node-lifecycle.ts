import { formatTime, parseTime } from "../../kernel/clock.ts";
import { type ControllerContext, objectsOf } from "./context.ts";
import { recordEvent } from "./events.ts";
import {
  type Condition,
  conditionOf,
  isReady,
  type Meta,
  type NodeObject,
  type Taint,
  taintsPatch,
} from "./objects.ts";
import { podsByNode } from "./pods-by-node.ts";

interface LeaseObject {
  readonly metadata: Meta;
  readonly spec?: { readonly renewTime?: string };
}

/** A node that has never been heard of gets this much longer. */
const startupMs = 10_000;
const reported = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
const notReady = "node.kubernetes.io/not-ready";
const unreachable = "node.kubernetes.io/unreachable";
const unschedulable = "node.kubernetes.io/unschedulable";
const byCondition: Readonly<Record<string, string>> = {
  MemoryPressure: "node.kubernetes.io/memory-pressure",
  DiskPressure: "node.kubernetes.io/disk-pressure",
  PIDPressure: "node.kubernetes.io/pid-pressure",
};
const ownKeys = new Set([notReady, unreachable, unschedulable, ...Object.values(byCondition)]);

/** A node whose kubelet is silent becomes Unknown; nodes in trouble are tainted, and their pods count as not ready. */
export async function syncNodeLifecycle(context: ControllerContext): Promise<void> {
  const watch: Watch = { sinceMs: watchedSince(context), graceMs: context.nodeGraceMs() };
  if (isCalm(context, watch)) return;
  const table = context.store.table("nodes");
  const revision = table.lastChange;
  const nodes = objectsOf<NodeObject>(context, "nodes");
  // Where no node is well, the trouble is more likely to be the network's or the control plane's: nobody is evicted.
  const disrupted = !nodes.some(isReady);
  let untilMs = Infinity;
  for (const node of nodes) {
    const silentMs = silentAfter(context, node, watch);
    if (context.clock.now() > silentMs) await markUnknown(context, node);
    else {
      untilMs = Math.min(untilMs, silentMs);
      await reconcileTaints(context, node, disrupted);
    }
  }
  calm.set(context, { revision, untilMs, graceMs: watch.graceMs });
}

/** What the last look has seen, and until when time alone brings nothing new: kubelets that go on renewing only make it longer. */
interface Calm {
  readonly revision: number;
  readonly untilMs: number;
  readonly graceMs: number;
}

const calm = new WeakMap<ControllerContext, Calm>();

function isCalm(context: ControllerContext, { graceMs }: Watch): boolean {
  const last = calm.get(context);
  return (
    last !== undefined &&
    last.revision === context.store.table("nodes").lastChange &&
    last.graceMs === graceMs &&
    context.clock.now() <= last.untilMs
  );
}

interface Watch {
  readonly sinceMs: number;
  readonly graceMs: number;
}

/** How long the controller has been watching without a gap: silence before that proves nothing. */
const watching = new WeakMap<ControllerContext, { lastMs: number; sinceMs: number }>();
const gapMs = 15_000;

function watchedSince(context: ControllerContext): number {
  const now = context.clock.now();
  const watch = watching.get(context) ?? { lastMs: now, sinceMs: now };
  if (now - watch.lastMs > gapMs) watch.sinceMs = now;
  watch.lastMs = now;
  watching.set(context, watch);
  return watch.sinceMs;
}

/** Until when nobody wonders why a node is not heard of; for ever, if that nothing is known of it is known already. */
function silentAfter(
  context: ControllerContext,
  node: NodeObject,
  { sinceMs, graceMs }: Watch,
): number {
  const ready = conditionOf(node, "Ready");
  if (ready?.status === "Unknown") return Infinity;
  // The lease is what a healthy kubelet renews most often.
  const leases = context.store.table("leases.coordination.k8s.io");
  const entry = leases.get(`kube-node-lease/${node.metadata.name}`);
  const lease = entry?.object as unknown as LeaseObject | undefined;
  const at = (text: string | undefined) => (text === undefined ? 0 : (parseTime(text) ?? 0));
  const { creationTimestamp } = node.metadata;
  const heardMs = Math.max(
    sinceMs,
    at(lease?.spec?.renewTime),
    at(ready?.lastHeartbeatTime),
    creationTimestamp === undefined ? 0 : at(creationTimestamp) + startupMs,
  );
  return heardMs + graceMs;
}

async function markUnknown(context: ControllerContext, node: NodeObject): Promise<void> {
  const now = formatTime(context.clock.now());
  const unknown: Omit<Condition, "type"> = {
    status: "Unknown",
    reason: "NodeStatusUnknown",
    message: "Kubelet stopped posting node status.",
    lastTransitionTime: now,
  };
  const before = node.status?.conditions ?? [];
  const others = before.filter(({ type }) => !reported.includes(type));
  const conditions = reported.map((type): Condition => {
    const { lastHeartbeatTime } = before.find((one) => one.type === type) ?? {};
    return {
      type,
      ...unknown,
      ...(lastHeartbeatTime === undefined ? {} : { lastHeartbeatTime }),
    };
  });
  await context.call().patch(`/api/v1/nodes/${node.metadata.name}/status`, {
    status: { conditions: [...others, ...conditions] },
  });
  await markPodsNotReady(context, node, now);
  await recordEvent(
    context,
    { kind: "Node", metadata: node.metadata },
    {
      type: "Normal",
      reason: "NodeNotReady",
      message: `Node ${node.metadata.name} status is now: NodeNotReady`,
      component: "node-controller",
    },
  );
}

/** Services and disruption budgets must not count on pods that nobody hears of. */
async function markPodsNotReady(
  context: ControllerContext,
  node: NodeObject,
  now: string,
): Promise<void> {
  for (const pod of podsByNode(context.store).get(node.metadata.name) ?? []) {
    if (!isReady(pod)) continue;
    const { namespace, name } = pod.metadata;
    const conditions = (pod.status?.conditions ?? []).map((condition): Condition =>
      condition.type === "Ready"
        ? { ...condition, status: "False", lastTransitionTime: now }
        : condition,
    );
    await context
      .call()
      .patch(`/api/v1/namespaces/${namespace}/pods/${name}/status`, { status: { conditions } });
  }
}

async function reconcileTaints(
  context: ControllerContext,
  node: NodeObject,
  disrupted: boolean,
): Promise<void> {
  const taints = node.spec?.taints ?? [];
  const wanted = wantedTaints(node, disrupted);
  const current = taints.filter(({ key }) => ownKeys.has(key));
  const has = (list: readonly Taint[], { key, effect }: Taint) =>
    list.some((each) => each.key === key && each.effect === effect);
  const same =
    wanted.every((taint) => has(current, taint)) && current.every((taint) => has(wanted, taint));
  if (same) return;
  const timeAdded = formatTime(context.clock.now());
  const next = wanted.map((taint) => {
    const known = current.find(({ key, effect }) => key === taint.key && effect === taint.effect);
    return known ?? (taint.effect === "NoExecute" ? { ...taint, timeAdded } : taint);
  });
  const kept = taints.filter(({ key }) => !ownKeys.has(key));
  const patch = taintsPatch(node, [...kept, ...next]);
  await context.call().patch(`/api/v1/nodes/${node.metadata.name}`, patch);
}

/** What the state of a node asks for. */
export function wantedTaints(node: NodeObject, disrupted: boolean): readonly Taint[] {
  const taints: Taint[] = [];
  const status = conditionOf(node, "Ready")?.status;
  if (status !== "True") {
    const key = status === "Unknown" ? unreachable : notReady;
    taints.push({ key, effect: "NoSchedule" });
    if (!disrupted) taints.push({ key, effect: "NoExecute" });
  }
  for (const [type, key] of Object.entries(byCondition)) {
    if (conditionOf(node, type)?.status === "True") taints.push({ key, effect: "NoSchedule" });
  }
  if (node.spec?.unschedulable === true) taints.push({ key: unschedulable, effect: "NoSchedule" });
  return taints;
}
