/** One call of a case. Texts may refer to earlier answers: "{vpc.Vpc.VpcId}" is the VpcId of the answer saved as "vpc". */
export interface Call {
  /** "CreateVpc"; other services than EC2 by name: "elb:CreateLoadBalancer". */
  readonly call: string;
  readonly input?: object;
  /** Saves the answer under this name. */
  readonly as?: string;
  /** A part of the answer. */
  readonly gives?: object;
  /** The code of the expected error. */
  readonly fails?: string;
  /** A part of the error's message. */
  readonly says?: string;
  readonly status?: number;
}

/** Virtual time passes; against a remote endpoint such a case is left out. */
export interface Wait {
  readonly waitMs: number;
}

export type Step = Call | Wait;

export interface ConformanceCase {
  readonly title: string;
  /** The public document that says so. */
  readonly source: string;
  readonly profile?: "faithful" | "lenient";
  readonly steps: readonly Step[];
}
