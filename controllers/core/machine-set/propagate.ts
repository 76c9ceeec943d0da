import { Machine } from "../../api/core/v1beta2.ts";
import type { Client } from "../../runtime/client.ts";
import { mutableCopy } from "../../runtime/json.ts";
import { persist } from "../../runtime/persist.ts";
import { machineLabels } from "./create-machine.ts";
import { isDeleting, type MachineSetScope } from "./machine-set-scope.ts";

/** Fields that reach existing Machines without a rollout: capi-behaviour 4.3. */
const inPlaceFields = ["deletion", "minReadySeconds", "readinessGates", "taints"] as const;

/** Brings labels, annotations and in-place fields of the template to the Machines that exist. */
export async function propagate(client: Client, scope: MachineSetScope): Promise<void> {
  const { observed } = scope;
  const { template } = observed.spec;
  const labels = machineLabels(observed);
  const machines: Machine[] = [];
  for (const machine of scope.machines) {
    const draft = mutableCopy(machine);
    for (const field of inPlaceFields) {
      const value = template.spec[field];
      if (value === undefined) delete draft.spec[field];
      else Object.assign(draft.spec, { [field]: value });
    }
    if (!isDeleting(machine)) {
      draft.metadata.labels = { ...draft.metadata.labels, ...labels };
      draft.metadata.annotations = {
        ...draft.metadata.annotations,
        ...template.metadata?.annotations,
      };
    }
    machines.push(await persist(client, Machine, machine, draft));
  }
  scope.machines = machines;
}
