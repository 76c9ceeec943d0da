import type { Patch } from "./patch.ts";

export const recordingFormat = "seatrial/recording/v1";

/**
 * All that is known of one run, as plain JSON: what `seatrial run --record` writes and a report is made from. Texts that come
 * again and again are in `strings`, objects are kept as their first revision and what changed since.
 */
export interface Recording {
  readonly format: typeof recordingFormat;
  readonly run: RunFacts;
  readonly promises: readonly PromiseFacts[];
  readonly strings: readonly string[];
  readonly events: EventColumns;
  readonly objects: readonly RecordedObject[];
  readonly revisions: readonly RecordedRevision[];
  readonly reconciles: readonly RecordedReconcile[];
  readonly instances: Readonly<Record<string, InstanceFacts>>;
  readonly etcd: readonly EtcdFacts[];
  /** The same run without its faults, if it was made too. */
  readonly twin?: TwinFacts;
}

interface TwinCounts {
  readonly created: number;
  readonly deleted: number;
  readonly left: number;
}

export interface TwinFacts {
  readonly traceHash: string;
  readonly convergedMs: number | null;
  readonly violations: number;
  /** The first event that the twin does not have, and in words what happened there instead; absent if there is none. */
  readonly divergence?: { readonly event: number; readonly instead: string };
  readonly totals: readonly {
    readonly name: string;
    readonly run: number;
    readonly twin: number;
  }[];
  readonly kinds: readonly {
    readonly kind: string;
    readonly run: TwinCounts;
    readonly twin: TwinCounts;
  }[];
}

export interface RunFacts {
  readonly scenario: string;
  readonly summary: string;
  readonly file: string;
  readonly seed: string;
  readonly version: string;
  readonly profile: string;
  /** The command that does exactly this again. */
  readonly replay: string;
  readonly traceHash: string;
  /** Ms since the epoch at which virtual time began: timestamps in objects count from there. */
  readonly startMs: number;
  readonly virtualMs: number;
  readonly convergedMs: number | null;
  readonly violations: readonly RecordedViolation[];
}

export interface RecordedViolation {
  readonly id: string;
  readonly message: string;
  readonly atMs: number;
  /** The event that broke the promise; absent if it was the state of things that did. */
  readonly event?: number;
}

export interface PromiseFacts {
  readonly id: string;
  readonly promise: string;
  /** Why the run was not held to it. */
  readonly excepted?: string;
}

/** One entry per event in each column, in the order of the trace; texts as indices of `strings`, -1 for none. */
export interface EventColumns {
  readonly atMs: readonly number[];
  readonly kind: readonly number[];
  readonly actor: readonly number[];
  readonly verb: readonly number[];
  readonly object: readonly number[];
  /** JSON. */
  readonly detail: readonly number[];
  /** Index of the reconcile that caused it. */
  readonly by: readonly number[];
}

export interface RecordedObject {
  /** "management", or the name of a workload cluster. */
  readonly cluster: string;
  /** "machines.cluster.x-k8s.io", "nodes". */
  readonly table: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface RecordedRevision {
  /** Index of the event that wrote it. */
  readonly event: number;
  /** Index of the object. */
  readonly object: number;
  readonly type: "ADDED" | "DELETED" | "MODIFIED";
  /** From the revision before; from nothing for the first. */
  readonly patch: Patch;
  /** Virtual ms at which the controllers heard of it; absent if they never did, or do not follow its kind. */
  readonly heardMs?: number;
}

export interface RecordedReconcile {
  readonly controller: string;
  /** "namespace/name". */
  readonly key: string;
  readonly startedMs: number;
  /** The event that says how it ended; -1 if it never did. */
  readonly end: number;
  /** What it read from its caches, only if it changed anything or failed: revision and ms, in turns. */
  readonly reads?: readonly number[];
  /** The kinds that it listed, and when it did so last. */
  readonly lists?: Readonly<Record<string, number>>;
}

export interface InstanceFacts {
  /** Name of its Machine, without the namespace. */
  readonly machine: string;
  readonly zone: string;
  readonly type: string;
}

export interface EtcdFacts {
  readonly cluster: string;
  readonly atMs: number;
  readonly members: readonly {
    readonly name: string;
    readonly isUp: boolean;
    readonly isLearner: boolean;
  }[];
  readonly hasQuorum: boolean;
}
