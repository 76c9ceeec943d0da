import { actAs } from "./acting.ts";
import type { Caches } from "./caches.ts";
import type { Kind, KubeObject, ObjectKey } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Controller, Logger, Result, Watch } from "./controller.ts";
import { isTerminal, messageOf } from "./errors.ts";
import { keyText, kindId, parseKeyText } from "./resource-path.ts";
import { WorkQueue, type WorkQueueMetrics } from "./work-queue.ts";

/** One reconcile that has ended: for traces and reports. */
export interface ReconcileRecord {
  readonly controller: string;
  readonly key: ObjectKey;
  readonly startedMs: number;
  readonly durationMs: number;
  readonly outcome: "error" | "requeue" | "success" | "terminal";
  readonly requeueAfterMs?: number;
  readonly error?: unknown;
}

export interface ControllerMetrics extends WorkQueueMetrics {
  started(active: number): void;
  ended(record: ReconcileRecord, active: number): void;
}

export interface RunnerOptions {
  readonly controller: Controller;
  readonly caches: Caches;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly delayScale?: number;
  readonly metrics?: ControllerMetrics;
  readonly onReconcile?: (record: ReconcileRecord) => void;
}

/** A failed mapping of an event to keys is tried again: giving up would lose a wake-up. */
const mappingRetryMs = 1_000;

/** Runs one controller: its watches fill the queue, and as many reconciles as its concurrency allows empty it. */
export class ControllerRunner {
  readonly #options: RunnerOptions;
  readonly #queue: WorkQueue;
  readonly #idle: (() => void)[] = [];
  readonly #followed = new Set<string>();
  #running = false;
  #stopping = false;

  constructor(options: RunnerOptions) {
    const { controller, clock, delayScale, metrics } = options;
    this.#options = options;
    this.#queue = new WorkQueue({
      name: controller.name,
      clock,
      ...(delayScale === undefined ? {} : { delayScale }),
      ...(controller.intervalMs === undefined ? {} : { intervalMs: controller.intervalMs }),
      ...(metrics === undefined ? {} : { metrics }),
    });
    this.#queue.onReady(() => this.#fill());
  }

  get name(): string {
    return this.#options.controller.name;
  }

  get queue(): WorkQueue {
    return this.#queue;
  }

  /** Starts the watches; keys gather in the queue until `run`. */
  watch(): void {
    const { controller } = this.#options;
    for (const entry of [controller.for, ...(controller.watches ?? [])]) this.#attach(entry);
  }

  /** A watch that is added while the controller runs; one per kind. */
  follow(entry: Watch): void {
    const id = kindId(entry.kind);
    if (this.#followed.has(id) || this.#stopping) return;
    this.#followed.add(id);
    this.#attach(entry);
  }

  #attach(entry: Watch): void {
    this.#options.caches.informer(entry.kind).onChange((object, old, deleted) => {
      this.deliver(entry, object, deleted ? undefined : old);
    });
  }

  /** What must be known before the first reconcile. */
  kinds(): readonly Kind<KubeObject>[] {
    const { controller } = this.#options;
    return [controller.for.kind, ...(controller.watches ?? []).map(({ kind }) => kind)];
  }

  connectionChanged(cluster: ObjectKey): void {
    const { controller, logger } = this.#options;
    if (this.#stopping || controller.onWorkloadConnection === undefined) return;
    Promise.resolve(controller.onWorkloadConnection(cluster)).then(
      (keys) => {
        for (const key of keys) this.enqueue(key);
      },
      (error: unknown) =>
        logger.error(
          { controller: controller.name, cluster: keyText(cluster), error: messageOf(error) },
          "a change of a workload connection could not be mapped to objects",
        ),
    );
  }

  run(): void {
    this.#running = true;
    this.#fill();
  }

  /** Takes no new keys; resolves when the reconciles under way have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#queue.close();
    if (this.#queue.activeCount === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  enqueue(key: ObjectKey): void {
    this.#queue.add(keyText(key));
  }

  /** Every object of the controller's own kind comes again, so that drift outside of Kubernetes is noticed. */
  resync(): void {
    const { controller, caches } = this.#options;
    const informer = caches.existing(controller.for.kind);
    for (const object of informer?.observed() ?? []) this.deliver(controller.for, object, object);
  }

  /** An event of one watch: also those of workload clusters come in here. */
  deliver(entry: Watch, object: KubeObject, old: KubeObject | undefined): void {
    if (this.#stopping || entry.predicate?.(object, old) === false) return;
    let keys: readonly ObjectKey[] | Promise<readonly ObjectKey[]>;
    try {
      keys = entry.toRequests(object, old);
    } catch (error) {
      this.#retryMapping(entry, object, old, error);
      return;
    }
    if (!(keys instanceof Promise)) {
      for (const key of keys) this.enqueue(key);
      return;
    }
    keys.then(
      (found) => {
        for (const key of found) this.enqueue(key);
      },
      (error: unknown) => this.#retryMapping(entry, object, old, error),
    );
  }

  #retryMapping(
    entry: Watch,
    object: KubeObject,
    old: KubeObject | undefined,
    error: unknown,
  ): void {
    const { logger, clock, controller } = this.#options;
    logger.error(
      { controller: controller.name, kind: entry.kind.kind, error: messageOf(error) },
      "an event could not be mapped to objects; trying again",
    );
    const label = `${controller.name}: mapping of an event`;
    clock.setTimeout(() => this.deliver(entry, object, old), mappingRetryMs, label);
  }

  #fill(): void {
    const limit = this.#options.controller.concurrency ?? 1;
    while (this.#running && !this.#stopping && this.#queue.activeCount < limit) {
      const key = this.#queue.take();
      if (key === undefined) return;
      void this.#process(key);
    }
  }

  async #process(text: string): Promise<void> {
    const { controller, clock, metrics, onReconcile } = this.#options;
    const key = parseKeyText(text);
    const startedMs = clock.now();
    metrics?.started(this.#queue.activeCount);
    let outcome: Pick<ReconcileRecord, "error" | "outcome" | "requeueAfterMs">;
    try {
      const who = { controller: controller.name, key };
      const result = await actAs(who, () => controller.reconciler.reconcile(key));
      outcome = this.#succeed(text, result);
    } catch (error) {
      outcome = this.#fail(text, error);
    }
    const durationMs = clock.now() - startedMs;
    const record = { controller: controller.name, key, startedMs, durationMs, ...outcome };
    // First: the queue may give out the same key at once, and the next reconcile must not seem to begin within this one.
    onReconcile?.(record);
    this.#queue.finish(text);
    metrics?.ended(record, this.#queue.activeCount);
    if (this.#queue.activeCount === 0) for (const resolve of this.#idle.splice(0)) resolve();
    this.#fill();
  }

  #succeed(text: string, { requeueAfterMs }: Result) {
    this.#queue.forget(text);
    if (requeueAfterMs === undefined) return { outcome: "success" as const };
    this.#queue.addAfter(text, requeueAfterMs);
    return { outcome: "requeue" as const, requeueAfterMs };
  }

  #fail(text: string, error: unknown) {
    const { controller, logger } = this.#options;
    const terminal = isTerminal(error);
    if (terminal) this.#queue.forget(text);
    else this.#queue.addRateLimited(text);
    logger.error(
      { controller: controller.name, key: text, error: messageOf(error), terminal },
      "reconcile failed",
    );
    return { outcome: terminal ? ("terminal" as const) : ("error" as const), error };
  }
}
