import { between } from "../../kernel/random.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { KubeObject, OwnerReference } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import type { Commit } from "../store.ts";
import { StatusError } from "../status.ts";
import { InternalClient, type LoopServer } from "./internal-client.ts";
import { OwnershipGraph, type Place } from "./ownership-graph.ts";

const reactionMs = { min: 5, max: 50 };
const retryMs = 1000;
/** How often discovery is asked for kinds that were unknown. */
const rediscoverMs = 30_000;

/**
 * Deletes what has lost all its owners, in the order that the owners' deletion asked for. Acts through the API like
 * everybody else, a moment after what it reacts to. Returns what stops it.
 */
export function startGarbageCollector(server: LoopServer): () => void {
  const collector = new GarbageCollector(server);
  return collector.start();
}

class GarbageCollector {
  readonly #state: ClusterState;
  readonly #client: InternalClient;
  readonly #graph: OwnershipGraph;
  readonly #queue = new Map<string, Place>();
  #timer: unknown;
  #working = false;
  #stopped = false;

  constructor(server: LoopServer) {
    this.#state = server.state;
    this.#client = new InternalClient(server, "generic-garbage-collector");
    this.#graph = new OwnershipGraph(server.store, server.state.registry);
  }

  start(): () => void {
    const { store } = this.#state;
    for (const table of store.tables()) {
      for (const { key, object } of table.list()) {
        const place = { table: table.id, key };
        this.#graph.update(place, undefined, object);
      }
    }
    for (const table of store.tables()) {
      for (const { key, object } of table.list()) this.#consider({ table: table.id, key }, object);
    }
    const unsubscribe = store.onChange((commit) => this.#onChange(commit));
    return () => {
      this.#stopped = true;
      unsubscribe();
      this.#state.clock.clearTimeout(this.#timer);
    };
  }

  #onChange({ table, change }: Commit): void {
    const { entry, previous, type } = change;
    const place = { table, key: entry.key };
    const gone = type === "DELETED";
    this.#graph.update(place, previous?.object, gone ? undefined : entry.object);
    if (!gone) {
      this.#consider(place, entry.object);
      return;
    }
    const uid = entry.object.metadata.uid ?? "";
    for (const dependent of this.#graph.dependentsOf(uid)) this.#enqueue(dependent);
    for (const reference of entry.object.metadata.ownerReferences ?? []) {
      this.#enqueueWaitingOwner(entry.object, reference);
    }
  }

  /** Looks at once whether there is anything to do about an object; for nearly all writes there is not. */
  #consider(place: Place, object: KubeObject): void {
    const { ownerReferences, deletionTimestamp, finalizers } = object.metadata;
    const isDeleting = deletionTimestamp !== undefined;
    const acts =
      isDeleting &&
      (finalizers ?? []).some((each) => each === "foregroundDeletion" || each === "orphan");
    if (acts) this.#enqueue(place);
    if (ownerReferences === undefined) return;
    const states = ownerReferences.map((reference) => this.#graph.classify(object, reference));
    if (states.some((state) => state !== "solid")) this.#enqueue(place);
    for (const reference of ownerReferences) this.#enqueueWaitingOwner(object, reference);
  }

  #enqueueWaitingOwner(dependent: KubeObject, reference: OwnerReference): void {
    if (this.#graph.classify(dependent, reference) !== "waiting") return;
    const owner = this.#graph.ownerOf(dependent, reference);
    const resource = this.#resource(reference.apiVersion, reference.kind);
    if (owner !== undefined && resource !== undefined) {
      this.#enqueue({ table: resource.table, key: owner.key });
    }
  }

  #resource(apiVersion: string, kind: string): Resource | undefined {
    const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
    return this.#state.registry.findKind(group, kind);
  }

  #enqueue(place: Place): void {
    this.#queue.set(`${place.table}\u0000${place.key}`, place);
    this.#schedule(between(this.#state.random, reactionMs, "gc-reaction", this.#state.name));
  }

  #later(place: Place, delayMs: number): void {
    this.#state.clock.setTimeout(
      () => {
        if (!this.#stopped) this.#enqueue(place);
      },
      delayMs,
      `garbage collector of ${this.#state.name}`,
    );
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#working || this.#timer !== undefined) return;
    this.#timer = this.#state.clock.setTimeout(
      () => void this.#work(),
      delayMs,
      `garbage collector of ${this.#state.name}`,
    );
  }

  async #work(): Promise<void> {
    this.#timer = undefined;
    this.#working = true;
    const batch = [...this.#queue.values()];
    this.#queue.clear();
    for (const place of batch) {
      if (this.#stopped) return;
      try {
        await this.#process(place);
      } catch (error) {
        // Somebody else was faster, or the store is away: look again in a while.
        if (!(error instanceof StatusError)) throw error;
        if (error.code !== 404) this.#later(place, retryMs);
      }
    }
    this.#working = false;
    if (this.#queue.size > 0) this.#schedule(1);
  }

  async #process(place: Place): Promise<void> {
    const object = this.#graph.entry(place)?.object;
    if (object === undefined) return;
    const resource = this.#resource(object.apiVersion, object.kind);
    if (resource === undefined) return;
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined) {
      if (finalizers.includes("orphan")) await this.#orphan(resource, object);
      else if (finalizers.includes("foregroundDeletion")) await this.#await(resource, object);
      return;
    }
    await this.#collect(place, resource, object);
  }

  /** An owner that waits for its dependents: they are deleted, and when the blocking ones are gone it is let go. */
  async #await(resource: Resource, owner: KubeObject): Promise<void> {
    const uid = owner.metadata.uid ?? "";
    let blocked = false;
    for (const place of this.#graph.dependentsOf(uid)) {
      const dependent = this.#graph.entry(place)?.object;
      if (dependent === undefined) continue;
      const reference = dependent.metadata.ownerReferences?.find((each) => each.uid === uid);
      if (reference?.blockOwnerDeletion === true) blocked = true;
      if (dependent.metadata.deletionTimestamp === undefined) this.#enqueue(place);
    }
    if (!blocked) await this.#removeFinalizer(resource, owner, "foregroundDeletion");
  }

  async #orphan(resource: Resource, owner: KubeObject): Promise<void> {
    const uid = owner.metadata.uid ?? "";
    for (const place of this.#graph.dependentsOf(uid)) {
      const dependent = this.#graph.entry(place)?.object;
      if (dependent === undefined) continue;
      const kind = this.#resource(dependent.apiVersion, dependent.kind);
      if (kind !== undefined) await this.#dropOwners(kind, dependent, new Set([uid]));
    }
    await this.#removeFinalizer(resource, owner, "orphan");
  }

  async #collect(place: Place, resource: Resource, object: KubeObject): Promise<void> {
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    const byState = Map.groupBy(references, (each) => this.#graph.classify(object, each));
    if (byState.has("unknown")) {
      this.#later(place, rediscoverMs);
      return;
    }
    if (byState.has("invalid")) return;
    const waiting = byState.get("waiting") ?? [];
    if (byState.has("solid")) {
      const lost = [...(byState.get("dangling") ?? []), ...waiting];
      const uids = new Set(lost.map(({ uid }) => uid));
      if (uids.size > 0) await this.#dropOwners(resource, object, uids);
      return;
    }
    await this.#delete(place, resource, { object, isAwaited: waiting.length > 0 });
  }

  async #delete(
    place: Place,
    resource: Resource,
    { object, isAwaited }: { readonly object: KubeObject; readonly isAwaited: boolean },
  ): Promise<void> {
    const uid = object.metadata.uid ?? "";
    const hasDependents = this.#graph.dependentsOf(uid).length > 0;
    const policy = isAwaited && hasDependents ? "Foreground" : policyOf(object);
    if (policy === "Foreground") await this.#breakCycle(resource, object);
    const fresh = this.#graph.entry(place)?.object ?? object;
    await this.#client.delete(resource, inVersion(resource, object), {
      propagationPolicy: policy,
      preconditions: { uid, resourceVersion: fresh.metadata.resourceVersion },
    });
  }

  /** Of objects that wait for each other in a ring, one must stop blocking. */
  async #breakCycle(resource: Resource, object: KubeObject): Promise<void> {
    const places = this.#graph.dependentsOf(object.metadata.uid ?? "");
    const deleting = places.some((place) => {
      const metadata = this.#graph.entry(place)?.object.metadata;
      const waits = (metadata?.finalizers ?? []).includes("foregroundDeletion");
      return metadata?.deletionTimestamp !== undefined && waits;
    });
    if (!deleting) return;
    await this.#client.mergePatch(resource, object, {
      metadata: {
        resourceVersion: object.metadata.resourceVersion,
        ownerReferences: (object.metadata.ownerReferences ?? []).map((reference) => ({
          ...reference,
          blockOwnerDeletion: false,
        })),
      },
    });
  }

  async #dropOwners(
    resource: Resource,
    object: KubeObject,
    uids: ReadonlySet<string>,
  ): Promise<void> {
    const kept = (object.metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid));
    await this.#client.mergePatch(resource, object, {
      metadata: {
        resourceVersion: object.metadata.resourceVersion,
        uid: object.metadata.uid,
        ownerReferences: kept.length === 0 ? null : kept,
      },
    });
  }

  async #removeFinalizer(resource: Resource, object: KubeObject, name: string): Promise<void> {
    const kept = (object.metadata.finalizers ?? []).filter((each) => each !== name);
    await this.#client.mergePatch(resource, object, {
      metadata: {
        resourceVersion: object.metadata.resourceVersion,
        finalizers: kept.length === 0 ? null : kept,
      },
    });
  }
}

function inVersion(resource: Resource, object: KubeObject): KubeObject {
  return object.apiVersion === resource.apiVersion
    ? object
    : { ...object, apiVersion: resource.apiVersion };
}

function policyOf(object: KubeObject): "Background" | "Foreground" | "Orphan" {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes("orphan")) return "Orphan";
  return finalizers.includes("foregroundDeletion") ? "Foreground" : "Background";
}
