import type { Cluster } from "../../api/core/v1beta2.ts";
import type { ContractReference } from "../../api/generated/definitions.ts";
import { type Client, keyOf } from "../../runtime/client.ts";
import { deepEqual } from "../../runtime/json.ts";
import { ownerReferenceTo, withOwnerReference } from "../../runtime/owner-references.ts";
import { getExternal } from "./external-objects.ts";

/** Templates go with their Cluster. False if there is no such template. capi-behaviour 4.1. */
export async function ownTemplate(
  client: Client,
  cluster: Cluster,
  reference: ContractReference,
): Promise<boolean> {
  const { namespace = "" } = cluster.metadata;
  const template = await getExternal(client, reference, { namespace, name: reference.name });
  if (template === undefined) return false;
  const { ownerReferences = [], resourceVersion } = template.object.metadata;
  const owners = withOwnerReference(ownerReferences, ownerReferenceTo(cluster));
  if (deepEqual(owners, ownerReferences)) return true;
  const metadata = { resourceVersion, ownerReferences: owners };
  await client.mergePatch(template.kind, keyOf(template.object), { metadata });
  return true;
}
