import { MachineDrainRule } from "../../api/core/v1beta2.ts";
import { Namespace, Node, Pod } from "../../api/kubernetes.ts";
import { type Client, keyOf } from "../../runtime/client.ts";
import { isNotFound, isTooManyRequests, messageOf } from "../../runtime/errors.ts";
import type { CoreDeps } from "../core-deps.ts";
import type { MachineScope } from "./machine-scope.ts";
import { type DrainPlan, planDrain, podName } from "./plan-drain.ts";

const unreachableTaint = "node.kubernetes.io/unreachable";
const unreachableGraceSeconds = 1;
const mostPods = 3;
const mostFailures = 5;

export interface Draining {
  readonly workload: Client;
  readonly node: Node;
  readonly startTime: string;
}

/** One round of a drain: cordon, evict what may go now. Undefined when nothing is left; else what is waited for. */
export async function drainNode(
  deps: CoreDeps,
  scope: MachineScope,
  { workload, node, startTime }: Draining,
): Promise<string | undefined> {
  const { name } = node.metadata;
  if (node.spec?.unschedulable !== true) {
    await workload.mergePatch(Node, keyOf(node), { spec: { unschedulable: true } });
  }
  const isUnreachable = node.spec?.taints?.some(({ key }) => key === unreachableTaint) === true;
  const pods = await workload.list(Pod, { fieldSelector: `spec.nodeName=${name}` });
  const { namespace = "" } = scope.observed.metadata;
  const rules = await deps.client.list(MachineDrainRule, { namespace });
  const plan = planDrain({
    pods,
    machine: scope.observed,
    cluster: scope.cluster,
    rules,
    // Their labels only matter to rules.
    namespaces: rules.length === 0 ? new Map() : await namespacesOf(workload),
    isUnreachable,
    nowMs: deps.clock.now(),
  });
  const gracePeriod = isUnreachable ? unreachableGraceSeconds : undefined;
  const failures = new Map<string, Pod[]>();
  const evicted: Pod[] = [];
  for (const pod of plan.evict) {
    const failure = await evict(workload, pod, gracePeriod);
    if (failure === undefined) evicted.push(pod);
    else failures.set(failure, [...(failures.get(failure) ?? []), pod]);
  }
  for (const [text, failed] of failures) {
    const message = `failed to drain Node ${name}: Pods ${listPods(failed)}: ${text}`;
    deps.recorder.event(scope.observed, "Warning", "FailedDrainNode", message);
  }
  return messageOfRound({ plan, evicted, failures, startTime });
}

async function namespacesOf(workload: Client): Promise<ReadonlyMap<string, Namespace>> {
  const namespaces = await workload.list(Namespace);
  return new Map(namespaces.map((namespace) => [namespace.metadata.name, namespace]));
}

/** Undefined if the pod goes or has gone; else why not. */
async function evict(
  workload: Client,
  pod: Pod,
  gracePeriodSeconds: number | undefined,
): Promise<string | undefined> {
  try {
    await workload.evict(keyOf(pod), gracePeriodSeconds);
    return undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (isTooManyRequests(error)) {
      const text = messageOf(error).replace(/^Cannot evict/, "cannot evict");
      return text.startsWith("cannot evict")
        ? text
        : `cannot evict pod as it would violate the pod's disruption budget. ${text}`;
    }
    return `failed to evict Pod, ${messageOf(error)}`;
  }
}

/** capi-behaviour 3.33. */
function messageOfRound(round: {
  readonly plan: DrainPlan;
  readonly evicted: readonly Pod[];
  readonly failures: ReadonlyMap<string, readonly Pod[]>;
  readonly startTime: string;
}): string | undefined {
  const { plan, evicted, failures, startTime } = round;
  const going = [...plan.terminating, ...evicted];
  const lines: string[] = [];
  if (going.length > 0) {
    lines.push(
      `* ${noun(going)} ${listPods(going)}: deletionTimestamp set, but still not removed from the Node`,
    );
  }
  const sorted = [...failures].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [text, pods] of sorted.slice(0, mostFailures)) {
    lines.push(`* ${noun(pods)} ${listPods(pods)}: ${text}`);
  }
  const others = sorted.slice(mostFailures).reduce((sum, [, pods]) => sum + pods.length, 0);
  if (others > 0) lines.push(`* ${others} Pod${others === 1 ? "" : "s"} with other issues`);
  const waiting = plan.awaitCompletion;
  if (waiting.length > 0)
    lines.push(`* ${noun(waiting)} ${listPods(waiting)}: waiting for completion`);
  const after = "After above Pods have been removed from the Node, ";
  if (plan.evictLater.length > 0) {
    lines.push(`${after}the following Pods will be evicted: ${listPods(plan.evictLater)}`);
  }
  if (plan.awaitCompletionLater.length > 0) {
    const names = listPods(plan.awaitCompletionLater);
    lines.push(`${after}waiting for the following Pods to complete without eviction: ${names}`);
  }
  if (lines.length === 0) return undefined;
  return [`Drain not completed yet (started at ${startTime}):`, ...lines].join("\n");
}

function noun(pods: readonly Pod[]): string {
  return pods.length === 1 ? "Pod" : "Pods";
}

function listPods(pods: readonly Pod[]): string {
  const names = pods.map(podName).sort();
  const more = names.length > mostPods ? `, ... (${names.length - mostPods} more)` : "";
  return `${names.slice(0, mostPods).join(", ")}${more}`;
}
