import { at, holds, isDeleting, numberAt, textAt } from "./fields.ts";
import type { Json, JsonObject } from "./patch.ts";
import type { Playback } from "./playback.ts";

export interface CapacityPoint {
  readonly atMs: number;
  readonly event: number;
  readonly desired: number;
  /** replicas − maxUnavailable and replicas + maxSurge. */
  readonly lower: number;
  readonly upper: number;
  /** Machines that are not on their way out. */
  readonly total: number;
  readonly available: number;
  readonly upToDate: number;
}

/** What a MachineDeployment or a control plane has, beside what it may have. */
export interface Capacity {
  readonly kind: "KubeadmControlPlane" | "MachineDeployment";
  readonly namespace: string;
  readonly name: string;
  readonly points: readonly CapacityPoint[];
}

type Count = Pick<CapacityPoint, "available" | "total" | "upToDate">;

interface Owner {
  readonly kind: Capacity["kind"];
  readonly object: number;
  readonly machines: Map<number, Count>;
  readonly points: CapacityPoint[];
  bounds: Pick<CapacityPoint, "desired" | "lower" | "upper"> | undefined;
}

/** Counted from the Machines themselves: the status of an owner is what its controller believes. */
export function computeCapacity(playback: Playback): readonly Capacity[] {
  const owners = new Map<string, Owner>();
  for (const [index, { object, type, event }] of playback.recording.revisions.entries()) {
    const { table, cluster, namespace, name, kind } = playback.object(object);
    if (cluster !== "management") continue;
    if (kind === "MachineDeployment" || kind === "KubeadmControlPlane") {
      const owner = ownerAt(owners, `${kind} ${namespace}/${name}`, { kind, object });
      owner.bounds = type === "DELETED" ? undefined : boundsOf(kind, playback.state(index));
      note(owner, playback, event);
    }
    if (table !== "machines.cluster.x-k8s.io") continue;
    const machine = playback.state(index);
    const owner = owners.get(ownerOf(machine, namespace));
    if (owner === undefined) continue;
    if (type === "DELETED") owner.machines.delete(object);
    else owner.machines.set(object, countOf(machine));
    note(owner, playback, event);
  }
  return [...owners.values()].map(({ kind, object, points }) => {
    const { namespace, name } = playback.object(object);
    return { kind, namespace, name, points };
  });
}

function ownerAt(
  owners: Map<string, Owner>,
  key: string,
  what: { readonly kind: Capacity["kind"]; readonly object: number },
): Owner {
  let owner = owners.get(key);
  if (owner === undefined) {
    owner = { ...what, machines: new Map(), points: [], bounds: undefined };
    owners.set(key, owner);
  }
  return owner;
}

function note(owner: Owner, playback: Playback, event: number): void {
  const counts = [...owner.machines.values()];
  const bounds = owner.bounds ?? { desired: 0, lower: 0, upper: 0 };
  const sum = (field: keyof Count) => counts.reduce((all, one) => all + one[field], 0);
  const [total, available, upToDate] = [sum("total"), sum("available"), sum("upToDate")];
  const point = { atMs: playback.atMs(event), event, ...bounds, total, available, upToDate };
  const last = owner.points.at(-1);
  const fields = ["desired", "lower", "upper", "total", "available", "upToDate"] as const;
  if (fields.some((field) => last?.[field] !== point[field])) owner.points.push(point);
}

function ownerOf(machine: JsonObject, namespace: string): string {
  const labels = at(machine, "metadata", "labels");
  const deployment = textAt(labels, "cluster.x-k8s.io/deployment-name");
  if (deployment !== "") return `MachineDeployment ${namespace}/${deployment}`;
  return `KubeadmControlPlane ${namespace}/${textAt(labels, "cluster.x-k8s.io/control-plane-name")}`;
}

function countOf(machine: JsonObject): Count {
  if (isDeleting(machine)) return { total: 0, available: 0, upToDate: 0 };
  const isSo = (type: string) => (holds(machine, type) ? 1 : 0);
  return { total: 1, available: isSo("Available"), upToDate: isSo("UpToDate") };
}

function boundsOf(kind: Capacity["kind"], owner: JsonObject) {
  const desired = numberAt(owner, "spec", "replicas") ?? 1;
  if (isDeleting(owner)) return { desired: 0, lower: 0, upper: desired };
  const rolling = at(owner, "spec", "rollout", "strategy", "rollingUpdate");
  const surge = scaled(at(rolling, "maxSurge") ?? 1, desired, Math.ceil);
  if (kind === "KubeadmControlPlane") {
    // A control plane scales in first where it must not surge.
    return { desired, lower: surge === 0 ? desired - 1 : desired, upper: desired + surge };
  }
  const unavailable = scaled(at(rolling, "maxUnavailable") ?? 0, desired, Math.floor);
  return { desired, lower: desired - unavailable, upper: desired + surge };
}

function scaled(value: Json, total: number, round: (value: number) => number): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? Number(value.replace("%", "")) : 0;
  return round((percent / 100) * total);
}
