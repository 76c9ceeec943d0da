import type { MachineDeployment } from "../../api/core/v1beta2.ts";

/** The surge and unavailability of a rollout as numbers: capi-behaviour 5.8. */
export function resolveRollout(deployment: MachineDeployment): {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
} {
  const replicas = deployment.spec.replicas ?? 1;
  if (replicas === 0) return { replicas, maxSurge: 0, maxUnavailable: 0 };
  const rolling = deployment.spec.rollout?.strategy?.rollingUpdate;
  const maxSurge = scaledValue(rolling?.maxSurge ?? 1, replicas, Math.ceil);
  const unavailable = scaledValue(rolling?.maxUnavailable ?? 0, replicas, Math.floor);
  // With neither, nothing could ever move.
  if (maxSurge === 0 && unavailable === 0) return { replicas, maxSurge, maxUnavailable: 1 };
  return { replicas, maxSurge, maxUnavailable: Math.min(unavailable, replicas) };
}

/** A count, or a percentage of the total; throws for other text, a plain "5" included. */
export function scaledValue(
  value: number | string,
  total: number,
  round: (value: number) => number,
): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(value);
  if (percent === null) throw new Error(`"${value}" is neither a number nor a percentage`);
  return round((Number(percent[1]) * total) / 100);
}
