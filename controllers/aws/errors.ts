/** Questions that errors of AWS calls answer. Codes are those on the wire: the SDK puts them into `name`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { Code, code } = error as { Code?: unknown; code?: unknown };
  if (typeof Code === "string") return Code;
  return "$metadata" in error ? error.name : typeof code === "string" ? code : error.name;
}

function httpStatus(error: unknown): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

const throttlingCodes = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
]);

/** The call was refused before it did anything: it can always be made again. */
export function isThrottled(error: unknown): boolean {
  return throttlingCodes.has(errorCode(error) ?? "");
}

const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "RequestTimeout",
  "RequestTimeoutException",
  "TimeoutError",
]);

/** Nobody knows whether the call took effect: a server error, a lost connection, a time-out. */
export function isUncertain(error: unknown): boolean {
  const status = httpStatus(error);
  if (status !== undefined && status >= 500 && !isCapacityShortage(error)) return true;
  return connectionCodes.has(errorCode(error) ?? "") || connectionCodes.has((error as Error).name);
}

/** The credentials have run out; new ones will do. */
export function isExpiredCredentials(error: unknown): boolean {
  return ["ExpiredToken", "ExpiredTokenException", "RequestExpired"].includes(
    errorCode(error) ?? "",
  );
}

/** AWS has no room for this instance type here now; another zone or a later try may work. */
export function isCapacityShortage(error: unknown): boolean {
  const codes = [
    "InsufficientInstanceCapacity",
    "InsufficientHostCapacity",
    "InsufficientReservedInstanceCapacity",
  ];
  return codes.includes(errorCode(error) ?? "");
}

/** "InvalidVpcID.NotFound", "LoadBalancerNotFound", "ParameterNotFound" and their like. */
export function isNotFound(error: unknown): boolean {
  const code = errorCode(error) ?? "";
  return /NotFound(Exception)?$/.test(code) || code === "NoSuchEntity" || code === "NoSuchKey";
}

export function isAlreadyExists(error: unknown): boolean {
  return /Duplicate|AlreadyExists|ResourceExists|BucketAlreadyOwnedByYou/.test(
    errorCode(error) ?? "",
  );
}

/** Something still uses the resource; it may let go soon. */
export function isDependencyViolation(error: unknown): boolean {
  return ["DependencyViolation", "ResourceInUse", "InvalidIPAddress.InUse"].includes(
    errorCode(error) ?? "",
  );
}

/** The credentials may not do this. */
export function isAccessDenied(error: unknown): boolean {
  return ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"].includes(
    errorCode(error) ?? "",
  );
}

/** The same client token came with other parameters. */
export function isTokenMismatch(error: unknown): boolean {
  return errorCode(error) === "IdempotentParameterMismatch";
}

/** Runs a deletion; that somebody else was faster is fine. */
export async function ignoreNotFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
