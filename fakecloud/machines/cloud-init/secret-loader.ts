import type { Host } from "../host.ts";

/** What the provider's boothook is told: where the chunks of the real user data are. */
export interface SecretLocation {
  readonly backend: "secretsmanager" | "ssm";
  readonly prefix: string;
  readonly chunks: number;
  /** Where the whole is put. */
  readonly file: string;
}

/** Reads the assignments at the head of the script; undefined for a script that fetches nothing. */
export function parseBoothook(script: string): SecretLocation | undefined {
  const value = (name: string) => new RegExp(`^${name}="([^"]*)"`, "m").exec(script)?.[1];
  const prefix = value("SECRET_PREFIX");
  const chunks = Number(value("CHUNKS"));
  if (prefix === undefined || !Number.isInteger(chunks)) return undefined;
  const backend = /aws ssm/.test(script) ? "ssm" : "secretsmanager";
  return { backend, prefix, chunks, file: value("FILE") ?? "/etc/secret-userdata.txt" };
}

const tries = 10;
const pauseMs = 10_000;

/** Fetches every chunk with the instance profile's credentials, keeps the whole on the disk, and deletes the chunks. */
export async function fetchSecret(host: Host, location: SecretLocation): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let index = 0; index < location.chunks; index += 1) {
    chunks.push(await repeat(host, "fetch user data", () => fetchChunk(host, location, index)));
  }
  const whole = Buffer.concat(chunks);
  // Files are texts here; this one has bytes.
  host.files.set(location.file, whole.toString("base64"));
  for (let index = 0; index < location.chunks; index += 1) {
    await repeat(host, "delete user data", () => deleteChunk(host, location, index));
  }
  return whole;
}

async function repeat<T>(host: Host, what: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      host.log.write(`cloud-init: could not ${what} (try ${attempt}): ${name}: ${message}`);
      host.trouble = `it cannot ${what}: ${name}: ${message}`;
      if (attempt === tries) throw error;
      await host.sleep(pauseMs, what);
    }
  }
}

/**
 * The way out of the VPC has to be open, and names have to resolve: the metadata service is on the machine, Secrets Manager
 * and SSM are not. The words are those of the AWS CLI, with what is in the way behind them.
 */
function requireEndpoint(host: Host, service: string): void {
  const { instanceId, region } = host.instance;
  const from = { from: "instance", instanceId } as const;
  const name = `${service}.${region}.amazonaws.com`;
  const reach = host.aws.network.canReach(from, name, 443);
  if (reach.reachable) return;
  const { message, silent } = reach.obstacle;
  const words = silent ? "Connect timeout on" : "Could not connect to the";
  const error = new Error(`${words} endpoint URL: "https://${name}/" (${message})`);
  error.name = silent ? "ConnectTimeoutError" : "EndpointConnectionError";
  throw error;
}

async function fetchChunk(
  host: Host,
  location: SecretLocation,
  index: number,
): Promise<Uint8Array> {
  await host.work("aws call", 50, 300);
  requireEndpoint(host, location.backend);
  const { instanceId } = host.instance;
  if (location.backend === "secretsmanager") {
    const SecretId = `${location.prefix}-${index}`;
    const answer = await host.aws.callFromInstance(instanceId, "secretsmanager", "GetSecretValue", {
      SecretId,
    });
    return (answer as { SecretBinary: Uint8Array }).SecretBinary;
  }
  const Name = `${location.prefix}/${index}`;
  const answer = await host.aws.callFromInstance(instanceId, "ssm", "GetParameter", {
    Name,
    WithDecryption: true,
  });
  return Buffer.from((answer as { Parameter: { Value: string } }).Parameter.Value, "base64");
}

async function deleteChunk(host: Host, location: SecretLocation, index: number): Promise<void> {
  await host.work("aws call", 50, 300);
  requireEndpoint(host, location.backend);
  const { instanceId } = host.instance;
  await (location.backend === "secretsmanager"
    ? host.aws.callFromInstance(instanceId, "secretsmanager", "DeleteSecret", {
        SecretId: `${location.prefix}-${index}`,
        ForceDeleteWithoutRecovery: true,
      })
    : host.aws.callFromInstance(instanceId, "ssm", "DeleteParameter", {
        Name: `${location.prefix}/${index}`,
      }));
}
