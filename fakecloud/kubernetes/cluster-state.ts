import type { Clock } from "../kernel/clock.ts";
import { noTrace, type TraceSink } from "../kernel/trace.ts";
import type { Random } from "../kernel/random.ts";
import type { WebhookCaller } from "./admission/webhooks.ts";
import { type Converters, type ConvertObjects, customResources } from "./crds/custom-resource.ts";
import { definitionOf } from "./crds/definition.ts";
import type { Retention } from "./history.ts";
import { builtinKinds } from "./library.ts";
import { builtinResources } from "./registry/builtin-resource.ts";
import { Registry } from "./registry/registry.ts";
import { tableId } from "./registry/resource.ts";
import { deepEqual } from "./json.ts";
import { Store } from "./store.ts";
import type { KubeObject } from "./object.ts";
import type { Table } from "./table.ts";

export interface ClusterStateOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace?: TraceSink;
  /** Stable name of the cluster in keyed draws and in the trace. */
  readonly name: string;
  readonly retention?: Retention;
  /** Behind every definition with `strategy: Webhook`. */
  readonly convert?: ConvertObjects;
  /** Carries reviews to the conversion webhooks that definitions name. */
  readonly callWebhook?: WebhookCaller;
}

export const definitionsTable = "customresourcedefinitions.apiextensions.k8s.io";

/** What all API servers of one cluster share: the stored objects, and the kinds that these define. */
export class ClusterState {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly name: string;
  readonly store: Store;
  readonly registry: Registry;
  readonly definitions: Table;
  readonly #converters: Converters;
  readonly #served = new Map<string, { readonly spec: unknown; readonly terminating: boolean }>();
  #settling: PromiseWithResolvers<void> | undefined;
  readonly #running = new Map<string, () => void>();

  constructor(options: ClusterStateOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.trace = options.trace ?? noTrace;
    this.name = options.name;
    const { convert, callWebhook, random } = options;
    this.#converters = { convert, callWebhook, random };
    this.store = new Store({
      clock: options.clock,
      ...(options.retention === undefined ? {} : { retention: options.retention }),
    });
    this.registry = new Registry(builtinResources(builtinKinds));
    this.definitions = this.store.table(definitionsTable);
    this.definitions.onChange(({ type, entry }) => {
      this.#serve(entry.object, type !== "DELETED");
    });
  }

  /** Starts something that runs once per cluster; later callers find it running. */
  whileOpen(name: string, start: () => () => void): void {
    if (!this.#running.has(name)) this.#running.set(name, start());
  }

  /** Stops what runs for the cluster as a whole. */
  close(): void {
    for (const stop of this.#running.values()) stop();
    this.settleDefinitions();
    this.#running.clear();
  }

  /**
   * Resolves once new definitions serve; undefined if they all do. Discovery waits for this, because a client that has just
   * created a definition asks for it a millisecond later and remembers the answer.
   */
  get settlingDefinitions(): Promise<void> | undefined {
    return this.#settling?.promise;
  }

  unsettleDefinitions(): void {
    this.#settling ??= Promise.withResolvers<void>();
  }

  settleDefinitions(): void {
    this.#settling?.resolve();
    this.#settling = undefined;
  }

  /** To be called once after `store.restore`: restored definitions serve again. */
  restored(): void {
    for (const { object } of this.definitions.list()) this.#serve(object, true);
  }

  #serve(crd: KubeObject, exists: boolean): void {
    const { group, names } = definitionOf(crd);
    const table = tableId(group, names.plural);
    const resources = exists ? customResources(crd, this.#converters) : [];
    const terminating = crd.metadata.deletionTimestamp !== undefined;
    const before = this.#served.get(table);
    // Most writes to a definition change its status only: what serves goes on serving, and watches stay open.
    const same =
      before !== undefined &&
      resources.length > 0 &&
      before.terminating === terminating &&
      deepEqual(before.spec, crd["spec"]);
    if (same) return;
    if (resources.length === 0) this.#served.delete(table);
    else this.#served.set(table, { spec: crd["spec"], terminating });
    this.registry.replace(table, resources);
  }
}
