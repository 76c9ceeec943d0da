import type { Entry } from "../history.ts";
import type { KubeObject, OwnerReference } from "../object.ts";
import type { Registry } from "../registry/registry.ts";
import { parseApiVersion } from "../object.ts";
import type { Store } from "../store.ts";
import { storageKey } from "../store.ts";

/** Where an object is stored. */
export interface Place {
  readonly table: string;
  readonly key: string;
}

function placeId({ table, key }: Place): string {
  return `${table}\u0000${key}`;
}

/** What an owner reference leads to. */
export type OwnerState = "dangling" | "invalid" | "solid" | "unknown" | "waiting";

/** Who owns whom, by uid. Kept up to date by every change, so that asking costs nothing. */
export class OwnershipGraph {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #dependents = new Map<string, Map<string, Place>>();

  constructor(store: Store, registry: Registry) {
    this.#store = store;
    this.#registry = registry;
  }

  /** Replaces what the graph knows of the owners of one object; undefined stands for an object that does not exist. */
  update(place: Place, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const old = before?.metadata.ownerReferences;
    const now = after?.metadata.ownerReferences;
    if (old === now) return;
    const id = placeId(place);
    for (const { uid } of old ?? []) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(id);
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
    for (const { uid } of now ?? []) {
      let dependents = this.#dependents.get(uid);
      if (dependents === undefined) this.#dependents.set(uid, (dependents = new Map()));
      dependents.set(id, place);
    }
  }

  dependentsOf(uid: string): readonly Place[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  entry(place: Place): Entry | undefined {
    return this.#store.table(place.table).get(place.key);
  }

  /** The owner that a reference names, looked up where the dependent lives. */
  ownerOf(dependent: KubeObject, reference: OwnerReference): Entry | undefined {
    const found = this.#resourceOf(reference);
    if (found === undefined) return undefined;
    const namespace = found.namespaced ? (dependent.metadata.namespace ?? "") : "";
    return this.#store.table(found.table).get(storageKey(namespace, reference.name));
  }

  classify(dependent: KubeObject, reference: OwnerReference): OwnerState {
    const resource = this.#resourceOf(reference);
    if (resource === undefined) return "unknown";
    // A cluster-scoped object can't be owned from inside a namespace: nobody can tell which one.
    if (resource.namespaced && (dependent.metadata.namespace ?? "") === "") return "invalid";
    const owner = this.ownerOf(dependent, reference)?.object;
    if (owner === undefined || owner.metadata.uid !== reference.uid) return "dangling";
    const { deletionTimestamp, finalizers } = owner.metadata;
    const foreground = (finalizers ?? []).includes("foregroundDeletion");
    return deletionTimestamp !== undefined && foreground ? "waiting" : "solid";
  }

  #resourceOf({ apiVersion, kind }: OwnerReference) {
    const [group] = parseApiVersion(apiVersion);
    return this.#registry.findKind(group, kind);
  }
}
