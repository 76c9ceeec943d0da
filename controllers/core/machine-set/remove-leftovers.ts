import { MachineSetNameLabel } from "../../api/constants.ts";
import { formatLabelValue } from "../../api/admission/defaults.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import { keyOf } from "../../runtime/client.ts";
import { NoMatchError } from "../../runtime/errors.ts";
import { isOwnedBy } from "../../runtime/owner-references.ts";
import type { CoreDeps } from "../core-deps.ts";
import { resolveKind } from "../external/external-objects.ts";
import type { MachineSetScope } from "./machine-set-scope.ts";

/**
 * Deletes bootstrap configurations and infrastructure machines that were made for a Machine which never came to be: a crash or a lost
 * answer between the creations leaves them behind, and they cost money. capi-behaviour 4.4.
 */
export async function removeLeftovers(deps: CoreDeps, scope: MachineSetScope): Promise<void> {
  const { bootstrap, infrastructureRef } = scope.observed.spec.template.spec;
  for (const template of [bootstrap.configRef, infrastructureRef]) {
    if (template === undefined) continue;
    try {
      await removeOfTemplate(deps, scope, template);
    } catch (error) {
      // A provider that is gone has left nothing; scaling down must not depend on it.
      if (!(error instanceof NoMatchError)) throw error;
    }
  }
}

async function removeOfTemplate(
  deps: CoreDeps,
  { observed, machines }: MachineSetScope,
  template: ContractReference,
): Promise<void> {
  const { namespace = "", name } = observed.metadata;
  const used = new Set(machines.map((machine) => machine.metadata.name));
  const { kind } = await resolveKind(deps.client, {
    apiGroup: template.apiGroup,
    kind: template.kind.replace(/Template$/, ""),
  });
  const labels = { [MachineSetNameLabel]: formatLabelValue(name) };
  for (const object of await deps.client.list(kind, { namespace, labels })) {
    const { metadata } = object;
    // The MachineSet only holds what no Machine has taken over yet; the three objects share one name.
    if (metadata.deletionTimestamp !== undefined || !isOwnedBy(object, observed)) continue;
    if (used.has(metadata.name)) continue;
    // The two caches may be of different age: only the API server knows that there is no such Machine.
    if ((await deps.apiReader.get(Machine, keyOf(object))) !== undefined) continue;
    await deps.client.delete(kind, keyOf(object));
    const text = `Deleted ${object.kind} "${metadata.name}", which no Machine uses`;
    deps.recorder.event(observed, "Normal", "SuccessfulDelete", text);
  }
}
