import { AwsError } from "../aws-error.ts";

/** Codes that are not the client's fault or that have a status of their own; everything else is 400. */
const statuses: Readonly<Record<string, number>> = {
  DryRunOperation: 412,
  InsufficientAddressCapacity: 500,
  InsufficientHostCapacity: 500,
  InsufficientInstanceCapacity: 500,
  InternalError: 500,
  RequestLimitExceeded: 503,
  ServiceUnavailable: 503,
  Unavailable: 503,
  UnauthorizedOperation: 403,
};

export function ec2Error(code: string, message: string): AwsError {
  return new AwsError(code, message, { status: statuses[code] ?? 400 });
}

export function missingParameter(name: string): AwsError {
  const message = `The request must contain the parameter ${name}`;
  return ec2Error("MissingParameter", message);
}

export function invalidParameter(message: string): AwsError {
  return ec2Error("InvalidParameterValue", message);
}

export function dependencyViolation(message: string): AwsError {
  return ec2Error("DependencyViolation", message);
}

/** The value, or MissingParameter. */
export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined || value === "") throw missingParameter(name);
  return value;
}
