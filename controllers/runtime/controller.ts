import type { Client, Kind, KubeObject, ObjectKey, Reader } from "./client.ts";
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** What the queue does next with the key: nothing, or the same key again after a while. */
export interface Result {
  readonly requeueAfterMs?: number;
}

/**
 * Once a second is often enough for one object: what the parts of a cluster tell one after the other is summed up once. So do
 * upstream's core, bootstrap, control-plane and add-on controllers (ReconcilerRateLimiting), and none of its providers.
 */
export const reconcileIntervalMs = 1_000;

/** The key needs no further attention until something changes. */
export const done: Result = {};

export function requeueAfter(ms: number): Result {
  return { requeueAfterMs: ms };
}

export interface Reconciler {
  /** A thrown error puts the key back with back-off, except a `TerminalError`. */
  reconcile(key: ObjectKey): Promise<Result>;
}

export interface Watch<T extends KubeObject = KubeObject> {
  readonly kind: Kind<T>;
  /** Which keys of the controller's own kind a change of this object concerns. `old` is absent on add. */
  toRequests(object: T, old?: T): readonly ObjectKey[] | Promise<readonly ObjectKey[]>;
  /** False drops the change. */
  predicate?(object: T, old?: T): boolean;
}

/** Lets the types of a watch's callbacks follow from its kind, and forgets the type for lists of watches. */
export function watch<T extends KubeObject>(entry: Watch<T>): Watch {
  return entry;
}

/** One entry of the composition root: the manager starts a queue, workers and watches for each. */
export interface Controller {
  /** As in upstream's metrics and logs: "machinedeployment". */
  readonly name: string;
  readonly for: Watch;
  readonly watches?: readonly Watch[];
  readonly concurrency?: number;
  /** An object is reconciled no sooner than this after it was the last time. */
  readonly intervalMs?: number;
  /** Keys to enqueue when the connection to a workload cluster comes up or is lost. */
  onWorkloadConnection?(cluster: ObjectKey): readonly ObjectKey[] | Promise<readonly ObjectKey[]>;
  readonly reconciler: Reconciler;
}

export interface EventRecorder {
  event(object: KubeObject, type: "Normal" | "Warning", reason: string, message: string): void;
}

export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Clients of workload clusters, kept per Cluster and dropped when its kubeconfig changes or the connection is lost. */
export interface WorkloadClusters {
  /** Throws a `WorkloadUnreachableError` while the cluster cannot be reached. */
  client(cluster: ObjectKey): Promise<Client>;
  /** Ms since the epoch of the last successful probe; undefined if there was none. */
  lastProbeSuccess(cluster: ObjectKey): number | undefined;
  /** How many attempts to reach it have failed since one has not. */
  failedProbes(cluster: ObjectKey): number;
  /** Events of these kinds in the workload cluster enqueue requests in the controller that asked. */
  watch(cluster: ObjectKey, watch: Watch & { readonly controller: string }): Promise<void>;
}

/** What every controller is constructed with; each adds what is its own (AWS clients, a key pair source). */
export interface ControllerDeps {
  /** Reads from the shared caches, never older than the client's own writes; writes go to the API server. */
  readonly client: Client;
  /** Reads from the API server itself: for decisions that a stale read would make dangerous. */
  readonly apiReader: Reader;
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: EventRecorder;
  readonly logger: Logger;
  readonly workload: WorkloadClusters;
  /** Adds a watch for a kind that is known only at run time to the controller of that name. Repeating it does nothing. */
  readonly follow?: (controller: string, entry: Watch) => void;
}
