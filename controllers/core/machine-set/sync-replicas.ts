import { DisableMachineCreateAnnotation } from "../../api/constants.ts";
import { Machine, MachineDeployment } from "../../api/core/v1beta2.ts";
import { keyOf } from "../../runtime/client.ts";
import { done, requeueAfter, type Result } from "../../runtime/controller.ts";
import { messageOf } from "../../runtime/errors.ts";
import { ownerOfKind } from "../../runtime/owner-references.ts";
import type { CoreDeps } from "../core-deps.ts";
import { createMachine } from "./create-machine.ts";
import { isDeleting, type MachineSetScope } from "./machine-set-scope.ts";
import { planDeletionOrder } from "./plan-deletion.ts";
import { preflightFailures } from "./preflight.ts";
import { removeLeftovers } from "./remove-leftovers.ts";

const preflightRetryMs = 15_000;

/** Makes the number of Machines what was asked for. Machines that are being deleted count until they are gone. */
export async function syncReplicas(deps: CoreDeps, scope: MachineSetScope): Promise<Result> {
  const difference = scope.machines.length - (scope.observed.spec.replicas ?? 1);
  if (difference !== 0) await removeLeftovers(deps, scope);
  if (difference < 0) return scaleUp(deps, scope, -difference);
  if (difference > 0) await scaleDown(deps, scope, difference);
  return done; // Changes of Machines trigger the next reconcile.
}

async function scaleUp(deps: CoreDeps, scope: MachineSetScope, count: number): Promise<Result> {
  const { observed } = scope;
  if (await isOwnerGoing(deps, scope)) return done; // The MachineSet will be deleted as well, and that is a change of it.
  if (observed.metadata.annotations?.[DisableMachineCreateAnnotation] === "true") {
    return done; // Removing the annotation triggers the next reconcile.
  }
  if (!(await isFit(deps, scope))) return requeueAfter(preflightRetryMs);
  // The first failure ends it: the next reconcile goes on with what is there then.
  for (let made = 0; made < count; made += 1) {
    const machine = await createMachine(deps, scope);
    scope.machines = [...scope.machines, machine];
  }
  return done;
}

/** Whether the control plane is fit for a new Machine; what is wrong is noted, an error too. */
async function isFit(deps: CoreDeps, scope: MachineSetScope): Promise<boolean> {
  try {
    scope.blocked.push(...(await preflightFailures(deps, scope)));
  } catch (error) {
    scope.blocked.push(messageOf(error));
    throw error;
  }
  return scope.blocked.length === 0;
}

/** Nothing is created for an owner that is being deleted, even if the deletion has not reached the MachineSet yet. */
async function isOwnerGoing(deps: CoreDeps, { cluster, observed }: MachineSetScope) {
  if (isDeleting(cluster)) return true;
  const owner = ownerOfKind(observed, MachineDeployment);
  if (owner === undefined) return false;
  const key = { namespace: observed.metadata.namespace ?? "", name: owner.name };
  const deployment = await deps.client.get(MachineDeployment, key);
  return deployment !== undefined && isDeleting(deployment);
}

async function scaleDown(deps: CoreDeps, scope: MachineSetScope, count: number): Promise<void> {
  const { observed, machines } = scope;
  const order = observed.spec.deletion?.order ?? "Random";
  const doomed = planDeletionOrder(machines, order, deps.clock.now()).slice(0, count);
  for (const machine of doomed) {
    if (isDeleting(machine)) continue; // It counts, but is on its way already.
    await deps.client.delete(Machine, keyOf(machine));
    const text = `Deleted machine "${machine.metadata.name}"`;
    deps.recorder.event(observed, "Normal", "SuccessfulDelete", text);
  }
}
