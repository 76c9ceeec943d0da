import { secretNotFound, secretsError } from "./errors.ts";
import type { Secret, SecretStore } from "./secret-store.ts";

export function requireSecret(store: SecretStore, secretId: string | undefined): Secret {
  const secret = store.find(secretId ?? "");
  if (secret === undefined) throw secretNotFound();
  return secret;
}

/** For everything that a secret scheduled for deletion refuses. */
export function requireLiveSecret(store: SecretStore, secretId: string | undefined): Secret {
  const secret = requireSecret(store, secretId);
  if (secret.deletedAtMs === undefined) return secret;
  const message =
    "You can't perform this operation on the secret because it was marked for deletion.";
  throw secretsError("InvalidRequestException", message);
}
