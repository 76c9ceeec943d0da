/** One HTTP request to an AWS service, independent of how it came. */
export interface WireRequest {
  readonly method: string;
  /** "ec2.eu-west-1.amazonaws.com", or the emulator's own host and port. */
  readonly host: string;
  /** Percent-encoded, begins with a slash. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body is an object's content, which SDK clients read as a stream. */
  readonly streaming?: true;
}

/** A call that takes no wire: the operation's input as the SDK has it. */
export interface DirectCall {
  /** Signing name: "ec2". */
  readonly service: string;
  /** API version where one signing name has two: the two load-balancing services. */
  readonly version?: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
}
