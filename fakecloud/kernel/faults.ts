/** Where a fault can strike: one call, seen from the side that serves it. */
export interface FaultPoint {
  /** "kube", "aws", "machine". */
  readonly seam: string;
  /** "RunInstances", "update Machine", "kubeadm join". */
  readonly operation: string;
  /** Stable name of the object or instance that the call is about, if the call names one. */
  readonly object?: string;
  /** Other names of the same object: IDs, Name tags. */
  readonly names?: readonly string[];
  /** Signing name of the AWS service that is called. */
  readonly service?: string;
  /** Who calls: a controller's name, "kubectl". */
  readonly actor?: string;
  readonly phase: "afterCommit" | "beforeCommit";
}

export type FaultAction = {
  /** The fault that strikes, for the trace. */
  readonly cause?: string;
} & FaultDeed;

type FaultDeed =
  /** The call fails with this error and has no effect (before commit). */
  | {
      readonly do: "fail";
      readonly code: string;
      readonly status: number;
      readonly message?: string;
    }
  /** No answer comes, at once or after a while; with phase afterCommit the call took effect. */
  | { readonly do: "loseResponse"; readonly afterMs?: number }
  | { readonly do: "delay"; readonly ms: number };

/** Asked at every fault point; undefined means that nothing happens. Must be deterministic in a simulation. */
export interface Faults {
  decide(point: FaultPoint): FaultAction | undefined;
}

export const noFaults: Faults = { decide: () => undefined };
