import { CreateSecretCommand, DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { DeleteParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import type { AwsClients } from "../clients.ts";
import { clientToken } from "../client-token.ts";
import { ignoreNotFound, isAlreadyExists } from "../errors.ts";
import { tagList, type Tags } from "../tags.ts";
import type { SecretsBackend } from "./boothook.ts";

/** Secrets Manager takes 64 KiB, but upstream's chunks are small; the parameter store takes 4 KiB of text. */
const secretChunkBytes = 7_000;
const parameterChunkChars = 4_000;

/** Names begin with these, and the instance profiles allow nothing else. */
export const secretPrefixes: Readonly<Record<SecretsBackend, string>> = {
  "secrets-manager": "aws.cluster.x-k8s.io/",
  "ssm-parameter-store": "/cluster.x-k8s.io/",
};

export interface StoredSecret {
  readonly backend: SecretsBackend;
  readonly prefix: string;
}

/** Stores the data in as many chunks as it needs and returns their number. Repeating it with the same data is harmless. */
export async function storeSecret(
  aws: AwsClients,
  secret: StoredSecret,
  data: Uint8Array,
  tags: Tags,
): Promise<number> {
  const chunks = split(secret.backend, data);
  for (const [index, chunk] of chunks.entries()) {
    await (secret.backend === "secrets-manager"
      ? createSecret(aws, `${secret.prefix}-${index}`, chunk as Uint8Array, tags)
      : putParameter(aws, `${secret.prefix}/${index}`, chunk as string, tags));
  }
  return chunks.length;
}

export function countChunks(backend: SecretsBackend, data: Uint8Array): number {
  return split(backend, data).length;
}

function split(backend: SecretsBackend, data: Uint8Array): readonly (Uint8Array | string)[] {
  const whole = backend === "secrets-manager" ? data : Buffer.from(data).toString("base64");
  const size = backend === "secrets-manager" ? secretChunkBytes : parameterChunkChars;
  const count = Math.ceil(whole.length / size);
  return Array.from({ length: count }, (_, index) => whole.slice(index * size, (index + 1) * size));
}

async function createSecret(
  aws: AwsClients,
  Name: string,
  SecretBinary: Uint8Array,
  tags: Tags,
): Promise<void> {
  const ClientRequestToken = clientToken(Name, "secret", "0");
  try {
    await aws.secretsManager.send(
      new CreateSecretCommand({ Name, SecretBinary, Tags: tagList(tags), ClientRequestToken }),
    );
  } catch (error) {
    // The name holds a UID of its own: one that exists is ours, from an attempt whose answer was lost.
    if (!isAlreadyExists(error)) throw error;
  }
}

async function putParameter(
  aws: AwsClients,
  Name: string,
  Value: string,
  tags: Tags,
): Promise<void> {
  try {
    await aws.ssm.send(
      new PutParameterCommand({ Name, Value, Type: "SecureString", Tags: tagList(tags) }),
    );
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

export async function deleteSecret(
  aws: AwsClients,
  secret: StoredSecret,
  count: number,
): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await (secret.backend === "secrets-manager"
      ? ignoreNotFound(
          aws.secretsManager.send(
            new DeleteSecretCommand({
              SecretId: `${secret.prefix}-${index}`,
              ForceDeleteWithoutRecovery: true,
            }),
          ),
        )
      : ignoreNotFound(
          aws.ssm.send(new DeleteParameterCommand({ Name: `${secret.prefix}/${index}` })),
        ));
  }
}
