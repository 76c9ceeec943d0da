/** A request that no service gets to see: it cannot be decoded, routed or authenticated. */
export class WireError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}
