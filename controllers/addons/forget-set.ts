import { type ClusterResourceSet, ClusterResourceSetBinding } from "../api/addons/v1beta2.ts";
import { type Client, keyOf } from "../runtime/client.ts";
import { mutableCopy } from "../runtime/json.ts";
import { persist } from "../runtime/persist.ts";

/** Takes a deleted set out of every binding; what it has applied stays. A binding of no set is deleted. */
export async function forgetSet(client: Client, set: ClusterResourceSet): Promise<void> {
  const { namespace = "", name } = set.metadata;
  for (const binding of await client.list(ClusterResourceSetBinding, { namespace })) {
    const kept = (binding.spec.bindings ?? []).filter(
      (entry) => entry.clusterResourceSetName !== name,
    );
    if (kept.length === (binding.spec.bindings ?? []).length) continue;
    if (kept.length === 0) {
      await client.delete(ClusterResourceSetBinding, keyOf(binding));
      continue;
    }
    const draft = mutableCopy(binding);
    draft.spec.bindings = kept;
    draft.metadata.ownerReferences = (draft.metadata.ownerReferences ?? []).filter(
      ({ uid }) => uid !== set.metadata.uid,
    );
    await persist(client, ClusterResourceSetBinding, binding, draft);
  }
}
