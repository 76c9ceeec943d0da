import type { PlannedSet } from "./rollout-plan.ts";

export interface PausedSet extends PlannedSet {
  /** Annotation of the last time it was scaled; 0 if there is none. */
  readonly maxReplicas: number;
  readonly desiredReplicas: number;
  readonly createdMs: number;
}

export interface PausedScaling {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly isRollingUpdate: boolean;
  /** `status.replicas` of the MachineDeployment. */
  readonly statusReplicas: number;
  readonly current: PausedSet | undefined;
  /** Oldest first. */
  readonly oldSets: readonly PausedSet[];
}

/**
 * While a MachineDeployment is paused it still scales, in proportion, and makes no new MachineSet: replicas by name.
 * capi-behaviour 5.17.
 */
export function planPausedScaling(scaling: PausedScaling): Readonly<Record<string, number>> {
  const { current, oldSets, replicas } = scaling;
  const all = current === undefined ? oldSets : [...oldSets, current];
  const active = all.filter((set) => set.spec > 0);
  if (active.length <= 1) {
    const only = active[0] ?? current ?? oldSets.at(-1);
    return only === undefined || only.spec === replicas ? {} : { [only.name]: replicas };
  }
  if (current !== undefined && isSaturated(current, replicas)) {
    return Object.fromEntries(oldSets.filter((set) => set.spec > 0).map(({ name }) => [name, 0]));
  }
  return scaling.isRollingUpdate ? proportional(scaling, active) : {};
}

function isSaturated(set: PausedSet, replicas: number): boolean {
  return set.spec === replicas && set.desiredReplicas === replicas && set.available === replicas;
}

function proportional(
  { replicas, maxSurge, statusReplicas }: PausedScaling,
  active: readonly PausedSet[],
): Readonly<Record<string, number>> {
  const allowed = replicas === 0 ? 0 : replicas + maxSurge;
  const toAdd = allowed - active.reduce((sum, set) => sum + set.spec, 0);
  if (toAdd === 0) return {};
  const ordered = active.toSorted(
    (a, b) =>
      b.spec - a.spec || (toAdd > 0 ? b.createdMs - a.createdMs : a.createdMs - b.createdMs),
  );
  const result = new Map<string, number>();
  let added = 0;
  for (const set of ordered) {
    const share = shareOf(set, { replicas, allowed, statusReplicas, left: toAdd - added });
    added += share;
    result.set(set.name, set.spec + share);
  }
  const first = ordered[0];
  if (first !== undefined) {
    result.set(first.name, Math.max(0, (result.get(first.name) ?? 0) + toAdd - added));
  }
  return Object.fromEntries(
    [...result].filter(([name, count]) =>
      active.some((set) => set.name === name && set.spec !== count),
    ),
  );
}

function shareOf(
  set: PausedSet,
  limits: {
    readonly replicas: number;
    readonly allowed: number;
    readonly statusReplicas: number;
    readonly left: number;
  },
): number {
  if (limits.replicas === 0) return -set.spec;
  const base = set.maxReplicas > 0 ? set.maxReplicas : limits.statusReplicas;
  if (base <= 0) return 0;
  const share = Math.round((set.spec * limits.allowed) / base) - set.spec;
  return limits.left > 0
    ? Math.min(Math.max(share, 0), limits.left)
    : Math.max(Math.min(share, 0), limits.left);
}
