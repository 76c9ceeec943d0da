import { ownerReferenceTo, isOwnedBy } from "../../bootstrap/objects/owners.ts";
import { kindOfReference } from "../../bootstrap/objects/references.ts";
import { persist } from "../../runtime/persist.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { ControlPlaneDeps } from "./deps.ts";

/**
 * The infrastructure template belongs to the Cluster and goes with it, from the first reconcile on. False if there is none:
 * that stops nothing here, but creating a machine from it will fail.
 */
export async function ownInfrastructureTemplate(
  deps: ControlPlaneDeps,
  { kcp, cluster }: ControlPlane,
): Promise<boolean> {
  const reference = kcp.spec.machineTemplate.spec.infrastructureRef;
  const { namespace = "" } = kcp.metadata;
  const kind = await kindOfReference(deps.client, reference);
  const template = await deps.client.get(kind, { namespace, name: reference.name });
  if (template === undefined) return false;
  if (isOwnedBy(template, cluster)) return true;
  const ownerReferences = [
    ...(template.metadata.ownerReferences ?? []),
    ownerReferenceTo(cluster, false),
  ];
  await persist(deps.client, kind, template, {
    ...template,
    metadata: { ...template.metadata, ownerReferences },
  });
  return true;
}
