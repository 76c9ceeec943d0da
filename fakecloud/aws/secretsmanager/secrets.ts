import type {
  CreateSecretRequest,
  CreateSecretResponse,
  DeleteSecretRequest,
  DeleteSecretResponse,
  GetSecretValueRequest,
  GetSecretValueResponse,
  PutSecretValueRequest,
  PutSecretValueResponse,
  RestoreSecretRequest,
  RestoreSecretResponse,
  UpdateSecretRequest,
  UpdateSecretResponse,
} from "@aws-sdk/client-secrets-manager";
import { toDate } from "../../kernel/clock.ts";
import { randomHex } from "../../kernel/random.ts";
import { secretNotFound, secretsError } from "./errors.ts";
import { requireLiveSecret, requireSecret } from "./require-secret.ts";
import type { Secret, SecretStore } from "./secret-store.ts";
import { applyTags } from "./tags.ts";
import { addVersion, checkValue, findVersion, hasValue, sameContent } from "./versions.ts";

const dayMs = 86_400_000;

/** When several errors apply, the first of these wins: name, value, pending deletion, existing name. */
export function createSecret(store: SecretStore, input: CreateSecretRequest): CreateSecretResponse {
  const name = checkName(input.Name ?? "");
  checkValue(input);
  const existing = store.find(name);
  if (existing?.deletedAtMs !== undefined) {
    const message =
      "You can't create this secret because a secret with this name is already scheduled for deletion.";
    throw secretsError("InvalidRequestException", message);
  }
  if (existing !== undefined) return repeatCreate(existing, input);
  const suffix = randomHex(store.random, "secretsmanager/arn", name, 6);
  const now = store.clock.now();
  const secret: Secret = {
    name,
    arn: `arn:aws:secretsmanager:${store.region}:${store.accountId}:secret:${name}-${suffix}`,
    createdAtMs: now,
    changedAtMs: now,
    description: input.Description,
    kmsKeyId: input.KmsKeyId,
    deletedAtMs: undefined,
    goneAtMs: undefined,
    policy: undefined,
    tags: new Map(),
    versions: new Map(),
  };
  applyTags(secret.tags, input.Tags ?? []);
  store.secrets.set(name, secret);
  if (!hasValue(input)) return { ARN: secret.arn, Name: name };
  const version = addVersion(store, secret, input, ["AWSCURRENT"]);
  return { ARN: secret.arn, Name: name, VersionId: version.versionId };
}

/** A lost response is repeated with the same token and content; everything else is a name that is taken. */
function repeatCreate(existing: Secret, input: CreateSecretRequest): CreateSecretResponse {
  const version = existing.versions.get(input.ClientRequestToken ?? "");
  if (version !== undefined && sameContent(version, input)) {
    return { ARN: existing.arn, Name: existing.name, VersionId: version.versionId };
  }
  const message = `The operation failed because the secret ${existing.name} already exists.`;
  throw secretsError("ResourceExistsException", message);
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(name)) return name;
  const message =
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";
  throw secretsError("InvalidParameterException", message);
}

export function getSecretValue(
  store: SecretStore,
  input: GetSecretValueRequest,
): GetSecretValueResponse {
  const secret = requireLiveSecret(store, input.SecretId);
  const version = findVersion(secret, { versionId: input.VersionId, stage: input.VersionStage });
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
    ...(version.text === undefined ? {} : { SecretString: version.text }),
    VersionStages: [...version.stages],
    CreatedDate: toDate(version.createdAtMs),
  };
}

export function putSecretValue(
  store: SecretStore,
  input: PutSecretValueRequest,
): PutSecretValueResponse {
  checkValue(input);
  if (!hasValue(input)) {
    const message = "You must provide either SecretString or SecretBinary.";
    throw secretsError("InvalidRequestException", message);
  }
  const secret = requireLiveSecret(store, input.SecretId);
  const version = addVersion(store, secret, input, input.VersionStages ?? ["AWSCURRENT"]);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.versionId,
    VersionStages: [...version.stages],
  };
}

export function updateSecret(store: SecretStore, input: UpdateSecretRequest): UpdateSecretResponse {
  checkValue(input);
  const secret = requireLiveSecret(store, input.SecretId);
  secret.description = input.Description ?? secret.description;
  secret.kmsKeyId = input.KmsKeyId ?? secret.kmsKeyId;
  secret.changedAtMs = store.clock.now();
  if (!hasValue(input)) return { ARN: secret.arn, Name: secret.name };
  const version = addVersion(store, secret, input, ["AWSCURRENT"]);
  return { ARN: secret.arn, Name: secret.name, VersionId: version.versionId };
}

/** Forced: gone at once, and absence is no error. Otherwise the name stays taken for the recovery window. */
export function deleteSecret(store: SecretStore, input: DeleteSecretRequest): DeleteSecretResponse {
  const forced = input.ForceDeleteWithoutRecovery === true;
  const days = input.RecoveryWindowInDays;
  if (forced && days !== undefined) {
    const message =
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.";
    throw secretsError("InvalidParameterException", message);
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    const message = "RecoveryWindowInDays value must be between 7 and 30 days (inclusive).";
    throw secretsError("InvalidParameterException", message);
  }
  const now = store.clock.now();
  const secret = store.find(input.SecretId ?? "");
  if (secret === undefined) {
    if (!forced) throw secretNotFound();
    return { ARN: input.SecretId, Name: input.SecretId, DeletionDate: toDate(now) };
  }
  if (forced) {
    store.secrets.delete(secret.name);
    return { ARN: secret.arn, Name: secret.name, DeletionDate: toDate(now) };
  }
  requireLiveSecret(store, secret.name);
  secret.deletedAtMs = now;
  secret.goneAtMs = now + (days ?? 30) * dayMs;
  return { ARN: secret.arn, Name: secret.name, DeletionDate: toDate(secret.goneAtMs) };
}

export function restoreSecret(
  store: SecretStore,
  input: RestoreSecretRequest,
): RestoreSecretResponse {
  const secret = requireSecret(store, input.SecretId);
  secret.deletedAtMs = undefined;
  secret.goneAtMs = undefined;
  return { ARN: secret.arn, Name: secret.name };
}
