import { formatTime } from "../../kernel/clock.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Condition } from "../crds/definition.ts";
import { conditionsOf, record } from "../crds/definition.ts";
import { setCondition } from "../crds/terminating.ts";
import type { Entry } from "../history.ts";
import type { KubeObject } from "../object.ts";
import type { Resource } from "../registry/resource.ts";
import { StatusError } from "../status.ts";
import { InternalClient, type LoopServer } from "./internal-client.ts";

const graceMs = 5000;
/** Half of the fifteen seconds that the content is given, and one more. */
const recheckMs = 8500;
const retryMs = 1000;

/** Empties namespaces that are being deleted and lets go of them. Returns what stops it. */
export function startNamespaceController(server: LoopServer): () => void {
  const controller = new NamespaceController(server);
  return controller.start();
}

interface Remaining {
  /** Objects that are still there, by "pods." or "machines.cluster.x-k8s.io". */
  readonly counts: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
}

class NamespaceController {
  readonly #state: ClusterState;
  readonly #client: InternalClient;
  readonly #timers = new Map<string, unknown>();

  constructor(server: LoopServer) {
    this.#state = server.state;
    this.#client = new InternalClient(server, "namespace-controller");
  }

  start(): () => void {
    const table = this.#state.store.table("namespaces");
    const consider = ({ object, name }: Entry) => {
      if (object.metadata.deletionTimestamp !== undefined) this.#later(name, graceMs);
    };
    for (const entry of table.list()) consider(entry);
    const unsubscribe = table.onChange(({ type, entry }) => {
      if (type !== "DELETED") consider(entry);
    });
    return () => {
      unsubscribe();
      for (const timer of this.#timers.values()) this.#state.clock.clearTimeout(timer);
    };
  }

  #later(name: string, delayMs: number): void {
    if (this.#timers.has(name)) return;
    const timer = this.#state.clock.setTimeout(
      () => void this.#work(name),
      delayMs,
      `namespace controller of ${this.#state.name}: ${name}`,
    );
    this.#timers.set(name, timer);
  }

  async #work(name: string): Promise<void> {
    this.#timers.set(name, undefined);
    let againMs: number | undefined;
    try {
      againMs = await this.#empty(name);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      againMs = retryMs;
    }
    this.#timers.delete(name);
    if (againMs !== undefined) this.#later(name, againMs);
  }

  /** One round. Returns when to look again, or undefined if the namespace is done with. */
  async #empty(name: string): Promise<number | undefined> {
    const namespace = this.#state.store.table("namespaces").get(name)?.object;
    if (namespace?.metadata.deletionTimestamp === undefined) return undefined;
    const kinds = this.#namespacedKinds();
    const pods = kinds.filter(({ table }) => table === "pods");
    // Pods go first, so that nothing they need is taken from under them.
    const remaining =
      (await this.#deleteAll(name, pods)) ??
      (await this.#deleteAll(
        name,
        kinds.filter(({ table }) => table !== "pods"),
      ));
    if (remaining !== undefined) {
      await this.#report(name, remaining);
      return recheckMs;
    }
    await this.#release(name);
    return undefined;
  }

  #namespacedKinds(): readonly Resource[] {
    const seen = new Set<string>();
    return this.#state.registry.list().filter((resource) => {
      const isNew = resource.namespaced && !seen.has(resource.table);
      if (isNew) seen.add(resource.table);
      return isNew && resource.verbs.includes("delete");
    });
  }

  /** Deletes everything of these kinds; undefined if nothing is left. */
  async #deleteAll(name: string, kinds: readonly Resource[]): Promise<Remaining | undefined> {
    const counts = new Map<string, number>();
    const finalizers = new Map<string, number>();
    for (const resource of kinds) {
      const table = this.#state.store.table(resource.table);
      for (const { object } of table.list(name).slice()) {
        if (object.metadata.deletionTimestamp !== undefined && resource.table !== "pods") continue;
        await this.#delete(resource, object);
      }
      const left = table.list(name);
      if (left.length > 0) counts.set(`${resource.plural}.${resource.group}`, left.length);
      for (const finalizer of left.flatMap(({ object }) => object.metadata.finalizers ?? [])) {
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
      }
    }
    return counts.size === 0 ? undefined : { counts, finalizers };
  }

  async #delete(resource: Resource, object: KubeObject): Promise<void> {
    try {
      await this.#client.delete(resource, object, { propagationPolicy: "Background" });
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 404) throw error;
    }
  }

  async #report(name: string, remaining: Remaining): Promise<void> {
    const live = this.#state.store.table("namespaces").get(name)?.object;
    const resource = this.#state.registry.find("", "v1", "namespaces");
    if (live === undefined || resource === undefined) return;
    const now = formatTime(this.#state.clock.now());
    let next = live;
    for (const condition of conditionsFor(remaining)) next = setCondition(next, condition, now);
    if (JSON.stringify(conditionsOf(next)) === JSON.stringify(conditionsOf(live))) return;
    await this.#client.put(resource, next, "status");
  }

  async #release(name: string): Promise<void> {
    const live = this.#state.store.table("namespaces").get(name)?.object;
    const resource = this.#state.registry.find("", "v1", "namespaces");
    if (live === undefined || resource === undefined) return;
    const { finalizers } = record(live["spec"]);
    const kept = (Array.isArray(finalizers) ? finalizers : []).filter(
      (each) => each !== "kubernetes",
    );
    await this.#client.put(resource, { ...live, spec: { finalizers: kept } }, "finalize");
  }
}

function tally(counts: ReadonlyMap<string, number>, format: string): string {
  return [...counts.keys()]
    .sort()
    .map((key) => `${key} ${format.replace("N", String(counts.get(key) ?? 0))}`)
    .join(", ");
}

function conditionsFor({ counts, finalizers }: Remaining): readonly Condition[] {
  const fine = (type: string, reason: string, message: string): Condition => ({
    type,
    status: "False",
    reason,
    message,
  });
  return [
    fine(
      "NamespaceDeletionDiscoveryFailure",
      "ResourcesDiscovered",
      "All resources successfully discovered",
    ),
    fine(
      "NamespaceDeletionGroupVersionParsingFailure",
      "ParsedGroupVersions",
      "All legacy kube types successfully parsed",
    ),
    fine(
      "NamespaceDeletionContentFailure",
      "ContentDeleted",
      "All content successfully deleted, may be waiting on finalization",
    ),
    {
      type: "NamespaceContentRemaining",
      status: "True",
      reason: "SomeResourcesRemain",
      message: `Some resources are remaining: ${tally(counts, "has N resource instances")}`,
    },
    finalizers.size === 0
      ? fine(
          "NamespaceFinalizersRemaining",
          "ContentHasNoFinalizers",
          "All content-preserving finalizers finished",
        )
      : {
          type: "NamespaceFinalizersRemaining",
          status: "True",
          reason: "SomeFinalizersRemain",
          message: `Some content in the namespace has finalizers remaining: ${tally(finalizers, "in N resource instances")}`,
        },
  ];
}
