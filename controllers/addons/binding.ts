import { type ClusterResourceSet, ClusterResourceSetBinding } from "../api/addons/v1beta2.ts";
import type { Cluster } from "../api/core/v1beta2.ts";
import type { BindingsResource } from "../api/generated/definitions.ts";
import type { Client, Reader } from "../runtime/client.ts";
import { isAlreadyExists } from "../runtime/errors.ts";
import { mutableCopy } from "../runtime/json.ts";
import { ownerReferenceTo, withOwnerReference } from "../runtime/owner-references.ts";
import { persist } from "../runtime/persist.ts";

/** What has been applied to a cluster, of all sets: named like the Cluster, gone with it. */
export class Binding {
  readonly #client: Client;
  #stored: ClusterResourceSetBinding;
  #draft: ClusterResourceSetBinding;

  private constructor(client: Client, stored: ClusterResourceSetBinding) {
    this.#client = client;
    this.#stored = stored;
    this.#draft = mutableCopy(stored);
  }

  static async open(
    { client, reader }: { readonly client: Client; readonly reader: Reader },
    cluster: Cluster,
  ): Promise<Binding> {
    const { namespace = "", name } = cluster.metadata;
    const found = await client.get(ClusterResourceSetBinding, { namespace, name });
    if (found !== undefined) return new Binding(client, found);
    try {
      const created = await client.create(ClusterResourceSetBinding, {
        apiVersion: "addons.cluster.x-k8s.io/v1beta2",
        kind: "ClusterResourceSetBinding",
        metadata: { namespace, name, ownerReferences: [ownerReferenceTo(cluster)] },
        spec: { clusterName: name },
      });
      return new Binding(client, created);
    } catch (error) {
      // Another set of the same cluster was faster; the cache has not seen it yet.
      if (!isAlreadyExists(error)) throw error;
      const made = await reader.get(ClusterResourceSetBinding, { namespace, name });
      if (made === undefined) throw error;
      return new Binding(client, made);
    }
  }

  /** The entry of one source; undefined if it has never been tried. */
  find(set: ClusterResourceSet, resource: { kind: string; name: string }) {
    return this.#resources(set).find(
      (entry) => entry.kind === resource.kind && entry.name === resource.name,
    );
  }

  record(set: ClusterResourceSet, entry: BindingsResource): void {
    const resources = this.#resources(set);
    const at = resources.findIndex(({ kind, name }) => kind === entry.kind && name === entry.name);
    if (at === -1) resources.push(entry);
    else resources[at] = entry;
    this.#draft.metadata.ownerReferences = withOwnerReference(
      this.#draft.metadata.ownerReferences,
      ownerReferenceTo(set),
    );
  }

  async save(): Promise<void> {
    this.#stored = await persist(
      this.#client,
      ClusterResourceSetBinding,
      this.#stored,
      this.#draft,
    );
    this.#draft = mutableCopy(this.#stored);
  }

  #resources(set: ClusterResourceSet): BindingsResource[] {
    const bindings = (this.#draft.spec.bindings ??= []);
    const { name } = set.metadata;
    let binding = bindings.find((entry) => entry.clusterResourceSetName === name);
    if (binding === undefined) {
      binding = { clusterResourceSetName: name };
      bindings.push(binding);
    }
    return (binding.resources ??= []);
  }
}
