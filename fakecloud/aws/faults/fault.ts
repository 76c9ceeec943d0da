import type { FaultKind } from "./tables/fault-kinds.ts";

/**
 * A fault as plain data: what a scenario file, the admin API and a test write. Durations are text with a unit ("90s", "1h30m"), patterns
 * may hold `*` and `?`.
 */
export interface Fault {
  /** Names it in the trace and removes it; drawn from its kind and a number if not given. */
  readonly id?: string;
  /** Which calls it strikes: only, and always, for the kinds that strike calls. */
  readonly call?: CallPattern;
  /** How long it lasts; until it is removed if not given. Refused for what happens at once. */
  readonly for?: string;
  /** From 0 to 1: the chance that it strikes where it could, drawn by seed, fault and object. 1 if not given. */
  readonly chance?: number;
  /** One kind with its fields: `{ "zoneOutage": { "zone": "b" } }`, or `{ "zoneOutage": "b" }` for its main field alone. */
  readonly do: Readonly<Record<string, unknown>>;
}

/** Exactly one of `cloud`, `kube` and `machine`. */
export interface CallPattern {
  /** An AWS operation: "RunInstances", "Describe*". */
  readonly cloud?: string;
  /** Verb and kind of a call to a Kubernetes API server: "update Machine". */
  readonly kube?: string;
  /** A fault point inside a machine: "kubeadm join", "boot" (listed in machines/README.md). */
  readonly machine?: string;
  /** Signing name of an AWS service: "ec2", "elasticloadbalancing". */
  readonly service?: string;
  /** Who calls: an ARN or what follows its last colon ("user/alice", "root"), a controller, "kubectl". */
  readonly by?: string;
  /** What the call is about: an ID or a Name tag. */
  readonly object?: string;
  /** Only the nth call that fits, counted from when the fault begins. */
  readonly nth?: number;
  /** At most so many calls. */
  readonly times?: number;
  readonly phase?: "afterCommit" | "beforeCommit";
}

/** A fault that has been checked; durations are in ms. */
export interface ParsedFault {
  readonly id: string;
  readonly kind: FaultKind;
  readonly call: CallPattern | undefined;
  readonly forMs: number | undefined;
  readonly chance: number;
  readonly fields: FaultFields;
  /** As it was written, with its ID. */
  readonly source: Fault & { readonly id: string };
}

export type FieldValue = boolean | number | string;

/** The fields of a fault, defaults included. The table of kinds says which there are and of what type. */
export class FaultFields {
  readonly #values: ReadonlyMap<string, FieldValue>;

  constructor(values: ReadonlyMap<string, FieldValue>) {
    this.#values = values;
  }

  text(name: string): string {
    const value = this.#values.get(name);
    if (typeof value !== "string") throw new Error(`the fault has no text field ${name}`);
    return value;
  }

  number(name: string): number {
    const value = this.#values.get(name);
    if (typeof value !== "number") throw new Error(`the fault has no number field ${name}`);
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.#values.has(name) ? this.text(name) : undefined;
  }

  optionalNumber(name: string): number | undefined {
    return this.#values.has(name) ? this.number(name) : undefined;
  }
}

/** A fault that nobody can inject: names the key and says what is allowed there. */
export class FaultError extends Error {
  override readonly name = "FaultError";
}

/** A fault that has begun and not ended. */
export interface ActiveFault {
  readonly id: string;
  readonly kind: FaultKind;
  readonly fault: Fault;
  readonly sinceMs: number;
  /** Undefined: until it is removed. */
  readonly untilMs: number | undefined;
  /** How many calls it has struck. */
  readonly strikes: number;
}
