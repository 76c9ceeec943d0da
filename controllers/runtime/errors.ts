/** The parts of a Kubernetes `Status` that clients act on. */
export interface StatusBody {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly group?: string;
    readonly uid?: string;
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { reason?: string; message?: string; field?: string }[];
  };
}

/** The API server answered, and the answer is a failure. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly code: number;
  readonly reason: string;
  readonly status: StatusBody;
  /** From the `Retry-After` header or the body; undefined if the server named no time. */
  readonly retryAfterMs: number | undefined;

  constructor(code: number, status: StatusBody, retryAfterMs?: number) {
    super(status.message ?? `the server answered ${code}`);
    this.code = code;
    this.reason = status.reason ?? "";
    this.status = status;
    this.retryAfterMs = retryAfterMs ?? secondsToMs(status.details?.retryAfterSeconds);
  }
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

/** No answer came: refused, reset or timed out. Whether a write took effect is unknown. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** The workload cluster has no working connection at the moment; a later reconcile finds out more. */
export class WorkloadUnreachableError extends Error {
  override readonly name = "WorkloadUnreachableError";
}

/** The API server does not serve such a kind. */
export class NoMatchError extends Error {
  override readonly name = "NoMatchError";
}

/** Trying again cannot help before the object changes: the only error that the queue does not repeat. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** This process is not, or no longer, the leader; it must not write. */
export class NotLeaderError extends Error {
  override readonly name = "NotLeaderError";
}

function hasReason(error: unknown, reason: string): boolean {
  return error instanceof StatusError && error.reason === reason;
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof StatusError && error.code === code;
}

export function isNotFound(error: unknown): boolean {
  return hasCode(error, 404);
}

/** 409 also stands for "already exists", which is another question. */
export function isConflict(error: unknown): boolean {
  return hasCode(error, 409) && !isAlreadyExists(error);
}

export function isAlreadyExists(error: unknown): boolean {
  return hasReason(error, "AlreadyExists");
}

export function isUnauthorized(error: unknown): boolean {
  return hasCode(error, 401);
}

/** Also the answer to an eviction that a budget forbids. */
export function isTooManyRequests(error: unknown): boolean {
  return hasCode(error, 429);
}

/** The resourceVersion or the continue token is older than what the server keeps. */
export function isExpired(error: unknown): boolean {
  return hasCode(error, 410);
}

export function isServerError(error: unknown): boolean {
  return error instanceof StatusError && error.code >= 500;
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof UnreachableError || error instanceof WorkloadUnreachableError;
}

/** After such a failure of a write nobody knows whether it took effect. */
export function isUncertain(error: unknown): boolean {
  return error instanceof UnreachableError || isServerError(error);
}

export function isTerminal(error: unknown): boolean {
  return error instanceof TerminalError;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
