import type { Host } from "../host.ts";
import {
  type CloudConfig,
  type FileToWrite,
  parseCloudConfigDocument,
  readCloudConfig,
} from "./cloud-config.ts";
import { instanceData } from "./instance-data.ts";
import { renderTemplate } from "./jinja.ts";
import { fetchSecret, parseBoothook } from "./secret-loader.ts";
import { parseUserData, type UserDataPart } from "./user-data.ts";

/** Runs a script; returns the exit code of its last command. */
export type Shell = (host: Host, script: string) => Promise<number>;

interface Found {
  readonly documents: Readonly<Record<string, unknown>>[];
  readonly scripts: string[];
  /** Boothooks have put files somewhere that a later part includes. */
  readonly included: Map<string, Uint8Array>;
}

/** Users that the image has before anybody adds some. */
const imageUsers = new Set(["root", "ubuntu", "ec2-user", "nobody", "daemon", "systemd-network"]);

/** What cloud-init does at the first boot: finds its user data, writes files, runs commands. */
export async function runCloudInit(host: Host, shell: Shell): Promise<void> {
  const { instance, log } = host;
  if (instance.metadataOptions.httpEndpoint === "disabled") {
    log.write("cloud-init: WARNING: No instance datasource found! Likely bad things to come!");
    host.trouble = "its instance metadata service is disabled, so it cannot read its user data";
    return;
  }
  if (instance.userData.length === 0) {
    log.write("cloud-init: there is no user data; nothing to do");
    host.trouble = "it has no user data, so nothing told it to join a cluster";
    return;
  }
  const found: Found = { documents: [], scripts: [], included: new Map() };
  await host.mayFail("user data");
  await readParts(host, parseUserData(instance.userData), found);
  if (found.documents.length === 0 && found.scripts.length === 0) {
    host.trouble ??= "its user data is nothing that cloud-init understands";
    return;
  }
  await act(host, shell, { config: readCloudConfig(found.documents), scripts: found.scripts });
}

async function readParts(host: Host, parts: readonly UserDataPart[], found: Found): Promise<void> {
  for (const [index, part] of parts.entries()) {
    const text = part.isTemplate ? renderPart(host, part, index + 1) : part.text;
    if (text !== undefined) await readPart(host, { ...part, text }, found);
  }
}

async function readPart(host: Host, { type, text }: UserDataPart, found: Found): Promise<void> {
  switch (type) {
    case "text/cloud-config":
      readDocument(host, text, found);
      return;
    case "text/x-shellscript":
      found.scripts.push(text);
      return;
    case "text/cloud-boothook":
      await runBoothook(host, text, found);
      return;
    case "text/x-include-url":
      await include(host, text, found);
      return;
    default:
      host.log.write(
        `cloud-init: WARNING: Unhandled non-multipart (${type}) userdata of ${text.length} characters`,
      );
  }
}

function renderPart(host: Host, part: UserDataPart, number: number): string | undefined {
  const name = `part-${String(number).padStart(3, "0")}`;
  if (part.type === "text/x-not-multipart") {
    host.log.write(
      `cloud-init: WARNING: Ignoring jinja template for ${name}: unknown content type`,
    );
    return undefined;
  }
  try {
    const { text, missing } = renderTemplate(part.text, instanceData(host.instance));
    if (missing.length > 0) {
      host.log.write(
        `cloud-init: WARNING: Could not render jinja template variables in file '${name}': '${missing.join("', '")}'`,
      );
    }
    return text;
  } catch (error) {
    const { message } = error as Error;
    host.log.write(`cloud-init: WARNING: Ignoring jinja template for ${name}: ${message}`);
    host.trouble = `its user data is a template that cannot be rendered: ${message}`;
    return undefined;
  }
}

function readDocument(host: Host, text: string, found: Found): void {
  try {
    found.documents.push(parseCloudConfigDocument(text));
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    host.log.write(`cloud-init: WARNING: Failed loading yaml blob: ${reason}`);
    host.trouble = `its cloud-config is not valid YAML: ${reason}`;
  }
}

/** The provider's boothook fetches the real user data into a file that the next part includes. */
async function runBoothook(host: Host, script: string, found: Found): Promise<void> {
  const location = parseBoothook(script);
  if (location === undefined) return; // Some other script: it has nothing to do with joining.
  const fetched = host.files.get(location.file);
  const data =
    fetched === undefined ? await fetchSecret(host, location) : Buffer.from(fetched, "base64");
  host.trouble = undefined;
  host.log.write(`cloud-init: fetched user data in ${location.chunks} chunk(s)`);
  found.included.set(location.file, data);
}

async function include(host: Host, text: string, found: Found): Promise<void> {
  const urls = text.split("\n").map((line) => line.trim());
  for (const url of urls.filter((line) => line !== "" && !line.startsWith("#"))) {
    const data = found.included.get(url.replace(/^file:\/\//, ""));
    if (data === undefined) {
      host.log.write(`cloud-init: WARNING: could not include ${url}: no such file`);
      host.trouble ??= `its user data includes ${url}, which is not there`;
      continue;
    }
    await readParts(host, parseUserData(data), found);
  }
}

async function act(
  host: Host,
  shell: Shell,
  work: { readonly config: CloudConfig; readonly scripts: readonly string[] },
): Promise<void> {
  const { config, scripts } = work;
  const { log } = host;
  for (const line of config.bootCommands) await shell(host, line);
  writeFiles(
    host,
    config.files.filter(({ defer }) => !defer),
    imageUsers,
  );
  for (const name of config.modules) log.write(`cloud-init: configured ${name}`);
  if (config.users.length > 0) log.write(`cloud-init: users ${config.users.join(", ")}`);
  const users = new Set([...imageUsers, ...config.users]);
  writeFiles(
    host,
    config.files.filter(({ defer }) => defer),
    users,
  );
  let failed = 0;
  // The commands are one shell script without `set -e`: a failing one does not stop the next.
  const runcmd = config.commands.length === 0 ? [] : [config.commands.join("\n")];
  for (const script of [...scripts, ...runcmd]) {
    if ((await shell(host, script)) !== 0) failed += 1;
  }
  if (failed > 0) {
    log.write(
      "cloud-init: WARNING: Failed to run module scripts_user (scripts in /var/lib/cloud/instance/scripts)",
    );
  }
  const state = failed > 0 ? "finished with errors" : "finished";
  log.write(`cloud-init: ${state}; Datasource DataSourceEc2Local`);
}

/** An owner that does not exist ends the whole module: the files after it are not written either. */
function writeFiles(host: Host, files: readonly FileToWrite[], users: ReadonlySet<string>): void {
  let written = 0;
  for (const { path, content, owner, append } of files) {
    host.files.set(path, append ? `${host.files.get(path) ?? ""}${content}` : content);
    written += 1;
    const [user = ""] = owner.split(":");
    if (user === "" || users.has(user)) continue;
    host.log.write(
      `cloud-init: WARNING: Running module write_files failed: unknown user or group: "getpwnam(): name not found: '${user}'"`,
    );
    host.trouble = `write_files stopped at ${path}: its owner ${user} does not exist yet (defer: true writes it later)`;
    break;
  }
  if (files.length > 0) host.log.write(`cloud-init: wrote ${written} of ${files.length} file(s)`);
}
