import type { Instance } from "@aws-sdk/client-ec2";
import { runInstance } from "../ec2/instances.ts";
import { instanceTags, type MachineScope, specOf } from "../machine-scope.ts";
import { loaderUserData, type SecretsBackend } from "../user-data/boothook.ts";
import { countChunks, secretPrefixes, storeSecret } from "../user-data/store-secret.ts";
import { assertSupportedMachine } from "../unsupported-fields.ts";
import { ensureDedicatedHost } from "./dedicated-host.ts";
import { decideLaunchInputs } from "./launch-inputs.ts";
import { launchRequest } from "./launch-request.ts";

/** Launches the instance of an AWSMachine; made again after a crash or a lost answer, it finds the same instance. */
export async function createInstance(
  scope: MachineScope,
  bootstrapData: Uint8Array,
): Promise<Instance> {
  assertSupportedMachine(specOf(scope));
  const userData = await prepareUserData(scope, bootstrapData);
  const inputs = await decideLaunchInputs(scope);
  const hostId = await ensureDedicatedHost(scope, inputs.subnetId);
  return runInstance(
    scope.aws,
    launchRequest(scope, inputs, { userData, ...(hostId === undefined ? {} : { hostId }) }),
  );
}

async function prepareUserData(
  scope: MachineScope,
  bootstrapData: Uint8Array,
): Promise<Uint8Array> {
  const spec = specOf(scope);
  if (spec.cloudInit?.insecureSkipSecretsManager === true) {
    return spec.uncompressedUserData === false ? scope.gzip(bootstrapData) : bootstrapData;
  }
  const backend: SecretsBackend = spec.cloudInit?.secureSecretsBackend ?? "secrets-manager";
  const data = scope.gzip(bootstrapData);
  const chunks = countChunks(backend, data);
  const prefix = spec.cloudInit?.secretPrefix ?? `${secretPrefixes[backend]}${secretId(scope)}`;
  if (spec.cloudInit?.secretPrefix !== prefix || spec.cloudInit.secretCount !== chunks) {
    // Stored before the secret exists: whoever deletes the machine then knows what to delete.
    spec.cloudInit = {
      ...spec.cloudInit,
      secureSecretsBackend: backend,
      secretPrefix: prefix,
      secretCount: chunks,
    };
    await scope.persist();
  }
  await storeSecret(scope.aws, { backend, prefix }, data, instanceTags(scope));
  return Buffer.from(loaderUserData({ backend, region: scope.region, prefix, chunks }));
}

function secretId(scope: MachineScope): string {
  const { namespace, name, uid } = scope.draft.metadata;
  const bytes = scope.random.bytes("secret-prefix", `${namespace}/${name}/${uid}`, 16);
  const hex = Buffer.from(bytes).toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
