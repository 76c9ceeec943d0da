interface ErrorFacts {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/** How each protocol family says the same thing. Sources: the services' lists of common errors. */
const json = new Set(["secretsmanager", "ssm", "tagging"]);

export function throttlingError(service: string): ErrorFacts {
  if (service === "ec2") {
    return { code: "RequestLimitExceeded", status: 503, message: "Request limit exceeded." };
  }
  if (service === "s3") {
    return { code: "SlowDown", status: 503, message: "Please reduce your request rate." };
  }
  const code = json.has(service) ? "ThrottlingException" : "Throttling";
  return { code, status: 400, message: "Rate exceeded" };
}

export function internalError(service: string): ErrorFacts {
  const message = "An internal error has occurred";
  if (service === "ec2" || service === "s3") return { code: "InternalError", status: 500, message };
  if (service === "secretsmanager") return { code: "InternalServiceError", status: 500, message };
  if (json.has(service)) return { code: "InternalServerError", status: 500, message };
  return { code: "InternalFailure", status: 500, message };
}

export function expiredError(service: string): ErrorFacts {
  if (service === "ec2") {
    return { code: "RequestExpired", status: 400, message: "Request has expired." };
  }
  const message = "The security token included in the request is expired";
  if (json.has(service)) return { code: "ExpiredTokenException", status: 400, message };
  return { code: "ExpiredToken", status: service === "s3" ? 400 : 403, message };
}

/** `now` and `signed` as they stand in signatures: "20260105T080000Z". */
export function skewError(service: string, signed: string, now: string): ErrorFacts {
  if (service === "ec2") {
    return { code: "RequestExpired", status: 400, message: "Request has expired." };
  }
  if (service === "s3") {
    const message = "The difference between the request time and the current time is too large.";
    return { code: "RequestTimeTooSkewed", status: 403, message };
  }
  const early = signed < now;
  const words = early ? "Signature expired" : "Signature not yet current";
  const message = `${words}: ${signed} is now ${early ? "earlier" : "later"} than ${now}`;
  if (json.has(service)) return { code: "InvalidSignatureException", status: 400, message };
  return { code: "SignatureDoesNotMatch", status: 403, message };
}
