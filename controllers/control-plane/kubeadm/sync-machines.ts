import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { kindOfReference } from "../../bootstrap/objects/references.ts";
import type { KubeObject, ObjectMeta } from "../../runtime/client.ts";
import { deepEqual } from "../../runtime/json.ts";
import { persist } from "../../runtime/persist.ts";
import { type ControlPlane, isDeleting, type Member } from "./control-plane.ts";
import { machineLabels, readinessGates } from "./create-machine.ts";
import type { ControlPlaneDeps } from "./deps.ts";

/**
 * What of the machine template reaches running machines without replacing them: labels and annotations of all three
 * objects, deletion time-outs and readiness gates of the Machine. Labels that others added stay.
 */
export async function syncMachines(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
): Promise<ControlPlane> {
  const members: Member[] = [];
  for (const member of controlPlane.members) {
    const machine = await syncMachine(deps, controlPlane, member);
    if (!isDeleting(member)) await syncOthers(deps, controlPlane, member);
    members.push({ ...member, machine });
  }
  return { ...controlPlane, members };
}

async function syncMachine(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
  member: Member,
): Promise<Machine> {
  const { machine } = member;
  const { deletion } = controlPlane.kcp.spec.machineTemplate.spec;
  const after: Machine = {
    ...machine,
    // A Machine on its way out keeps the labels it had; its time-outs may still be changed.
    metadata: isDeleting(member) ? machine.metadata : withTemplate(machine.metadata, controlPlane),
    spec: {
      ...machine.spec,
      readinessGates: readinessGates(controlPlane.kcp),
      ...(deletion === undefined ? {} : { deletion: { ...machine.spec.deletion, ...deletion } }),
    },
  };
  return deepEqual(machine, after) ? machine : persist(deps.client, Machine, machine, after);
}

async function syncOthers(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
  { machine, config, infraMachine }: Member,
): Promise<void> {
  if (config !== undefined) {
    const after = { ...config, metadata: withTemplate(config.metadata, controlPlane) };
    if (!deepEqual(config, after)) await persist(deps.client, KubeadmConfig, config, after);
  }
  if (infraMachine === undefined) return;
  const after: KubeObject = {
    ...infraMachine,
    metadata: withTemplate(infraMachine.metadata, controlPlane),
  };
  if (deepEqual(infraMachine, after)) return;
  const kind = await kindOfReference(deps.client, machine.spec.infrastructureRef);
  await persist(deps.client, kind, infraMachine, { ...infraMachine, metadata: after.metadata });
}

function withTemplate(metadata: ObjectMeta, controlPlane: ControlPlane): ObjectMeta {
  const { annotations } = controlPlane.kcp.spec.machineTemplate.metadata ?? {};
  return {
    ...metadata,
    labels: { ...metadata.labels, ...machineLabels(controlPlane) },
    ...(annotations === undefined
      ? {}
      : { annotations: { ...metadata.annotations, ...annotations } }),
  };
}
