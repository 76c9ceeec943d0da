import { ClusterFinalizer } from "../../api/constants.ts";
import { Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { type Kind, keyOf, type KubeObject } from "../../runtime/client.ts";
import { done, requeueAfter, type Result } from "../../runtime/controller.ts";
import { withoutFinalizer } from "../../runtime/finalizers.ts";
import { listNames } from "../../runtime/name-list.ts";
import { isOwnedBy } from "../../runtime/owner-references.ts";
import type { CoreDeps } from "../core-deps.ts";
import type { ExternalObject } from "../external/external-objects.ts";
import { type ClusterScope, controlPlaneMachines, workerMachines } from "./cluster-scope.ts";

const workersRetryMs = 5_000;

/** Workers first, then the control plane, then the infrastructure: each needs the next to go in order. capi-behaviour 2.10. */
export async function deleteCluster(deps: CoreDeps, scope: ClusterScope): Promise<Result> {
  await deleteWorkers(deps, scope);
  const waiting = waitingForWorkers(scope);
  if (waiting !== "") {
    scope.stage = { reason: "WaitingForWorkersDeletion", message: waiting };
    return requeueAfter(workersRetryMs);
  }
  if (await deleteExternal(deps, scope, scope.controlPlane, "ControlPlane")) return done;
  if (await deleteExternal(deps, scope, scope.infrastructure, "Infrastructure")) return done;
  scope.stage = { reason: "DeletionCompleted", message: "Deletion completed" };
  const draft = scope.draft;
  draft.metadata.finalizers = withoutFinalizer(draft, ClusterFinalizer);
  const { name } = scope.observed.metadata;
  deps.recorder.event(scope.observed, "Normal", "Deleted", `Cluster ${name} has been deleted`);
  return done; // The object is gone.
}

async function deleteWorkers(deps: CoreDeps, scope: ClusterScope): Promise<void> {
  await deleteOwned(deps, scope, MachineDeployment, scope.machineDeployments);
  await deleteOwned(deps, scope, MachineSet, scope.machineSets);
  await deleteOwned(deps, scope, Machine, workerMachines(scope));
  if (scope.observed.spec.controlPlaneRef === undefined) {
    await deleteOwned(deps, scope, Machine, controlPlaneMachines(scope));
  }
}

/** Only direct children: what something else owns is that one's business. */
async function deleteOwned<T extends KubeObject>(
  deps: CoreDeps,
  { observed }: ClusterScope,
  kind: Kind<T>,
  objects: readonly T[],
): Promise<void> {
  for (const object of objects) {
    if (object.metadata.deletionTimestamp !== undefined || !isOwnedBy(object, observed)) continue;
    await deps.client.delete(kind, keyOf(object));
  }
}

function waitingForWorkers(scope: ClusterScope): string {
  const lines: string[] = [];
  const add = (title: string, objects: readonly KubeObject[]) => {
    const names = objects.map(({ metadata }) => metadata.name).sort();
    if (names.length > 0) lines.push(`* ${title}: ${listNames(names, 5)}`);
  };
  if (scope.observed.spec.controlPlaneRef === undefined) {
    add("Control plane Machines", controlPlaneMachines(scope));
  }
  add("MachineDeployments", scope.machineDeployments);
  add("MachineSets", scope.machineSets);
  add("Worker Machines", workerMachines(scope));
  return lines.join("\n");
}

/** True while the object is there: its end is watched. */
async function deleteExternal(
  deps: CoreDeps,
  scope: ClusterScope,
  external: ExternalObject | undefined,
  what: "ControlPlane" | "Infrastructure",
): Promise<boolean> {
  if (external === undefined) return false;
  const { object, kind } = external;
  const message = `Waiting for ${object.kind} to be deleted`;
  scope.stage = { reason: `WaitingFor${what}Deletion`, message };
  if (object.metadata.deletionTimestamp === undefined) {
    await deps.client.delete(kind, keyOf(object));
  }
  return true;
}
