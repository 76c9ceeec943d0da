import { RemediationForAnnotation } from "../../api/constants.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { keyOf } from "../../runtime/client.ts";
import { done, requeueAfter, type Result } from "../../runtime/controller.ts";
import { type ControlPlane, nameOf } from "./control-plane.ts";
import { createMachine } from "./create-machine.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { newMachineName } from "./machine-name.ts";
import { listMachines } from "./observe.ts";
import { removeOrphanObjects } from "./orphan-objects.ts";
import type { Step } from "./plan-control-plane.ts";
import { isReplacementDue } from "./plan-remediation.ts";
import { remediationInProgress } from "./remediation-record.ts";

/** A short time later everything that was written will have come back through the watches. */
const staleRequeueMs = 1_000;

/** Does what was planned. Machines are looked up at the API server once more before one is added or removed. */
export async function applyStep(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
  step: Step,
): Promise<Result> {
  // Everything is as wanted; a change of a Machine triggers the next reconcile.
  if (step.type === "none") return done;
  if (step.type === "wait") {
    if (step.problems.length > 0) {
      const message = `Waiting for control plane to pass preflight checks to continue reconciliation: ${aggregated(step.problems)}`;
      deps.recorder.event(controlPlane.kcp, "Warning", "ControlPlaneUnhealthy", message);
    }
    return requeueAfter(step.requeueAfterMs);
  }
  if (await isStale(deps, controlPlane)) return requeueAfter(staleRequeueMs);
  if (step.type === "scaleDown") {
    await deps.client.delete(Machine, keyOf(step.member.machine));
    const message = `Deleted Machine ${nameOf(step.member)}: ${step.reason}`;
    deps.recorder.event(controlPlane.kcp, "Normal", "SuccessfulDelete", message);
    return done; // The Machine's deletion triggers the next reconcile.
  }
  await removeOrphanObjects(deps, controlPlane);
  const machine = await createMachine(deps.client, controlPlane, {
    name: newMachineName(controlPlane, deps.random),
    role: step.type === "initialize" ? "init" : "join",
    ...replacementAnnotations(controlPlane),
    ...(step.failureDomain === undefined ? {} : { failureDomain: step.failureDomain }),
  });
  const message = `Created Machine ${machine.metadata.name}: ${step.reason}`;
  deps.recorder.event(controlPlane.kcp, "Normal", "SuccessfulCreate", message);
  return done; // The new Machine triggers the next reconcile.
}

/** A plan made on old data could add or remove one machine too many. */
async function isStale(
  deps: ControlPlaneDeps,
  { kcp, cluster, members }: ControlPlane,
): Promise<boolean> {
  const machines = await listMachines(deps.apiReader, kcp, cluster);
  const stateOf = (machine: Machine) =>
    `${machine.metadata.uid}${machine.metadata.deletionTimestamp === undefined ? "" : "-"}`;
  const seen = members.map(({ machine }) => stateOf(machine)).join(",");
  return machines.map(stateOf).join(",") !== seen;
}

/** The first new machine after a remediation says what it replaces, so that its own failure counts as a retry. */
function replacementAnnotations(controlPlane: ControlPlane): {
  readonly annotations?: Readonly<Record<string, string>>;
} {
  const record = remediationInProgress(controlPlane.kcp);
  if (record === undefined || !isReplacementDue(controlPlane)) return {};
  return { annotations: { [RemediationForAnnotation]: JSON.stringify(record) } };
}

/** Several errors in one text, as Go's aggregate prints them. */
function aggregated(problems: readonly string[]): string {
  return problems.length === 1 ? problems.join("") : `[${problems.join(", ")}]`;
}
