import type { Cluster, Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";
import { MachineControlPlaneLabel } from "../../api/constants.ts";
import type { ExternalObject } from "../external/external-objects.ts";

/** What one reconcile of a Cluster has observed, and its copy that may be changed. */
export interface ClusterScope {
  readonly observed: Cluster;
  readonly draft: Cluster;
  infrastructure: ExternalObject | undefined;
  controlPlane: ExternalObject | undefined;
  /** Those that were looked for and are not there. */
  readonly missing: Set<"controlPlane" | "infrastructure">;
  machines: readonly Machine[];
  machineSets: readonly MachineSet[];
  machineDeployments: readonly MachineDeployment[];
  /** How far the deletion is: reason and message of the condition `Deleting`. */
  stage: { readonly reason: string; readonly message: string } | undefined;
}

export function isDeleting({ observed }: Pick<ClusterScope, "observed">): boolean {
  return observed.metadata.deletionTimestamp !== undefined;
}

export function isControlPlaneMachine({ metadata }: Pick<Machine, "metadata">): boolean {
  return metadata.labels?.[MachineControlPlaneLabel] !== undefined;
}

export function controlPlaneMachines({ machines }: ClusterScope): readonly Machine[] {
  return machines.filter(isControlPlaneMachine);
}

export function workerMachines({ machines }: ClusterScope): readonly Machine[] {
  return machines.filter((machine) => !isControlPlaneMachine(machine));
}

export function hasEndpoint({ draft }: Pick<ClusterScope, "draft">): boolean {
  const { host = "", port = 0 } = draft.spec.controlPlaneEndpoint ?? {};
  return host !== "" && port !== 0;
}
