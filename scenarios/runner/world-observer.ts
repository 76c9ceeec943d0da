import type { ReadListener } from "@seatrial/controllers/runtime/cached-client.ts";
import type { Transport } from "@seatrial/controllers/runtime/transport.ts";
import type { FakeAws } from "@seatrial/fakecloud/aws/contract.ts";
import type { Trace } from "@seatrial/fakecloud/kernel/trace.ts";
import type { Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import type { WorkloadCluster } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";

/** What of a world there is to listen to. */
export interface WorldParts {
  readonly trace: Trace;
  readonly management: Store;
  readonly aws: FakeAws;
  workloads(): readonly WorkloadCluster[];
  /** Ms since the epoch at which the run began. */
  readonly startMs: number;
  /** Virtual ms since the start of the run. */
  nowMs(): number;
}

/** Sees all that happens in a world and changes none of it: what recordings are made with. */
export interface WorldObserver {
  attach(parts: WorldParts): void;
  /** The controllers' way to the management cluster, with somebody listening to what they are told. */
  observeTransport(inner: Transport): Transport;
  /** A process of controllers begins; one before it, if there was any, hears nothing any more. */
  onProcessStart(): void;
  /** A controller has read from its caches. */
  readonly onRead: ReadListener;
}
