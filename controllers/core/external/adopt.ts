import { ClusterNameLabel } from "../../api/constants.ts";
import { type Client, keyOf, type KubeObject, type OwnerReference } from "../../runtime/client.ts";
import { deepEqual } from "../../runtime/json.ts";
import { withOwnerReference, withoutOwnerReference } from "../../runtime/owner-references.ts";
import type { ExternalObject } from "./external-objects.ts";

export interface Adoption {
  readonly owner: OwnerReference;
  /** A reference that only holds the object until its real owner is there. */
  readonly instead?: OwnerReference | undefined;
  readonly clusterName: string;
}

/** Gives an external object its owner and the label of its cluster. Writes nothing when both are there. */
export async function adoptExternal(
  client: Client,
  external: ExternalObject,
  adoption: Adoption,
): Promise<ExternalObject> {
  const { object, kind } = external;
  const { ownerReferences = [], labels = {}, resourceVersion } = object.metadata;
  const kept =
    adoption.instead === undefined
      ? ownerReferences
      : withoutOwnerReference(ownerReferences, adoption.instead);
  const owners = withOwnerReference(kept, adoption.owner);
  const labelled = labels[ClusterNameLabel] === adoption.clusterName;
  if (labelled && deepEqual(owners, ownerReferences)) return external;
  const patched = await client.mergePatch(kind, keyOf(object as KubeObject), {
    metadata: {
      resourceVersion,
      ownerReferences: owners,
      ...(labelled ? {} : { labels: { [ClusterNameLabel]: adoption.clusterName } }),
    },
  });
  return { ...external, object: patched };
}
