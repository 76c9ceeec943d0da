import { PodDrainLabel } from "../../api/constants.ts";
import type { Cluster, Machine, MachineDrainRule } from "../../api/core/v1beta2.ts";
import type { Namespace, Pod } from "../../api/kubernetes.ts";
import { parseTime } from "../../runtime/clock.ts";
import { matchesSelector } from "../../runtime/label-selector.ts";
import { controllerOf } from "../../runtime/owner-references.ts";

export interface DrainFacts {
  readonly pods: readonly Pod[];
  readonly machine: Machine;
  readonly cluster: Cluster;
  /** Of the Machine's namespace. */
  readonly rules: readonly MachineDrainRule[];
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly isUnreachable: boolean;
  readonly nowMs: number;
}

/** What is to be done with the pods of a Node now. Names are "namespace/name". */
export interface DrainPlan {
  readonly evict: readonly Pod[];
  readonly terminating: readonly Pod[];
  readonly awaitCompletion: readonly Pod[];
  readonly evictLater: readonly Pod[];
  readonly awaitCompletionLater: readonly Pod[];
}

type Decision =
  | { readonly behavior: "Drain"; readonly order: number }
  | { readonly behavior: "Skip" }
  | { readonly behavior: "WaitCompleted"; readonly order: 0 };

const mirrorAnnotation = "kubernetes.io/config.mirror";

/** Sorts the pods of a Node into what goes now, what goes later and what stays. capi-behaviour 3.30 to 3.32. */
export function planDrain(facts: DrainFacts): DrainPlan {
  const decided = facts.pods
    .toSorted((a, b) => (podName(a) < podName(b) ? -1 : 1))
    .map((pod) => ({ pod, decision: decide(pod, facts) }))
    .filter(({ decision }) => decision.behavior !== "Skip");
  const orders = decided.map(({ decision }) => orderOf(decision));
  const lowest = Math.min(...orders);
  const select = (behavior: string, now: boolean) =>
    decided
      .filter(({ decision }) => decision.behavior === behavior)
      .filter(({ decision }) => (orderOf(decision) === lowest) === now)
      .map(({ pod }) => pod);
  const draining = select("Drain", true);
  const isTerminating = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined;
  return {
    evict: draining.filter((pod) => !isTerminating(pod)),
    terminating: draining.filter(isTerminating),
    awaitCompletion: select("WaitCompleted", true),
    evictLater: select("Drain", false),
    awaitCompletionLater: select("WaitCompleted", false),
  };
}

export function podName({ metadata }: Pod): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function orderOf(decision: Decision): number {
  return decision.behavior === "Skip" ? 0 : decision.order;
}

function decide(pod: Pod, facts: DrainFacts): Decision {
  return stays(pod, facts) ? { behavior: "Skip" } : asAsked(pod, facts);
}

/** Pods that no drain can or should move. */
function stays({ metadata, status, ...pod }: Pod, facts: DrainFacts): boolean {
  const deletedMs = parseTime(metadata.deletionTimestamp ?? "");
  // A kubelet that does not answer will never confirm the end of its pods.
  if (facts.isUnreachable && deletedMs !== undefined && facts.nowMs - deletedMs > 1000) return true;
  const finished = status?.phase === "Succeeded" || status?.phase === "Failed";
  if (controllerOf({ ...pod, metadata })?.kind === "DaemonSet" && !finished) return true;
  return metadata.annotations?.[mirrorAnnotation] !== undefined;
}

function asAsked(pod: Pod, facts: DrainFacts): Decision {
  return byLabel(pod) ?? byRule(pod, facts) ?? { behavior: "Drain", order: 0 };
}

function byLabel({ metadata }: Pod): Decision | undefined {
  switch (metadata.labels?.[PodDrainLabel]?.toLowerCase()) {
    case "skip":
      return { behavior: "Skip" };
    case "wait-completed":
    case "waitcompleted":
      return { behavior: "WaitCompleted", order: 0 };
    default:
      return undefined;
  }
}

function byRule(pod: Pod, facts: DrainFacts): Decision | undefined {
  const rule = facts.rules
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .find(({ spec }) => selectsMachine(spec, facts) && selectsPod(spec, pod, facts));
  if (rule === undefined) return undefined;
  const { behavior, order = 0 } = rule.spec.drain;
  return behavior === "Drain"
    ? { behavior, order }
    : behavior === "Skip"
      ? { behavior }
      : { behavior, order: 0 };
}

function selectsMachine(spec: MachineDrainRule["spec"], facts: DrainFacts): boolean {
  const { machines = [] } = spec;
  return (
    machines.length === 0 ||
    machines.some(
      ({ selector = {}, clusterSelector = {} }) =>
        matchesSelector(selector, facts.machine.metadata.labels) &&
        matchesSelector(clusterSelector, facts.cluster.metadata.labels),
    )
  );
}

function selectsPod(spec: MachineDrainRule["spec"], pod: Pod, facts: DrainFacts): boolean {
  const { pods = [] } = spec;
  const namespace = facts.namespaces.get(pod.metadata.namespace ?? "");
  return (
    pods.length === 0 ||
    pods.some(
      ({ selector = {}, namespaceSelector = {} }) =>
        matchesSelector(selector, pod.metadata.labels) &&
        matchesSelector(namespaceSelector, namespace?.metadata.labels),
    )
  );
}
