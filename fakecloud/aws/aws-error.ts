/** What a service answers instead of a result. The wire turns it into the envelope of the service's protocol. */
export class AwsError extends Error {
  /** As it stands on the wire: "InvalidVpcID.NotFound", "LoadBalancerNotFound". */
  readonly code: string;
  readonly status: number;
  /** Further members of the error's shape, for protocols that have them. */
  readonly fields: Readonly<Record<string, unknown>>;

  /** Headers that belong to the error: S3 names the bucket's region in one. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly status?: number;
      readonly fields?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
    this.headers = options.headers ?? {};
  }
}
