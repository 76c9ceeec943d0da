import { withNodeDeletionTimeout } from "../../api/admission/core-defaults.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import type { Client } from "../../runtime/client.ts";
import { draftOf } from "../../runtime/json.ts";
import { persist } from "../../runtime/persist.ts";
import { getExternal } from "../external/external-objects.ts";
import { machineLabels } from "./create-machine.ts";
import { isDeleting, type MachineSetScope } from "./machine-set-scope.ts";

/** Fields that reach existing Machines without a rollout: capi-behaviour 4.3. */
const inPlaceFields = ["deletion", "minReadySeconds", "readinessGates", "taints"] as const;

/** Brings labels, annotations and in-place fields of the template to the Machines that exist. */
export async function propagate(client: Client, scope: MachineSetScope): Promise<void> {
  const { observed } = scope;
  const { template } = observed.spec;
  // A Machine has this default, a template has not: without it every round would take it away and get it back.
  const wanted = withNodeDeletionTimeout(template.spec);
  const labels = machineLabels(observed);
  const machines: Machine[] = [];
  for (const machine of scope.machines) {
    const draft = draftOf(machine);
    for (const field of inPlaceFields) {
      const value = wanted[field];
      if (value === undefined) delete draft.spec[field];
      else Object.assign(draft.spec, { [field]: value });
    }
    if (!isDeleting(machine)) {
      draft.metadata.labels = { ...draft.metadata.labels, ...labels };
      draft.metadata.annotations = {
        ...draft.metadata.annotations,
        ...template.metadata?.annotations,
      };
      await propagateToParts(client, scope, machine);
    }
    machines.push(await persist(client, Machine, machine, draft));
  }
  scope.machines = machines;
}

/** What belongs to a Machine gets its labels and annotations; the rest of it never changes. */
async function propagateToParts(
  client: Client,
  { observed }: MachineSetScope,
  { metadata, spec }: Machine,
): Promise<void> {
  const wanted = {
    labels: machineLabels(observed),
    annotations: observed.spec.template.metadata?.annotations ?? {},
  };
  for (const reference of [spec.bootstrap.configRef, spec.infrastructureRef]) {
    if (reference === undefined) continue;
    const key = { namespace: metadata.namespace ?? "", name: reference.name };
    const external = await getExternal(client, reference, key);
    if (external === undefined) continue; // The Machine says what it misses.
    const { labels, annotations, deletionTimestamp } = external.object.metadata;
    if (deletionTimestamp !== undefined) continue;
    if (includes(labels, wanted.labels) && includes(annotations, wanted.annotations)) continue;
    await client.mergePatch(external.kind, key, { metadata: wanted });
  }
}

function includes(
  present: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([key, value]) => present?.[key] === value);
}
