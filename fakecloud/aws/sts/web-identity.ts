import { stsError } from "./errors.ts";

export interface WebIdentity {
  /** Without its scheme, as the names of OIDC providers have it. */
  readonly issuer: string;
  readonly subject: string;
  readonly audience: readonly string[];
  readonly expiresAtMs?: number;
}

/** Reads a JSON Web Token. Its signature is not checked: nobody serves the issuer's keys here. */
export function readToken(token: string): WebIdentity {
  const claims = readClaims(token.split(".")[1] ?? "");
  const { iss, sub, aud, exp } = claims;
  if (typeof iss !== "string" || typeof sub !== "string") {
    throw stsError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
  }
  const audience = (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === "string");
  return {
    issuer: iss.replace(/^https:\/\//, "").replace(/\/$/, ""),
    subject: sub,
    audience,
    ...(typeof exp === "number" ? { expiresAtMs: exp * 1000 } : {}),
  };
}

function readClaims(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the one answer for everything that is no token.
  }
  throw stsError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
}
