import type {
  DeleteResourcePolicyRequest,
  GetRandomPasswordRequest,
  GetResourcePolicyRequest,
  PutResourcePolicyRequest,
  UpdateSecretVersionStageRequest,
} from "@aws-sdk/client-secrets-manager";
import { secretsError } from "./errors.ts";
import type { SecretStore } from "./secret-store.ts";
import { requireLiveSecret } from "./require-secret.ts";
import { findVersion, moveStage } from "./versions.ts";

export function getResourcePolicy(store: SecretStore, input: GetResourcePolicyRequest) {
  const secret = requireLiveSecret(store, input.SecretId);
  const policy = secret.policy === undefined ? {} : { ResourcePolicy: secret.policy };
  return { ARN: secret.arn, Name: secret.name, ...policy };
}

export function putResourcePolicy(store: SecretStore, input: PutResourcePolicyRequest) {
  const secret = requireLiveSecret(store, input.SecretId);
  const policy = input.ResourcePolicy ?? "";
  if (!isJsonObject(policy)) {
    const message = "This resource policy contains invalid Json.";
    throw secretsError("MalformedPolicyDocumentException", message);
  }
  secret.policy = policy;
  return { ARN: secret.arn, Name: secret.name };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

export function deleteResourcePolicy(store: SecretStore, input: DeleteResourcePolicyRequest) {
  const secret = requireLiveSecret(store, input.SecretId);
  secret.policy = undefined;
  return { ARN: secret.arn, Name: secret.name };
}

export function updateSecretVersionStage(
  store: SecretStore,
  input: UpdateSecretVersionStageRequest,
) {
  const secret = requireLiveSecret(store, input.SecretId);
  const to =
    input.MoveToVersionId === undefined
      ? undefined
      : findVersion(secret, { versionId: input.MoveToVersionId });
  const stage = input.VersionStage ?? "";
  const holder = [...secret.versions.values()].find((version) => version.stages.includes(stage));
  if (holder !== undefined && holder !== to && input.RemoveFromVersionId !== holder.versionId) {
    const message = `The parameter RemoveFromVersionId must be specified: staging label ${stage} is attached to version ${holder.versionId}.`;
    throw secretsError("InvalidParameterException", message);
  }
  moveStage(secret, stage, to);
  return { ARN: secret.arn, Name: secret.name };
}

const characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+-=?@_~";

export function getRandomPassword(store: SecretStore, input: GetRandomPasswordRequest) {
  const excluded = input.ExcludeCharacters ?? "";
  const classes = [
    { of: /[a-z]/, out: input.ExcludeLowercase === true },
    { of: /[A-Z]/, out: input.ExcludeUppercase === true },
    { of: /[0-9]/, out: input.ExcludeNumbers === true },
    { of: /[^a-zA-Z0-9 ]/, out: input.ExcludePunctuation === true },
    { of: / /, out: input.IncludeSpace !== true },
  ]
    .filter(({ out }) => !out)
    .map(({ of }) => ` ${characters}`.split("").filter((c) => of.test(c) && !excluded.includes(c)))
    .filter((members) => members.length > 0);
  const allowed = classes.flat();
  const length = input.PasswordLength ?? 32;
  if (allowed.length === 0 || length < classes.length) {
    const message = "The password length or the excluded characters leave no password to make.";
    throw secretsError("InvalidParameterException", message);
  }
  const bytes = store.random.bytes("secretsmanager/password", "", length);
  // The first characters come from one class each, so that none is missing.
  const pools = input.RequireEachIncludedType === false ? [] : classes;
  const letters = [...bytes].map((byte, index) => {
    const pool = pools[index] ?? allowed;
    return pool[byte % pool.length];
  });
  return { RandomPassword: letters.join("") };
}
