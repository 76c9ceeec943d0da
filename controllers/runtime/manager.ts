import { ConfigMap, Event, Secret } from "../api/kubernetes.ts";
import { CachedClient, type ReadListener } from "./cached-client.ts";
import { Caches } from "./caches.ts";
import type { Kind } from "./client.ts";
import type { Clock, TimerHandle } from "./clock.ts";
import type { Controller, ControllerDeps, Logger, WorkloadClusters } from "./controller.ts";
import {
  type ControllerMetrics,
  ControllerRunner,
  type ReconcileRecord,
} from "./controller-runner.ts";
import { createClient, DynamicClient } from "./dynamic-client.ts";
import { messageOf, type NotLeaderError, WorkloadUnreachableError } from "./errors.ts";
import { ApiEventRecorder } from "./events.ts";
import { fenced, type LeaderElectionOptions, LeaderElector } from "./leader-election.ts";
import { Life } from "./life.ts";
import type { Random } from "./random.ts";
import { RestClient, type RestOptions } from "./rest.ts";
import { withTimeout } from "./timeout.ts";
import type { Transport, WorkloadDialer } from "./transport.ts";
import { WorkloadConnections } from "./workload-clusters.ts";

export interface ManagerMetrics {
  controller(name: string, concurrency: number): ControllerMetrics;
  readonly onResponse?: NonNullable<RestOptions["onResponse"]>;
  leader?(isLeader: boolean): void;
}

export interface ManagerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The composition root: called once, with what the manager provides. */
  readonly controllers: (deps: ControllerDeps) => readonly Controller[];
  /** How workload clusters are reached; without it every one is unreachable. */
  readonly workloadDialer?: WorkloadDialer;
  /** Divides requeue, back-off, probe and resync delays. */
  readonly delayScale?: number;
  /** All objects of each controller's own kind come again after this time; 10 min if not given, 0 for never. */
  readonly syncPeriodMs?: number;
  readonly leaderElection?: LeaderElectionOptions;
  /** The leader lease is lost: the manager has stopped itself, and the process should end. */
  readonly onLeadershipLost?: (error: NotLeaderError) => void;
  readonly metrics?: ManagerMetrics;
  readonly onReconcile?: (record: ReconcileRecord) => void;
  /** Hears every read from the caches. */
  readonly onRead?: ReadListener;
  /** Kinds that are always read from the server; ConfigMaps, Secrets and Events if not given, as upstream. */
  readonly uncached?: readonly Omit<Kind, "type">[];
  /** Shared with the AWS clients, so that a crash also drops the calls that are under way there. */
  readonly life?: Life;
  /** `source.component` of events and field manager of writes. */
  readonly component?: string;
}

const defaultSyncPeriodMs = 600_000;
const electionTimeoutMs = 5_000;

export function createManager(options: ManagerOptions): Manager {
  return new Manager(options);
}

/** One process of controllers: caches, queues, workers, leader election. */
export class Manager {
  readonly client: CachedClient;
  readonly apiReader: DynamicClient;
  readonly workload: WorkloadClusters;
  readonly #options: ManagerOptions;
  readonly #clock: Clock;
  readonly #life: Life;
  readonly #caches: Caches;
  readonly #runners: ControllerRunner[] = [];
  readonly #connections: WorkloadConnections | undefined;
  readonly #elector: LeaderElector | undefined;
  #resyncTimer: TimerHandle;
  #state: "new" | "running" | "stopped" = "new";
  #ready = false;

  constructor(options: ManagerOptions) {
    const { random, logger } = options;
    this.#options = options;
    this.#life = options.life ?? new Life();
    this.#clock = this.#life.clock(options.clock);
    const transport = this.#life.transport(options.transport);
    this.#elector = this.#createElector(transport);
    const rest = this.#restClient(this.#fence(transport));
    this.#caches = new Caches({
      rest,
      clock: this.#clock,
      random,
      onError: (kind, error) =>
        logger.info({ kind: kind.kind, error: messageOf(error) }, "a watch has failed; resuming"),
    });
    this.apiReader = new DynamicClient(rest);
    this.client = new CachedClient({
      live: this.apiReader,
      caches: this.#caches,
      uncached: options.uncached ?? [ConfigMap, Secret, Event],
      ...(options.onRead === undefined ? {} : { onRead: options.onRead }),
    });
    this.#connections = this.#createConnections();
    this.workload = this.#connections ?? noWorkloadClusters;
    for (const controller of this.#createControllers()) this.#addRunner(controller);
  }

  get life(): Life {
    return this.#life;
  }

  get isLeader(): boolean {
    return this.#elector?.isLeader ?? true;
  }

  /** All caches that controllers watch are filled, and (as the leader) all controllers work. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Starts the caches at once and the controllers when this process is the leader. */
  start(): void {
    if (this.#state !== "new") throw new Error("a manager starts once");
    this.#state = "running";
    for (const runner of this.#runners) runner.watch();
    if (this.#elector === undefined) this.#run();
    else this.#elector.start();
  }

  /** Graceful: takes no new work, lets reconciles finish, gives the lease back. */
  async stop(): Promise<void> {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#ready = false;
    this.#clock.clearTimeout(this.#resyncTimer);
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    this.#connections?.stop();
    this.#caches.stop();
    await this.#elector?.stop();
    this.#options.metrics?.leader?.(false);
    this.#life.end();
  }

  /** A crash: everything that was under way stops where it is; nothing is said to anybody. */
  abandon(): void {
    this.#state = "stopped";
    this.#ready = false;
    this.#clock.clearTimeout(this.#resyncTimer);
    this.#life.end();
    for (const runner of this.#runners) void runner.stop();
    this.#connections?.stop();
    this.#caches.stop();
  }

  /** Who waits for what, for the report of a deadlock. */
  describe(): readonly string[] {
    return [
      ...this.#runners.flatMap((runner) => runner.queue.describe()),
      ...(this.#connections?.describe() ?? []),
    ];
  }

  #run(): void {
    this.#options.metrics?.leader?.(true);
    const started = this.#runners.map(async (runner) => {
      await Promise.all(runner.kinds().map((kind) => this.#caches.informer(kind).whenSynced()));
      if (this.#state === "running") runner.run();
    });
    void Promise.all(started).then(() => {
      this.#ready = this.#state === "running";
    });
    this.#armResync();
  }

  #armResync(): void {
    const { syncPeriodMs = defaultSyncPeriodMs, delayScale = 1 } = this.#options;
    if (syncPeriodMs <= 0) return;
    this.#resyncTimer = this.#clock.setTimeout(
      () => {
        for (const runner of this.#runners) runner.resync();
        this.#armResync();
      },
      syncPeriodMs / delayScale,
      "resync",
    );
  }

  /** Nothing is written, here or in a workload cluster, once somebody else may lead. */
  #fence(transport: Transport): Transport {
    const elector = this.#elector;
    return elector === undefined ? transport : fenced(transport, () => elector.isLeader);
  }

  #restClient(transport: Transport): RestClient {
    const { random, component, metrics } = this.#options;
    return new RestClient({
      transport,
      clock: this.#clock,
      random,
      ...(component === undefined ? {} : { fieldManager: component }),
      ...(metrics?.onResponse === undefined ? {} : { onResponse: metrics.onResponse }),
    });
  }

  #createElector(transport: Transport): LeaderElector | undefined {
    const { leaderElection, random, logger, onLeadershipLost } = this.#options;
    if (leaderElection === undefined) return undefined;
    const clock = this.#clock;
    // A renewal that hangs must fail in time to be tried again before the deadline.
    const timely = withTimeout(transport, clock, electionTimeoutMs);
    const client = createClient({ transport: timely, clock, random, maxRetries: 0 });
    return new LeaderElector(
      leaderElection,
      { client, clock, random, logger },
      {
        onElected: () => this.#run(),
        onLost: (error) => {
          this.#options.metrics?.leader?.(false);
          this.abandon();
          onLeadershipLost?.(error);
        },
      },
    );
  }

  #createConnections(): WorkloadConnections | undefined {
    const { workloadDialer, random, logger } = this.#options;
    if (workloadDialer === undefined) return undefined;
    return new WorkloadConnections({
      client: this.client,
      dial: workloadDialer,
      clock: this.#clock,
      random,
      logger,
      protect: (transport) => this.#fence(this.#life.transport(transport)),
      deliver: (controller, entry, object, old) => {
        for (const runner of this.#runners) {
          if (runner.name === controller) runner.deliver(entry, object, old);
        }
      },
      onConnection: (cluster) => {
        for (const runner of this.#runners) runner.connectionChanged(cluster);
      },
    });
  }

  #createControllers(): readonly Controller[] {
    const { random, logger, controllers, component = "seatrial" } = this.#options;
    const recorder = new ApiEventRecorder({
      client: this.client,
      clock: this.#clock,
      random,
      logger,
      component,
    });
    const own = controllers({
      client: this.client,
      apiReader: this.apiReader,
      clock: this.#clock,
      random,
      recorder,
      logger,
      workload: this.workload,
      follow: (name, entry) => {
        for (const runner of this.#runners) if (runner.name === name) runner.follow(entry);
      },
    });
    return this.#connections === undefined ? own : [...own, this.#connections.controller()];
  }

  #addRunner(controller: Controller): void {
    const { logger, delayScale, onReconcile, metrics } = this.#options;
    this.#runners.push(
      new ControllerRunner({
        controller,
        caches: this.#caches,
        clock: this.#clock,
        logger,
        ...(delayScale === undefined ? {} : { delayScale }),
        ...(onReconcile === undefined ? {} : { onReconcile }),
        ...(metrics === undefined
          ? {}
          : { metrics: metrics.controller(controller.name, controller.concurrency ?? 1) }),
      }),
    );
  }
}

const noWorkloadClusters: WorkloadClusters = {
  client: () =>
    Promise.reject(new WorkloadUnreachableError("this manager has no way to workload clusters")),
  lastProbeSuccess: () => undefined,
  failedProbes: () => 0,
  watch: () =>
    Promise.reject(new WorkloadUnreachableError("this manager has no way to workload clusters")),
};
