import type { MachineDeployment } from "../../api/core/v1beta2.ts";

export interface RolloutLimits {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** The surge and unavailability of a rollout as numbers: capi-behaviour 5.8. */
export function resolveRollout(deployment: MachineDeployment): RolloutLimits {
  const { maxSurge = 1, maxUnavailable = 0 } =
    deployment.spec.rollout?.strategy?.rollingUpdate ?? {};
  return resolveLimits({ replicas: deployment.spec.replicas ?? 1, maxSurge, maxUnavailable });
}

export function resolveLimits(given: {
  readonly replicas: number;
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
}): RolloutLimits {
  const { replicas } = given;
  if (replicas === 0) return { replicas, maxSurge: 0, maxUnavailable: 0 };
  const maxSurge = scaledValue(given.maxSurge, replicas, Math.ceil);
  const unavailable = scaledValue(given.maxUnavailable, replicas, Math.floor);
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
