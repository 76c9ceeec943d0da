import type { Cluster, Machine, MachineSet } from "../../api/core/v1beta2.ts";

/** What one reconcile of a MachineSet has observed, and its copy that may be changed. */
export interface MachineSetScope {
  readonly cluster: Cluster;
  readonly observed: MachineSet;
  readonly draft: MachineSet;
  machines: readonly Machine[];
  /** Why Machines cannot be created at the moment, for the condition ScalingUp. */
  readonly blocked: string[];
  /** Kinds of templates that new Machines would need and that do not exist. */
  readonly missingTemplates: string[];
}

export function isDeleting(object: {
  readonly metadata: { readonly deletionTimestamp?: string };
}): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
