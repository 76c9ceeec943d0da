import type { HonouredTable } from "../../honoured/honoured.ts";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredBySecretsManager: HonouredTable = {
  CreateSecret:
    "Name ClientRequestToken Description KmsKeyId SecretBinary SecretString Tags(Key Value) ForceOverwriteReplicaSecret=false",
  DeleteResourcePolicy: "SecretId",
  DeleteSecret: "SecretId RecoveryWindowInDays ForceDeleteWithoutRecovery",
  DescribeSecret: "SecretId",
  GetRandomPassword:
    "PasswordLength ExcludeCharacters ExcludeNumbers ExcludePunctuation ExcludeUppercase ExcludeLowercase IncludeSpace RequireEachIncludedType",
  GetResourcePolicy: "SecretId",
  GetSecretValue: "SecretId VersionId VersionStage",
  ListSecretVersionIds: "SecretId MaxResults NextToken IncludeDeprecated",
  ListSecrets: "IncludePlannedDeletion MaxResults NextToken Filters(Key Values) SortOrder SortBy",
  PutResourcePolicy: "SecretId ResourcePolicy BlockPublicPolicy=false",
  PutSecretValue: "SecretId ClientRequestToken SecretBinary SecretString VersionStages",
  RestoreSecret: "SecretId",
  TagResource: "SecretId Tags(Key Value)",
  UntagResource: "SecretId TagKeys",
  UpdateSecret: "SecretId ClientRequestToken Description KmsKeyId SecretBinary SecretString",
  UpdateSecretVersionStage: "SecretId VersionStage RemoveFromVersionId MoveToVersionId",
};
