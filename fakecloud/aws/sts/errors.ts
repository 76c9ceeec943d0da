import { AwsError } from "../aws-error.ts";

const statuses = {
  AccessDenied: 403,
  ExpiredTokenException: 400,
  InvalidAuthorizationMessageException: 400,
  InvalidIdentityToken: 400,
  MalformedPolicyDocument: 400,
  ValidationError: 400,
} as const;

export function stsError(code: keyof typeof statuses, message: string): AwsError {
  return new AwsError(code, message, { status: statuses[code] });
}
