import { MachineDeploymentNameLabel, RevisionAnnotation } from "../../api/constants.ts";
import { type Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import type { Reader } from "../../runtime/client.ts";
import { parseTime } from "../../runtime/clock.ts";
import type { ConditionInput } from "../../runtime/conditions.ts";
import { ownerOfKind } from "../../runtime/owner-references.ts";
import { templateDifferences } from "../machine-deployment/find-current-set.ts";

async function familyOf(reader: Reader, machine: Machine) {
  const { namespace = "", labels = {} } = machine.metadata;
  const owner = ownerOfKind(machine, MachineSet);
  const deploymentName = labels[MachineDeploymentNameLabel];
  if (owner === undefined || deploymentName === undefined) return undefined;
  const machineSet = await reader.get(MachineSet, { namespace, name: owner.name });
  const deployment = await reader.get(MachineDeployment, { namespace, name: deploymentName });
  return machineSet === undefined || deployment === undefined
    ? undefined
    : { machineSet, deployment };
}

/** The revisions of the MachineSet and the MachineDeployment; undefined where one of them is missing. */
export async function revisionsOf(
  reader: Reader,
  machine: Machine,
): Promise<{ readonly set: number; readonly deployment: number } | undefined> {
  const family = await familyOf(reader, machine);
  if (family === undefined) return undefined;
  const set = Number(family.machineSet.metadata.annotations?.[RevisionAnnotation]);
  const deployment = Number(family.deployment.metadata.annotations?.[RevisionAnnotation]);
  return Number.isNaN(set) || Number.isNaN(deployment) ? undefined : { set, deployment };
}

/** Whether a Machine of a MachineDeployment is what the template asks for; undefined for other Machines. capi-behaviour 3.12. */
export async function upToDateCondition(
  reader: Reader,
  machine: Machine,
  nowMs: number,
): Promise<ConditionInput | undefined> {
  const family = await familyOf(reader, machine);
  if (family === undefined) return undefined;
  const { machineSet, deployment } = family;
  const reasons = templateDifferences(machineSet.spec.template.spec, deployment.spec.template.spec);
  const afterMs = parseTime(deployment.spec.rollout?.after ?? "");
  const createdMs = parseTime(machine.metadata.creationTimestamp ?? "") ?? 0;
  const expired = afterMs !== undefined && nowMs >= afterMs && createdMs < afterMs;
  const all = expired ? [...reasons, "MachineDeployment spec.rolloutAfter expired"] : reasons;
  const type = "UpToDate";
  if (all.length === 0) return { type, status: "True", reason: "UpToDate" };
  const message = all.map((line) => `* ${line}`).join("\n");
  return { type, status: "False", reason: "NotUpToDate", message };
}
