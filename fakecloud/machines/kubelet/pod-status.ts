import {
  type Condition,
  conditionOf,
  type PodObject,
} from "../../kubernetes/controllers/objects.ts";

interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
}

function condition(pod: PodObject, type: string, status: string, now: string): Condition {
  const old = conditionOf(pod, type);
  const unchanged = old?.status === status ? old.lastTransitionTime : undefined;
  return { type, status, lastTransitionTime: unchanged ?? now };
}

/** Other conditions (DisruptionTarget) belong to others and stay. */
function withConditions(pod: PodObject, own: readonly Condition[]): readonly Condition[] {
  const types = new Set(own.map(({ type }) => type));
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !types.has(type));
  return [...others, ...own];
}

/** Bound and accepted, its containers not running yet. */
export function startingPodStatus(pod: PodObject, hostIp: string, now: string): object {
  const own = [
    condition(pod, "PodScheduled", "True", now),
    condition(pod, "Initialized", "True", now),
    { ...condition(pod, "Ready", "False", now), reason: "ContainersNotReady" },
    { ...condition(pod, "ContainersReady", "False", now), reason: "ContainersNotReady" },
  ];
  return {
    phase: "Pending",
    hostIP: hostIp,
    startTime: now,
    conditions: withConditions(pod, own),
    containerStatuses: (pod.spec?.containers ?? []).map(({ name, image = "" }) => ({
      name,
      image,
      imageID: "",
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: "ContainerCreating" } },
    })),
  };
}

/** All containers run and answer. */
export function runningPodStatus(
  pod: PodObject,
  place: {
    readonly now: string;
    readonly hostIp: string;
    readonly podIp: string;
    readonly restarted: boolean;
  },
): object {
  const { now, hostIp, podIp, restarted } = place;
  const before = (pod.status?.containerStatuses ?? []) as readonly ContainerStatus[];
  const own = ["PodScheduled", "Initialized", "Ready", "ContainersReady"].map((type) =>
    condition(pod, type, "True", now),
  );
  return {
    phase: "Running",
    hostIP: hostIp,
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    startTime: pod.status?.startTime ?? now,
    conditions: withConditions(pod, own),
    containerStatuses: (pod.spec?.containers ?? []).map(({ name, image = "" }) => ({
      name,
      image,
      imageID: image,
      containerID: `containerd://${pod.metadata.uid ?? pod.metadata.name}-${name}`,
      ready: true,
      started: true,
      restartCount:
        (before.find((one) => one.name === name)?.restartCount ?? 0) + Number(restarted),
      state: { running: { startedAt: now } },
    })),
  };
}

/** Its containers run, and a readiness probe of them fails. */
export function failingPodStatus(pod: PodObject, now: string): object {
  const own = ["Ready", "ContainersReady"].map((type) => ({
    ...condition(pod, type, "False", now),
    reason: "ContainersNotReady",
  }));
  const before = (pod.status?.containerStatuses ?? []) as readonly ContainerStatus[];
  return {
    ...pod.status,
    conditions: withConditions(pod, own),
    containerStatuses: before.map((status) => ({ ...status, ready: false })),
  };
}
