import { KubeadmConfig } from "../../api/bootstrap/v1beta2.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { controllerOf, isOwnedBy } from "../../bootstrap/objects/owners.ts";
import { kindOfReference } from "../../bootstrap/objects/references.ts";
import { keyOf, type Kind, type KubeObject } from "../../runtime/client.ts";
import type { ControlPlane } from "./control-plane.ts";
import { machineLabels } from "./create-machine.ts";
import type { ControlPlaneDeps } from "./deps.ts";

/**
 * Removes what a creation that was cut short has left: infrastructure or bootstrap objects that this control plane made
 * and no Machine took over. An instance would be paid for otherwise until the cluster is deleted.
 */
export async function removeOrphanObjects(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
): Promise<void> {
  const reference = controlPlane.kcp.spec.machineTemplate.spec.infrastructureRef;
  const infraKind = await kindOfReference(deps.client, {
    apiGroup: reference.apiGroup,
    kind: reference.kind.replace(/Template$/, ""),
  });
  await removeOrphans(deps, controlPlane, infraKind);
  await removeOrphans(deps, controlPlane, KubeadmConfig);
}

async function removeOrphans<T extends KubeObject>(
  deps: ControlPlaneDeps,
  controlPlane: ControlPlane,
  kind: Kind<T>,
): Promise<void> {
  const { kcp } = controlPlane;
  const { namespace = "" } = kcp.metadata;
  const objects = await deps.client.list(kind, { namespace, labels: machineLabels(controlPlane) });
  for (const object of objects) {
    const isOurs = isOwnedBy(object, kcp) && controllerOf(object) === undefined;
    if (!isOurs || object.metadata.deletionTimestamp !== undefined) continue;
    const key = keyOf(object);
    // The Machine may just not be in the cache: only the server's word counts.
    if ((await deps.apiReader.get(Machine, key)) === undefined) await deps.client.delete(kind, key);
  }
}
