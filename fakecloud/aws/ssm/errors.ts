import { AwsError } from "../aws-error.ts";

export type SsmErrorCode =
  | "HierarchyLevelLimitExceededException"
  | "InvalidAllowedPatternException"
  | "InvalidFilterKey"
  | "InvalidFilterOption"
  | "InvalidKeyId"
  | "InvalidNextToken"
  | "InvalidResourceId"
  | "ParameterAlreadyExists"
  | "ParameterNotFound"
  | "ParameterPatternMismatchException"
  | "ParameterVersionNotFound"
  | "TooManyTagsError"
  | "UnsupportedParameterType"
  | "ValidationException";

export function ssmError(code: SsmErrorCode, message = ""): AwsError {
  return new AwsError(code, message);
}
