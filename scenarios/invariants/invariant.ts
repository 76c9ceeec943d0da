import type { FakeAws, InstanceTransition } from "@seatrial/fakecloud/aws/contract.ts";
import type { KubeObject } from "@seatrial/fakecloud/kubernetes/object.ts";
import type { Store } from "@seatrial/fakecloud/kubernetes/store.ts";
import type { WorkloadCluster } from "@seatrial/fakecloud/machines/workload/workload-cluster.ts";

/** Everything there is, read directly: the truth, not what any controller believes. */
export interface Scene {
  readonly management: Store;
  readonly aws: FakeAws;
  /** What the account held when the run began. */
  readonly inventoryAtStart: ReadonlySet<string>;
  workloads(): readonly WorkloadCluster[];
  /** Virtual ms since the start of the run. */
  nowMs(): number;
}

/** One committed write of one object; the scene shows the world after it. */
export interface Write {
  /** Undefined for the management cluster. */
  readonly workload: WorkloadCluster | undefined;
  /** Who wrote: "seatrial-manager/machine" for a controller, "kubectl", "kubelet". */
  readonly author: string;
  readonly type: "ADDED" | "DELETED" | "MODIFIED";
  /** For DELETED the last state. */
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
}

/** Says what is wrong with an event, in a sentence; undefined if nothing is. */
export type Verdict = string | undefined;

/** What one promise looks at in one run. A check that is absent is never asked. */
export interface Watch {
  /** By table: "machines.cluster.x-k8s.io", "pods". */
  readonly writes?: Readonly<Record<string, (write: Write) => Verdict>>;
  readonly instance?: (transition: InstanceTransition) => Verdict;
  /** Everything has converged and some quiet time has passed. */
  readonly rest?: () => readonly string[];
  /** The run is over, converged or not. */
  readonly end?: () => readonly string[];
}

/** A promise about every run: a stable ID, what is promised, and the real defect that made somebody want it. */
export interface Invariant {
  readonly id: string;
  readonly promise: string;
  readonly motivation: string;
  watch(scene: Scene): Watch;
}
