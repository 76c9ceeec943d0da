import type { Condition } from "./kubelet.ts";

const healthy: readonly (readonly [type: string, reason: string, message: string])[] = [
  ["MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
];

/** The conditions that a kubelet posts; transition times move only when a status does. */
export function nodeConditions(
  state: { readonly networkReady: boolean; readonly now: string },
  before: readonly Condition[],
): readonly Condition[] {
  const { networkReady, now } = state;
  const ready: Omit<Condition, "lastTransitionTime"> = networkReady
    ? {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "kubelet is posting ready status",
      }
    : {
        type: "Ready",
        status: "False",
        reason: "KubeletNotReady",
        message:
          "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady " +
          "message:Network plugin returns error: cni plugin not initialized",
      };
  const others = healthy.map(([type, reason, message]) => ({
    type,
    status: "False",
    reason,
    message,
  }));
  return [...others, ready].map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const unchanged = old?.status === condition.status ? old.lastTransitionTime : undefined;
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime: unchanged ?? now };
  });
}
