import type { Condition } from "../../kubernetes/controllers/objects.ts";

/** What a node can run short of. */
export const pressures = ["MemoryPressure", "DiskPressure", "PIDPressure"] as const;
export type Pressure = (typeof pressures)[number];

interface Wording {
  readonly healthy: readonly [reason: string, message: string];
  readonly short: readonly [reason: string, message: string];
}

const wording: Readonly<Record<Pressure, Wording>> = {
  MemoryPressure: {
    healthy: ["KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
    short: ["KubeletHasInsufficientMemory", "kubelet has insufficient memory available"],
  },
  DiskPressure: {
    healthy: ["KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
    short: ["KubeletHasDiskPressure", "kubelet has disk pressure"],
  },
  PIDPressure: {
    healthy: ["KubeletHasSufficientPID", "kubelet has sufficient PID available"],
    short: ["KubeletHasInsufficientPID", "kubelet has insufficient PID available"],
  },
};

/** What the container runtime says where no network plug-in runs. */
export const networkNotReady =
  "NetworkReady=false reason:NetworkPluginNotReady " +
  "message:Network plugin returns error: cni plugin not initialized";
const networkMissing = `container runtime network not ready: ${networkNotReady}`;

export interface NodeHealth {
  readonly networkReady: boolean;
  readonly pressure: Pressure | undefined;
}

/** Whether each condition has the status that it has to have already. */
export function isPosted(
  { networkReady, pressure }: NodeHealth,
  conditions: readonly Condition[],
): boolean {
  const has = (type: string, holds: boolean) =>
    conditions.find((one) => one.type === type)?.status === (holds ? "True" : "False");
  return has("Ready", networkReady) && pressures.every((type) => has(type, type === pressure));
}

/** The conditions that a kubelet posts; transition times move only when a status does. */
export function nodeConditions(
  health: NodeHealth & { /** RFC 3339. */ readonly now: string },
  before: readonly Condition[],
): readonly Condition[] {
  const { networkReady, pressure, now } = health;
  const shortages = pressures.map((type): Condition => {
    const isShort = type === pressure;
    const [reason, message] = wording[type][isShort ? "short" : "healthy"];
    return { type, status: isShort ? "True" : "False", reason, message };
  });
  const ready: Condition = networkReady
    ? {
        type: "Ready",
        status: "True",
        reason: "KubeletReady",
        message: "kubelet is posting ready status",
      }
    : { type: "Ready", status: "False", reason: "KubeletNotReady", message: networkMissing };
  return [...shortages, ready].map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const unchanged = old?.status === condition.status ? old.lastTransitionTime : undefined;
    return { ...condition, lastHeartbeatTime: now, lastTransitionTime: unchanged ?? now };
  });
}
