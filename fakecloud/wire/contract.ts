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
}
