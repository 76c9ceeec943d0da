import { RemediationInProgressAnnotation } from "../../api/constants.ts";
import { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { setConditions } from "../../bootstrap/objects/conditions.ts";
import { persist } from "../../runtime/persist.ts";
import { keyOf } from "../../runtime/client.ts";
import { type ControlPlane, type Member, nameOf } from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { ownerRemediated, type RemediationStep } from "./plan-remediation.ts";
import {
  remediationFor,
  remediationInProgress,
  type RemediationRecord,
} from "./remediation-record.ts";

/**
 * Carries a remediation out. What is about to happen is written down first: after a crash between two of these writes the
 * next reconcile finds the same Machine in progress and goes on. True when a Machine was deleted.
 */
export async function applyRemediation(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
  step: RemediationStep,
): Promise<boolean> {
  if (step.type === "none") return false;
  if (step.type === "refuse") {
    await tell(deps, controlPlane, step.member, step);
    return false;
  }
  const { kcp } = controlPlane;
  await writeRecord(deps, kcp, step.record);
  await tell(deps, controlPlane, step.member, step);
  await deps.client.delete(Machine, keyOf(step.member.machine));
  const message = `Remediating Machine ${nameOf(step.member)}, retry ${step.record.retryCount}`;
  deps.recorder.event(kcp, "Normal", "RemediationStarted", message);
  return true;
}

/** Once a replacement carries the record, the control plane needs it no more. */
export async function finishRemediation(
  deps: ControlPlaneDeps,
  { kcp, members }: ControlPlane,
): Promise<void> {
  const record = remediationInProgress(kcp);
  if (record === undefined) return;
  const hasReplacement = members.some(
    ({ machine }) => remediationFor(machine)?.machine === record.machine,
  );
  if (hasReplacement) await writeRecord(deps, kcp, undefined);
}

async function writeRecord(
  deps: ControlPlaneDeps,
  kcp: KubeadmControlPlane,
  record: RemediationRecord | undefined,
): Promise<void> {
  const { [RemediationInProgressAnnotation]: before, ...rest } = kcp.metadata.annotations ?? {};
  const text = record === undefined ? undefined : JSON.stringify(record);
  if (before === text) return;
  const patch = {
    metadata: { annotations: { ...rest, [RemediationInProgressAnnotation]: text ?? null } },
  };
  await deps.client.mergePatch(KubeadmControlPlane, keyOf(kcp), patch);
}

async function tell(
  deps: ControlPlaneDeps,
  { nowMs }: ControlPlane,
  { machine }: Member,
  step: RemediationStep,
): Promise<void> {
  const stamp = { nowMs, generation: machine.metadata.generation };
  const conditions = setConditions(machine.status?.conditions, [ownerRemediated(step)], stamp);
  const after = { ...machine, status: { ...machine.status, conditions } };
  await persist(deps.client, Machine, machine, after);
}
