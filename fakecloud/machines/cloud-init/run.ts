import type { Host } from "../host.ts";
import { type CloudConfig, parseCloudConfig } from "./cloud-config.ts";
import { fetchSecret, parseBoothook } from "./secret-loader.ts";
import { parseUserData, type UserDataPart } from "./user-data.ts";

/** Runs one line of a script; returns its exit code. */
export type Shell = (host: Host, line: string) => Promise<number>;

/** What cloud-init does at the first boot: finds its user data, writes files, runs commands. */
export async function runCloudInit(host: Host, shell: Shell): Promise<void> {
  const { instance, log } = host;
  if (instance.userData.length === 0) {
    log.write("cloud-init: there is no user data; nothing to do");
    host.trouble = "it has no user data, so nothing told it to join a cluster";
    return;
  }
  const config = await findCloudConfig(host, parseUserData(instance.userData));
  if (config === undefined) return;
  for (const { path, content } of config.files) host.files.set(path, content);
  log.write(`cloud-init: wrote ${config.files.length} file(s)`);
  let exitCode = 0;
  // The commands are one shell script without `set -e`: a failing one does not stop the next.
  for (const line of [...config.bootCommands, ...config.commands])
    exitCode = await shell(host, line);
  log.write(
    exitCode === 0
      ? "cloud-init: finished"
      : `cloud-init: WARNING: Failed to run module scripts_user (exit code ${exitCode})`,
  );
}

async function findCloudConfig(
  host: Host,
  parts: readonly UserDataPart[],
): Promise<CloudConfig | undefined> {
  for (const { type, text } of parts) {
    if (type === "text/cloud-config") return readCloudConfig(host, text);
    const location = type === "text/cloud-boothook" ? parseBoothook(text) : undefined;
    if (location !== undefined) {
      const secret = await fetchSecret(host, location);
      host.trouble = undefined;
      host.log.write(`cloud-init: fetched user data in ${location.chunks} chunk(s)`);
      return findCloudConfig(host, parseUserData(secret));
    }
  }
  host.log.write("cloud-init: WARNING: Unhandled non-multipart (text/x-not-multipart) userdata");
  host.trouble = "its user data is nothing that cloud-init understands";
  return undefined;
}

function readCloudConfig(host: Host, text: string): CloudConfig | undefined {
  const { instance } = host;
  const metadata = {
    local_hostname: instance.privateDnsName,
    instance_id: instance.instanceId,
    local_ipv4: instance.privateIp,
    region: instance.region,
    availability_zone: instance.zone,
    "placement.availability_zone": instance.zone,
  };
  try {
    return parseCloudConfig(text, metadata);
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    host.log.write(`cloud-init: WARNING: Failed loading yaml blob: ${reason}`);
    host.trouble = `its cloud-config is not valid YAML: ${reason}`;
    return undefined;
  }
}
