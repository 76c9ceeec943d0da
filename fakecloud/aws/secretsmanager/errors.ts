import { AwsError } from "../aws-error.ts";

export type SecretsErrorCode =
  | "InvalidNextTokenException"
  | "InvalidParameterException"
  | "InvalidRequestException"
  | "LimitExceededException"
  | "MalformedPolicyDocumentException"
  | "ResourceExistsException"
  | "ResourceNotFoundException";

export function secretsError(code: SecretsErrorCode, message: string): AwsError {
  return new AwsError(code, message);
}

export function secretNotFound(): AwsError {
  return secretsError(
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret.",
  );
}
