import type { Cluster, Machine, MachineDeployment, MachineSet } from "../../api/core/v1beta2.ts";

/** What one reconcile of a MachineDeployment has observed, and its copy that may be changed. */
export interface MachineDeploymentScope {
  readonly cluster: Cluster;
  readonly observed: MachineDeployment;
  readonly draft: MachineDeployment;
  machineSets: readonly MachineSet[];
  machines: readonly Machine[];
  /** "KubeadmConfigTemplate small-md-0": templates that new Machines would need and that do not exist. */
  readonly missingTemplates: string[];
}
