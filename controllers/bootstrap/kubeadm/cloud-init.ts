import type { File, KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import { toYaml } from "./kubeadm-documents.ts";

type User = NonNullable<KubeadmConfigSpec["users"]>[number];
type DiskSetup = NonNullable<KubeadmConfigSpec["diskSetup"]>;

/** Everything that is resolved: no Secret is read any more. */
export interface CloudInit {
  readonly files: readonly File[];
  readonly bootCommands: readonly string[];
  readonly commands: readonly string[];
  readonly users: readonly User[];
  readonly ntp?: KubeadmConfigSpec["ntp"];
  readonly diskSetup?: DiskSetup;
  readonly mounts?: readonly (readonly string[])[];
}

const header = "## template: jinja\n#cloud-config\n";

/**
 * The cloud-config document. It is a Jinja template (the node name usually asks the instance metadata), so file contents
 * stay literal blocks: quoting them would change what the template engine sees.
 */
export function renderCloudInit(input: CloudInit): string {
  return [
    header,
    `write_files:${input.files.map(renderFile).join("")}`,
    ...(input.bootCommands.length === 0 ? [] : [`bootcmd:${renderCommands(input.bootCommands)}`]),
    `runcmd:${renderCommands(input.commands)}`,
    ...renderNtp(input.ntp),
    ...renderUsers(input.users),
    ...renderDisks(input.diskSetup),
    ...(input.mounts === undefined ? [] : [toYaml({ mounts: input.mounts }).trimEnd()]),
    "",
  ].join("\n");
}

function renderFile(file: File): string {
  const lines = [
    `-   path: ${file.path}`,
    ...(file.encoding === undefined ? [] : [`    encoding: ${JSON.stringify(file.encoding)}`]),
    ...(file.owner === undefined ? [] : [`    owner: ${file.owner}`]),
    ...(file.permissions === undefined ? [] : [`    permissions: '${file.permissions}'`]),
    ...(file.append === true ? ["    append: true"] : []),
    `    content: ${literalBlock(file.content ?? "")}`,
  ];
  return `\n${lines.join("\n")}`;
}

/** An indentation indicator is needed where the first line itself begins with a space. */
function literalBlock(text: string): string {
  if (text === "") return '""';
  const indicator = /^\n* /.test(text) ? "2" : "";
  const lines = text.replace(/\n$/, "").split("\n");
  return `|${indicator}\n${lines.map((line) => (line === "" ? "" : `      ${line}`)).join("\n")}`;
}

/** Double-quoted YAML and JSON strings are the same thing for these texts. */
function renderCommands(commands: readonly string[]): string {
  return commands.map((command) => `\n  - ${JSON.stringify(command)}`).join("");
}

function renderNtp(ntp: KubeadmConfigSpec["ntp"]): readonly string[] {
  if (ntp === undefined) return [];
  return [toYaml({ ntp: { enabled: ntp.enabled ?? true, servers: ntp.servers ?? [] } }).trimEnd()];
}

function renderUsers(users: readonly User[]): readonly string[] {
  if (users.length === 0) return [];
  const list = users.map((user) =>
    present({
      name: user.name,
      passwd: user.passwd,
      gecos: user.gecos,
      groups: user.groups,
      homedir: user.homeDir,
      inactive: user.inactive,
      lock_passwd: user.lockPassword,
      shell: user.shell,
      primary_group: user.primaryGroup,
      sudo: user.sudo,
      ssh_authorized_keys: user.sshAuthorizedKeys,
    }),
  );
  return [toYaml({ users: list }).trimEnd()];
}

function renderDisks(setup: DiskSetup | undefined): readonly string[] {
  const { partitions = [], filesystems = [] } = setup ?? {};
  const blocks: string[] = [];
  if (partitions.length > 0) {
    const disks = Object.fromEntries(
      partitions.map((partition) => [
        partition.device,
        present({
          table_type: partition.tableType,
          layout: layoutOf(partition),
          overwrite: partition.overwrite,
        }),
      ]),
    );
    blocks.push(toYaml({ disk_setup: disks }).trimEnd());
  }
  if (filesystems.length > 0) {
    const list = filesystems.map((filesystem) =>
      present({
        label: filesystem.label,
        filesystem: filesystem.filesystem,
        device: filesystem.device,
        partition: filesystem.partition,
        overwrite: filesystem.overwrite,
        replace_fs: filesystem.replaceFS,
        extra_opts: filesystem.extraOpts,
      }),
    );
    blocks.push(toYaml({ fs_setup: list }).trimEnd());
  }
  return blocks;
}

/** cloud-init's partition types are numbers or GUIDs; a layout without parts is a yes or no. */
function layoutOf(partition: NonNullable<DiskSetup["partitions"]>[number]): unknown {
  if (partition.diskLayout === undefined) return partition.layout;
  return partition.diskLayout.map(({ percentage, partitionType }) =>
    partitionType === undefined
      ? percentage
      : [percentage, partitionTypes[partitionType] ?? partitionType],
  );
}

const partitionTypes: Readonly<Record<string, string>> = {
  Linux: "83",
  LinuxSwap: "82",
  LinuxRAID: "fd",
  LVM: "8e",
  Fat32: "0c",
  NTFS: "07",
  LinuxExtended: "85",
};

function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
