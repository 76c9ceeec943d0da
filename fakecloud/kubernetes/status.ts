/** The failures of an API server as `Status` objects, with the words that the real one uses. */

export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string };
  readonly status: "Failure" | "Success";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

/** A resource as messages name it. */
export interface GroupResource {
  readonly group: string;
  readonly plural: string;
}

/** Thrown by handlers and answered as its status. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? status.reason ?? "failure");
    this.status = status;
  }

  get code(): number {
    return this.status.code ?? 500;
  }
}

/** Answered as plain text: paths that no handler was installed for. */
export class PlainTextError extends Error {
  override readonly name = "PlainTextError";
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, text: string, headers: Readonly<Record<string, string>> = {}) {
    super(text);
    this.code = code;
    this.headers = headers;
  }
}

export interface FailureOptions {
  readonly code: number;
  /** Empty where the real server answers with an error that has no reason. */
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusDetails;
  readonly continue?: string;
}

export function failure(options: FailureOptions): StatusError {
  const { code, reason, message, details } = options;
  return new StatusError({
    kind: "Status",
    apiVersion: "v1",
    metadata: options.continue === undefined ? {} : { continue: options.continue },
    status: "Failure",
    message,
    ...(reason === "" ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  });
}

export function success(details?: StatusDetails): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    ...(details === undefined ? {} : { details }),
  };
}

export function qualified(resource: GroupResource): string {
  return resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
}

function naming(resource: GroupResource, name: string): StatusDetails {
  return {
    ...(name === "" ? {} : { name }),
    ...(resource.group === "" ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}

export function notFound(resource: GroupResource, name: string): StatusError {
  return failure({
    code: 404,
    reason: "NotFound",
    message: `${qualified(resource)} "${name}" not found`,
    details: naming(resource, name),
  });
}

/** A resource or a method that an installed group and version does not have. */
export function unknownResource(): StatusError {
  return failure({
    code: 404,
    reason: "NotFound",
    message: "the server could not find the requested resource",
    details: {},
  });
}

export function methodNotAllowed(): StatusError {
  return failure({
    code: 405,
    reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource",
    details: {},
  });
}

export function alreadyExists(resource: GroupResource, name: string, prefix = ""): StatusError {
  return failure({
    code: 409,
    reason: "AlreadyExists",
    message: `${prefix}${qualified(resource)} "${name}" already exists`,
    details: naming(resource, name),
  });
}

export function conflict(resource: GroupResource, name: string, why: string): StatusError {
  return failure({
    code: 409,
    reason: "Conflict",
    message: `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    details: naming(resource, name),
  });
}

export const staleObject =
  "the object has been modified; please apply your changes to the latest version and try again";

export function badRequest(message: string): StatusError {
  return failure({ code: 400, reason: "BadRequest", message });
}

/** An error without a type: the real server answers these with 500 and no reason. */
export function untyped(message: string): StatusError {
  return failure({ code: 500, reason: "", message });
}

export function internalError(message: string): StatusError {
  return failure({
    code: 500,
    reason: "InternalError",
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
  });
}

export function forbidden(
  resource: GroupResource,
  name: string,
  why: string,
  causes?: readonly StatusCause[],
): StatusError {
  const subject = name === "" ? qualified(resource) : `${qualified(resource)} "${name}"`;
  return failure({
    code: 403,
    reason: "Forbidden",
    message: `${subject} is forbidden: ${why}`,
    details: { ...naming(resource, name), ...(causes === undefined ? {} : { causes }) },
  });
}

export function expired(message: string, token?: string): StatusError {
  return failure({
    code: 410,
    reason: "Expired",
    message,
    ...(token === undefined ? {} : { continue: token }),
  });
}

export function timedOut(message: string, details: StatusDetails = {}): StatusError {
  return failure({ code: 504, reason: "Timeout", message: `Timeout: ${message}`, details });
}

export function tooLargeVersion(asked: number, current: number): StatusError {
  return timedOut(`Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

export function tooManyRequests(message: string, details: StatusDetails): StatusError {
  return failure({ code: 429, reason: "TooManyRequests", message, details });
}

export function unsupportedMediaType(accepted: readonly string[]): StatusError {
  return failure({
    code: 415,
    reason: "UnsupportedMediaType",
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  });
}

export function notAcceptable(accepted: readonly string[]): StatusError {
  return failure({
    code: 406,
    reason: "NotAcceptable",
    message: `only the following media types are accepted: ${accepted.join(", ")}`,
  });
}

/** What the API server hands on when etcd does not answer: there is no quorum. */
export function etcdTimedOut(): StatusError {
  return untyped("etcdserver: request timed out");
}
