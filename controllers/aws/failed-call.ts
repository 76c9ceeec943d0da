import { errorCode } from "./errors.ts";

/** A call of AWS that failed, kept beside its error: upstream's messages name it. */
export interface FailedCall {
  /** "EC2", "Elastic Load Balancing v2". */
  readonly service: string;
  /** "CreateVpc". */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const calls = new WeakMap<Error, FailedCall>();

export function rememberCall(error: unknown, call: FailedCall): void {
  if (error instanceof Error) calls.set(error, call);
}

export function failedCall(error: unknown): FailedCall | undefined {
  return error instanceof Error ? calls.get(error) : undefined;
}

/**
 * "operation error EC2: CreateVpc, api error VpcLimitExceeded: …", as upstream's conditions and events have it, but without
 * the ID of the request: a status must not change with every attempt.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const call = failedCall(error);
  if (call === undefined) return error.message;
  const what = `operation error ${call.service}: ${call.operation}`;
  const isAnswer = "$metadata" in error;
  return isAnswer
    ? `${what}, api error ${errorCode(error)}: ${error.message}`
    : `${what}, ${error.message}`;
}
