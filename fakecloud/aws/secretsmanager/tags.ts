import type {
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-secrets-manager";
import { secretsError } from "./errors.ts";
import type { SecretStore } from "./secret-store.ts";
import { requireLiveSecret } from "./require-secret.ts";

const maxTags = 50;

export function applyTags(target: Map<string, string>, tags: readonly Tag[]): void {
  for (const { Key: key = "" } of tags) {
    if (key !== "" && key.length <= 128 && !key.startsWith("aws:")) continue;
    const message = `Tag key '${key}' is not valid: 1 to 128 characters, and not beginning with aws:`;
    throw secretsError("InvalidParameterException", message);
  }
  const keys = new Set([...target.keys(), ...tags.map((tag) => tag.Key ?? "")]);
  if (keys.size > maxTags) {
    const message = `You can attach at most ${maxTags} tags to a secret.`;
    throw secretsError("InvalidParameterException", message);
  }
  for (const { Key: key = "", Value: value = "" } of tags) target.set(key, value);
}

export function tagResource(store: SecretStore, input: TagResourceRequest) {
  applyTags(requireLiveSecret(store, input.SecretId).tags, input.Tags ?? []);
  return {};
}

export function untagResource(store: SecretStore, input: UntagResourceRequest) {
  const secret = requireLiveSecret(store, input.SecretId);
  for (const key of input.TagKeys ?? []) secret.tags.delete(key);
  return {};
}
