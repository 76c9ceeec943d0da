import type { Fault } from "@seatrial/fakecloud/aws/faults/fault.ts";

/** A scenario file after validation: plain data, durations still as text. See scenario.schema.json for the grammar. */
export interface Scenario {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly summary?: string };
  readonly seed?: string;
  readonly clock?: { readonly start?: string; readonly horizon?: string; readonly settle?: string };
  readonly world: Pick<Apply, "edit" | "manifests" | "without"> & {
    readonly variables?: Readonly<Record<string, string>>;
    readonly cloud?: CloudWorld;
  };
  /** Values that `${name}` stands for; one run for each combination. */
  readonly sweep?: Readonly<Record<string, readonly string[]>>;
  readonly steps?: readonly Step[];
  readonly faults?: { readonly inject: readonly InjectedFault[] };
  readonly expect?: {
    readonly liveness?: { readonly "LIV-1"?: string };
    /** The same story without its faults ends alike, and replaces no more and no less: MET-1. */
    readonly twin?: "faultFree";
    /** Promises that this story is not held to, by ID, and why. */
    readonly except?: Readonly<Record<string, string>>;
    /** How long nothing may happen once all has converged; "skip" looks at no rest at all. */
    readonly rest?: string;
    readonly at?: readonly Expectation[];
    readonly always?: readonly StandingExpectation[];
  };
}

/** How the AWS of a story behaves. */
export interface CloudWorld {
  readonly profile?: "faithful" | "lenient";
  /** Whether reads of EC2 and IAM may show the recent past; they do not if not given. */
  readonly consistency?: "eventual" | "strong";
  /** Whether roles and users may do only what their policies allow; all of it if not given. */
  readonly policies?: "enforced" | "recorded";
}

export interface Expectation {
  /** "end" or a duration since the start. */
  readonly time: string;
  readonly expr: string;
  readonly because?: string;
}

/** What has to be true all the time, or between two steps. */
export interface StandingExpectation {
  readonly expr: string;
  /** Id of the step from which on it has to hold; from the start if not given. */
  readonly from?: string;
  readonly until?: string;
  readonly because?: string;
}

/** Manifests as files, changed as an editor would before they are applied. */
export interface Apply {
  readonly manifests: readonly string[];
  /** Objects of the files to leave out, as "kind/name". */
  readonly without?: readonly string[];
  readonly edit?: readonly Edit[];
  /** Name of a Cluster in the namespace default: the objects go into it, with its kubeconfig. */
  readonly cluster?: string;
}

export interface Edit {
  readonly target: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** One Machine: by its name, or the oldest, newest or any of those for which a CEL expression over `m` is true. */
export interface MachineChoice {
  readonly machine?: string;
  readonly where?: string;
  readonly pick?: "newest" | "oldest" | "random";
}

/** A fault of the cloud or its machines, as data, and when it begins. */
export interface InjectedFault extends Fault, Timing {}

interface Timing {
  readonly at?: string;
  readonly after?: { readonly step: string; readonly plus?: string };
  readonly when?: { readonly expr: string; readonly plus?: string };
}

/** What a step can do; a step has exactly one of these. */
export interface Action {
  readonly apply?: Apply;
  readonly patch?: Edit;
  readonly scale?: { readonly target: string; readonly replicas: number };
  readonly delete?: { readonly target: string };
  readonly pause?: { readonly target: string };
  readonly unpause?: { readonly target: string };
  readonly deleteMachine?: MachineChoice;
  readonly terminateInstance?: MachineChoice;
  readonly restartControllers?: { readonly after?: string };
  /** Written under `faults.inject`. */
  readonly fault?: Fault;
}

/** One thing that a person or the environment does, and when: exactly one of `at`, `after`, `when`. */
export interface Step extends Action, Timing {
  readonly id?: string;
  /** Again and again from its first time on, as GitOps tools do. */
  readonly repeat?: { readonly every: string; readonly for: string };
}

export const actionNames = [
  "apply",
  "patch",
  "scale",
  "delete",
  "pause",
  "unpause",
  "deleteMachine",
  "terminateInstance",
  "restartControllers",
] as const satisfies readonly (keyof Action)[];

export const timeNames = ["at", "after", "when"] as const satisfies readonly (keyof Step)[];

/** A scenario and where it came from: manifest paths are relative to its file. */
export interface LoadedScenario {
  readonly file: string;
  /** Which of the scenarios of a sweep this is; empty for the only one. */
  readonly label?: string;
  readonly scenario: Scenario;
  /** The objects of `world.manifests` and of each `apply` step, by manifest path as written. */
  readonly manifests: ReadonlyMap<string, readonly Manifest[]>;
}

/** One Kubernetes object as a user wrote it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}
