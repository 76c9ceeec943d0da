import { AwsError } from "../aws-error.ts";

const statuses = {
  DeleteConflict: 409,
  EntityAlreadyExists: 409,
  InvalidInput: 400,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  NoSuchEntity: 404,
  PolicyNotAttachable: 400,
  UnmodifiableEntity: 400,
  ValidationError: 400,
} as const;

export type IamErrorCode = keyof typeof statuses;

export function iamError(code: IamErrorCode, message: string): AwsError {
  return new AwsError(code, message, { status: statuses[code] });
}
