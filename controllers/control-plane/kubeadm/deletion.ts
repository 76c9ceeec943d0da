import {
  ClusterNameLabel,
  KubeadmControlPlaneFinalizer,
  MachineControlPlaneLabel,
} from "../../api/constants.ts";
import { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import type { ConditionValue } from "../../bootstrap/objects/conditions.ts";
import { persist } from "../../runtime/persist.ts";
import { keyOf, type Kind, type KubeObject } from "../../runtime/client.ts";
import { done, requeueAfter, type Result } from "../../runtime/controller.ts";
import { listNames, plural } from "../../runtime/name-list.ts";
import { staleDeletions } from "../../runtime/stale-deletions.ts";
import { type ControlPlane, isDeleting } from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { releaseHook } from "./pre-terminate.ts";

const deleteRequeueMs = 30_000;
const maxNames = 5;
/** Why a control plane that is to go still stays. */
export const workersRemain = "WaitingForWorkersDeletion";

/** Where a deletion stands: what to report, and when to look again. */
export interface DeletionProgress {
  readonly condition: ConditionValue;
  readonly result: Result;
  readonly isComplete: boolean;
}

/** Workers first: without a control plane they could not be drained. Then all machines at once, etcd goes with them. */
export async function reconcileDelete(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
): Promise<DeletionProgress> {
  const { members, nowMs } = controlPlane;
  if (members.length === 0) {
    return { ...progress("DeletionCompleted", "Deletion completed", done), isComplete: true };
  }
  const workers = await remainingWorkers(deps, controlPlane);
  if (workers.length > 0) {
    const head = "KubeadmControlPlane deletion blocked because following objects still exist:";
    // Workers are not watched here.
    return progress(workersRemain, [head, ...workers].join("\n"), requeueAfter(deleteRequeueMs));
  }
  for (const { machine } of members) await releaseHook(deps, machine);
  for (const member of members.filter((each) => !isDeleting(each))) {
    await deps.client.delete(Machine, keyOf(member.machine));
  }
  const machines = members.map(({ machine }) => machine);
  const stale = staleDeletions(machines, nowMs);
  const message =
    `Deleting ${members.length} ${plural("Machine", members.length)}` +
    (stale === undefined ? "" : ` and ${stale}`);
  // The Machines are watched; looking again costs little and survives a lost event.
  return progress("WaitingForMachineDeletion", message, requeueAfter(deleteRequeueMs));
}

export async function dropFinalizer(
  deps: ControlPlaneDeps,
  kcp: KubeadmControlPlane,
): Promise<void> {
  const finalizers = (kcp.metadata.finalizers ?? []).filter(
    (finalizer) => finalizer !== KubeadmControlPlaneFinalizer,
  );
  const metadata = { ...kcp.metadata, finalizers };
  await persist(deps.client, KubeadmControlPlane, kcp, { ...kcp, metadata });
}

async function remainingWorkers(
  deps: ControlPlaneDeps,
  { cluster }: ControlPlane,
): Promise<readonly string[]> {
  const machines = await listOf(deps, cluster, Machine);
  const workers = machines.filter(
    ({ metadata }) => metadata.labels?.[MachineControlPlaneLabel] === undefined,
  );
  const lines: readonly (readonly [string, readonly KubeObject[]])[] = [
    ["MachineDeployments", await listOf(deps, cluster, MachineDeployment)],
    ["MachineSets", await listOf(deps, cluster, MachineSet)],
    ["Machines", workers],
  ];
  return lines
    .filter(([, objects]) => objects.length > 0)
    .map(([title, objects]) => `* ${title}: ${listNames(namesOf(objects), maxNames)}`);
}

function listOf<T extends KubeObject>(
  deps: ControlPlaneDeps,
  cluster: ControlPlane["cluster"],
  kind: Kind<T>,
): Promise<readonly T[]> {
  const { namespace = "", name } = cluster.metadata;
  return deps.client.list(kind, { namespace, labels: { [ClusterNameLabel]: name } });
}

function progress(reason: string, message: string, result: Result): DeletionProgress {
  const condition = { type: "Deleting", status: "True", reason, message } as const;
  return { condition, result, isComplete: false };
}

function namesOf(objects: readonly KubeObject[]): readonly string[] {
  return objects.map(({ metadata }) => metadata.name);
}
