import { Cluster } from "../api/core/v1beta2.ts";
import { Secret } from "../api/kubernetes.ts";
import type { CachedClient } from "./cached-client.ts";
import type { Client, KubeObject, ObjectKey } from "./client.ts";
import { keyOf } from "./client.ts";
import type { Clock } from "./clock.ts";
import { clusterGraceMs, contentsGraceMs, enoughFailures } from "./connection-grace.ts";
import {
  type Controller,
  done,
  type Logger,
  reconcileIntervalMs,
  requeueAfter,
  type Result,
  type Watch,
  type WorkloadClusters,
  watch,
} from "./controller.ts";
import { messageOf, WorkloadUnreachableError } from "./errors.ts";
import type { Random } from "./random.ts";
import { keyText, kindId } from "./resource-path.ts";
import type { Transport, WorkloadDialer } from "./transport.ts";
import { WorkloadConnection } from "./workload-connection.ts";

// Upstream's cluster cache: capi-behaviour 0.11.
const connectRetryMs = 30_000;
const probeIntervalMs = 10_000;
const maxProbeFailures = 5;
/** Every sixth probe also looks whether the kubeconfig has been renewed. */
const probesPerSecretCheck = 6;

export interface WorkloadClustersOptions {
  /** Reads Clusters and kubeconfig Secrets of the management cluster. */
  readonly client: Client;
  readonly dial: WorkloadDialer;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** An event of a workload cluster for the controller of that name. */
  readonly deliver: (
    controller: string,
    entry: Watch,
    object: KubeObject,
    old: KubeObject | undefined,
  ) => void;
  /** A connection came up or was lost. */
  readonly onConnection: (cluster: ObjectKey) => void;
  /** Ends with the process. */
  readonly protect?: (transport: Transport) => Transport;
}

/** Keeps one connection per Cluster: made when its infrastructure is there, probed, dropped and made again. */
export class WorkloadConnections implements WorkloadClusters {
  readonly #options: WorkloadClustersOptions;
  readonly #connections = new Map<string, WorkloadConnection>();
  readonly #lastSuccessMs = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  /** How many of the graces have run out, as far as anybody has been told. */
  readonly #told = new Map<string, number>();
  readonly #watches = new Map<string, Map<string, Watch & { readonly controller: string }>>();

  constructor(options: WorkloadClustersOptions) {
    this.#options = options;
  }

  client(cluster: ObjectKey): Promise<CachedClient> {
    const connection = this.#connections.get(keyText(cluster));
    return connection === undefined
      ? Promise.reject(unreachable(cluster))
      : Promise.resolve(connection.client);
  }

  lastProbeSuccess(cluster: ObjectKey): number | undefined {
    return this.#lastSuccessMs.get(keyText(cluster));
  }

  failedProbes(cluster: ObjectKey): number {
    return this.#failures.get(keyText(cluster)) ?? 0;
  }

  /** May be called at every reconcile: a watch is kept once, and set up again after a reconnect. */
  async watch(cluster: ObjectKey, entry: Watch & { readonly controller: string }): Promise<void> {
    const text = keyText(cluster);
    const id = `${entry.controller} ${kindId(entry.kind)}`;
    const connection = this.#connections.get(text);
    if (connection === undefined) throw unreachable(cluster);
    const watches = this.#watches.get(text) ?? new Map<string, typeof entry>();
    this.#watches.set(text, watches);
    if (watches.has(id)) return;
    watches.set(id, entry);
    this.#follow(connection, entry);
  }

  stop(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  describe(): readonly string[] {
    return [...this.#connections.keys()].map(
      (cluster) => `connected to workload cluster ${cluster}`,
    );
  }

  /** The controller that makes, probes and drops connections. */
  controller(): Controller {
    return {
      name: "clustercache",
      for: watch({ kind: Cluster, toRequests: (cluster) => [keyOf(cluster)] }),
      concurrency: 100,
      intervalMs: reconcileIntervalMs,
      reconciler: { reconcile: (key) => this.#reconcile(key) },
    };
  }

  async #reconcile(key: ObjectKey): Promise<Result> {
    const cluster = await this.#options.client.get(Cluster, key);
    if (cluster === undefined) {
      this.#disconnect(key, "the Cluster is gone");
      for (const noted of [this.#lastSuccessMs, this.#failures, this.#told]) {
        noted.delete(keyText(key));
      }
      this.#watches.delete(keyText(key));
      return done; // Gone for good.
    }
    // The Cluster changes when its infrastructure is there, and that triggers the next reconcile.
    if (cluster.status?.initialization?.infrastructureProvisioned !== true) return done;
    const connection = this.#connections.get(keyText(key));
    return connection === undefined ? this.#connect(key) : this.#probe(key, connection);
  }

  async #connect(key: ObjectKey): Promise<Result> {
    const { logger } = this.#options;
    let connection: WorkloadConnection | undefined;
    try {
      const kubeconfig = await this.#readKubeconfig(key);
      if (kubeconfig === undefined) return requeueAfter(connectRetryMs); // Comes with the control plane.
      connection = this.#dial(kubeconfig);
      await connection.probe();
      this.#connections.set(keyText(key), connection);
      this.#succeeded(key);
      for (const entry of this.#watches.get(keyText(key))?.values() ?? []) {
        this.#follow(connection, entry);
      }
      logger.info({ cluster: keyText(key) }, "connected to the workload cluster");
      this.#options.onConnection(key);
      return requeueAfter(probeIntervalMs);
    } catch (error) {
      connection?.close();
      this.#failed(key);
      const fields = { cluster: keyText(key), error: messageOf(error) };
      logger.debug(fields, "the workload cluster cannot be reached yet");
      return requeueAfter(connectRetryMs);
    }
  }

  #dial(kubeconfig: string): WorkloadConnection {
    const { dial, protect } = this.#options;
    const dialled = dial(kubeconfig);
    const transport = protect === undefined ? dialled : protect(dialled);
    const release = () => void dialled.close?.();
    return new WorkloadConnection({ ...this.#options, transport, kubeconfig, release });
  }

  async #probe(key: ObjectKey, connection: WorkloadConnection): Promise<Result> {
    const { clock } = this.#options;
    const waitMs = connection.lastProbeMs + probeIntervalMs - clock.now();
    if (waitMs > 0) return requeueAfter(waitMs); // Woken by a change of the Cluster, not by the interval.
    connection.probes += 1;
    try {
      await connection.probe();
      connection.failures = 0;
      this.#succeeded(key);
      if (connection.probes % probesPerSecretCheck === 0)
        await this.#checkKubeconfig(key, connection);
    } catch (error) {
      connection.failures += 1;
      this.#failed(key);
      if (connection.isRefused(error) || connection.failures >= maxProbeFailures) {
        this.#disconnect(key, messageOf(error));
        return requeueAfter(connection.isRefused(error) ? 1 : connectRetryMs);
      }
    }
    return requeueAfter(this.#connections.has(keyText(key)) ? probeIntervalMs : 1);
  }

  #succeeded(key: ObjectKey): void {
    this.#lastSuccessMs.set(keyText(key), this.#options.clock.now());
    this.#failures.delete(keyText(key));
    this.#told.delete(keyText(key));
  }

  /** Those who report on the cluster look again when its silence has become news. */
  #failed(key: ObjectKey): void {
    const text = keyText(key);
    const count = this.failedProbes(key) + 1;
    this.#failures.set(text, count);
    const lastMs = this.#lastSuccessMs.get(text);
    if (lastMs === undefined) {
      if (count === enoughFailures) this.#options.onConnection(key);
      return;
    }
    const silentMs = this.#options.clock.now() - lastMs;
    const over = [clusterGraceMs, contentsGraceMs].filter((graceMs) => silentMs > graceMs).length;
    if (over <= (this.#told.get(text) ?? 0)) return;
    this.#told.set(text, over);
    this.#options.onConnection(key);
  }

  async #checkKubeconfig(key: ObjectKey, connection: WorkloadConnection): Promise<void> {
    const kubeconfig = await this.#readKubeconfig(key);
    if (kubeconfig !== undefined && kubeconfig !== connection.kubeconfig) {
      this.#disconnect(key, "its kubeconfig has changed");
    }
  }

  async #readKubeconfig(cluster: ObjectKey): Promise<string | undefined> {
    const name = `${cluster.name}-kubeconfig`;
    const secret = await this.#options.client.get(Secret, { namespace: cluster.namespace, name });
    const value = secret?.data?.["value"];
    return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
  }

  #disconnect(key: ObjectKey, reason: string): void {
    const connection = this.#connections.get(keyText(key));
    if (connection === undefined) return;
    this.#connections.delete(keyText(key));
    connection.close();
    this.#options.logger.info(
      { cluster: keyText(key), reason },
      "the connection to the workload cluster has been dropped",
    );
    this.#options.onConnection(key);
  }

  #follow(connection: WorkloadConnection, entry: Watch & { readonly controller: string }): void {
    connection.caches.informer(entry.kind).onChange((object, old, deleted) => {
      this.#options.deliver(entry.controller, entry, object, deleted ? undefined : old);
    });
  }
}

function unreachable(cluster: ObjectKey): WorkloadUnreachableError {
  return new WorkloadUnreachableError(
    `connection to the workload cluster ${keyText(cluster)} is not established`,
  );
}
