import { randomUuid } from "../../kernel/random.ts";
import { secretNotFound, secretsError } from "./errors.ts";
import type { Secret, SecretStore, SecretVersion } from "./secret-store.ts";

export interface SecretValue {
  readonly SecretBinary?: Uint8Array | undefined;
  readonly SecretString?: string | undefined;
  readonly ClientRequestToken?: string | undefined;
}

const maxBytes = 65_536;

export function hasValue(value: SecretValue): boolean {
  return value.SecretBinary !== undefined || value.SecretString !== undefined;
}

export function checkValue(value: SecretValue): void {
  if (value.SecretBinary !== undefined && value.SecretString !== undefined) {
    const message =
      "You can't specify both a binary secret value and a string secret value in the same secret.";
    throw secretsError("InvalidParameterException", message);
  }
  const size = value.SecretBinary?.length ?? Buffer.byteLength(value.SecretString ?? "");
  if (size > maxBytes) {
    const message = `The request failed because the secret value is longer than ${maxBytes} bytes.`;
    throw secretsError("InvalidParameterException", message);
  }
  const token = value.ClientRequestToken;
  if (token !== undefined && (token.length < 32 || token.length > 64)) {
    const message = "ClientRequestToken must be 32-64 characters long.";
    throw secretsError("InvalidParameterException", message);
  }
}

/**
 * A new version under the request's token. The same token with the same content is a repetition, with other content an
 * error.
 */
export function addVersion(
  store: SecretStore,
  secret: Secret,
  value: SecretValue,
  stages: readonly string[],
): SecretVersion {
  const versionId =
    value.ClientRequestToken ?? randomUuid(store.random, "secretsmanager/version", secret.name);
  const existing = secret.versions.get(versionId);
  if (existing !== undefined) {
    if (sameContent(existing, value)) return existing;
    const message = `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${secret.arn}.`;
    throw secretsError("ResourceExistsException", message);
  }
  const version: SecretVersion = {
    versionId,
    createdAtMs: store.clock.now(),
    binary: value.SecretBinary === undefined ? undefined : Uint8Array.from(value.SecretBinary),
    text: value.SecretString,
    stages: [],
  };
  secret.versions.set(versionId, version);
  secret.changedAtMs = store.clock.now();
  for (const stage of stages) moveStage(secret, stage, version);
  return version;
}

/** A stage is on one version at most. What loses AWSCURRENT becomes AWSPREVIOUS. */
export function moveStage(secret: Secret, stage: string, to: SecretVersion | undefined): void {
  const from = [...secret.versions.values()].find((version) => version.stages.includes(stage));
  if (from === to) return;
  if (from !== undefined) from.stages = from.stages.filter((name) => name !== stage);
  if (to !== undefined) to.stages = [...to.stages, stage];
  if (stage === "AWSCURRENT" && from !== undefined) moveStage(secret, "AWSPREVIOUS", from);
}

export function sameContent(version: SecretVersion, value: SecretValue): boolean {
  if (version.text !== value.SecretString) return false;
  const [left, right] = [version.binary, value.SecretBinary];
  if (left === undefined || right === undefined) return left === right;
  return Buffer.compare(left, right) === 0;
}

/** The version that a reader asks for: by id, by stage, or the current one. */
export function findVersion(
  secret: Secret,
  wanted: { readonly versionId?: string | undefined; readonly stage?: string | undefined },
): SecretVersion {
  const { versionId, stage } = wanted;
  const found =
    versionId === undefined
      ? [...secret.versions.values()].find((version) =>
          version.stages.includes(stage ?? "AWSCURRENT"),
        )
      : secret.versions.get(versionId);
  if (found === undefined || (stage !== undefined && !found.stages.includes(stage))) {
    if (secret.versions.size === 0) throw secretNotFound();
    const label =
      versionId === undefined
        ? `staging label: ${stage ?? "AWSCURRENT"}`
        : `VersionId: ${versionId}`;
    const message = `Secrets Manager can't find the specified secret value for ${label}`;
    throw secretsError("ResourceNotFoundException", message);
  }
  return found;
}
