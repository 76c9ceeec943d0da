import { type MachineScope, specOf } from "../machine-scope.ts";
import { deleteSecret } from "../user-data/store-secret.ts";

/** Deletes what the instance has read, or will never read; the instance usually was faster. */
export async function deleteBootstrapSecret(scope: MachineScope): Promise<void> {
  const spec = specOf(scope);
  const { secretPrefix, secretCount = 0, secureSecretsBackend } = spec.cloudInit ?? {};
  if (secretPrefix === undefined || secretCount === 0) return;
  const backend = secureSecretsBackend ?? "secrets-manager";
  await deleteSecret(scope.aws, { backend, prefix: secretPrefix }, secretCount);
  spec.cloudInit = { ...spec.cloudInit, secretCount: 0 };
}
