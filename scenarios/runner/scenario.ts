/** A scenario file after validation: plain data, durations still as text. See scenario.schema.json for the grammar. */
export interface Scenario {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly summary?: string };
  readonly seed?: string;
  readonly clock?: { readonly start?: string; readonly horizon?: string; readonly settle?: string };
  readonly world: {
    readonly manifests: readonly string[];
    readonly variables?: Readonly<Record<string, string>>;
    readonly cloud?: { readonly profile?: "faithful" | "lenient"; readonly region?: string };
  };
  readonly steps?: readonly Step[];
  readonly expect?: {
    readonly liveness?: { readonly "LIV-1"?: string; readonly "LIV-3"?: string };
    /** Promises that this story is not held to, by ID, and why. */
    readonly except?: Readonly<Record<string, string>>;
    /** How long nothing may happen once all has converged; "skip" looks at no rest at all. */
    readonly rest?: string;
    readonly at?: readonly Expectation[];
  };
}

export interface Expectation {
  /** "end" or a duration since the start. */
  readonly time: string;
  readonly expr: string;
  readonly because?: string;
}

/** What a step can do; a step has exactly one of these. */
export interface Action {
  readonly apply?: { readonly manifests: readonly string[] };
  readonly patch?: { readonly target: string; readonly set: Readonly<Record<string, unknown>> };
  readonly scale?: { readonly target: string; readonly replicas: number };
  readonly delete?: { readonly target: string };
  readonly pause?: { readonly target: string };
  readonly unpause?: { readonly target: string };
  readonly terminateInstance?: { readonly machine: string };
  readonly restartControllers?: { readonly after?: string };
}

/** One thing that a person or the environment does, and when: exactly one of `at`, `after`, `when`. */
export interface Step extends Action {
  readonly id?: string;
  readonly at?: string;
  readonly after?: { readonly step: string; readonly plus?: string };
  readonly when?: { readonly expr: string; readonly plus?: string };
}

export const actionNames = [
  "apply",
  "patch",
  "scale",
  "delete",
  "pause",
  "unpause",
  "terminateInstance",
  "restartControllers",
] as const satisfies readonly (keyof Action)[];

export const timeNames = ["at", "after", "when"] as const satisfies readonly (keyof Step)[];

/** A scenario and where it came from: manifest paths are relative to its file. */
export interface LoadedScenario {
  readonly file: string;
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
