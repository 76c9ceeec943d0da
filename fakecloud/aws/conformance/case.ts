/** One call of a case. Texts may refer to earlier answers: "{vpc.Vpc.VpcId}" is the VpcId of the answer saved as "vpc". */
export interface Call {
  /** "CreateVpc"; other services than EC2 by name: "elb:CreateLoadBalancer". */
  readonly call: string;
  readonly input?: object;
  /** Whose call it is: the name of a saved answer's member with an access key. Not given: the administrator's. */
  readonly by?: string;
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
  /** Policies are enforced. */
  readonly enforced?: true;
  readonly steps: readonly Step[];
}
