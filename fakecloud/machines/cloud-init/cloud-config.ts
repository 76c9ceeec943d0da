import { parse } from "yaml";
import { gunzipIfNeeded } from "./user-data.ts";

export interface FileToWrite {
  readonly path: string;
  readonly content: string;
  /** "root:root". */
  readonly owner: string;
  /** "0640". */
  readonly permissions: string;
  readonly append: boolean;
  /** Written only after users exist. */
  readonly defer: boolean;
}

/** The parts of a cloud-config document that matter to a Kubernetes node. */
export interface CloudConfig {
  readonly files: readonly FileToWrite[];
  readonly users: readonly string[];
  readonly bootCommands: readonly string[];
  readonly commands: readonly string[];
  /** Other modules that the document configures: "ntp", "disk_setup", "mounts". */
  readonly modules: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

interface RawFile {
  readonly path?: unknown;
  readonly content?: unknown;
  readonly encoding?: string;
  readonly owner?: string;
  readonly permissions?: string | number;
  readonly append?: boolean;
  readonly defer?: boolean;
}

const otherModules = ["ntp", "disk_setup", "fs_setup", "mounts", "swap", "ca_certs", "packages"];

/** Throws with the parser's words if the text is no YAML, or not a mapping. */
export function parseCloudConfigDocument(text: string): Fields {
  const document = parse(text, { logLevel: "error" }) as unknown;
  if (document === null || document === undefined) return {};
  if (typeof document !== "object" || Array.isArray(document)) {
    throw new TypeError("the document is not a mapping");
  }
  return document as Fields;
}

/** Of several documents, the later one wins key by key. */
export function readCloudConfig(documents: readonly Fields[]): CloudConfig {
  const merged: Fields = Object.assign({}, ...documents) as Fields;
  const files = listOf(merged["write_files"]) as readonly RawFile[];
  return {
    files: files.map(fileOf),
    users: listOf(merged["users"]).map((user) =>
      typeof user === "string" ? user : ((user as { readonly name?: string }).name ?? ""),
    ),
    bootCommands: commandsOf(merged["bootcmd"]),
    commands: commandsOf(merged["runcmd"]),
    modules: otherModules.filter((name) => merged[name] !== undefined),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fileOf(file: RawFile): FileToWrite {
  const { path, content, encoding = "", owner = "root:root", permissions = "0644" } = file;
  if (typeof path !== "string") throw new TypeError("an entry of write_files has no path");
  return {
    path,
    content: decode(typeof content === "string" ? content : "", encoding),
    owner,
    // YAML reads an unquoted 0640 as a number.
    permissions: typeof permissions === "number" ? `0${permissions.toString(8)}` : permissions,
    append: file.append === true,
    defer: file.defer === true,
  };
}

function decode(content: string, encoding: string): string {
  const kinds = encoding.split("+").map((kind) => kind.trim().toLowerCase());
  const isBase64 = kinds.some((kind) => kind === "b64" || kind === "base64");
  const bytes = Buffer.from(content, isBase64 ? "base64" : "utf8");
  return Buffer.from(gunzipIfNeeded(bytes)).toString("utf8");
}

/** A list is an argument vector: each word is quoted, so that the shell leaves it alone. A string is a line of script. */
function commandsOf(list: unknown): readonly string[] {
  return listOf(list).map((item) =>
    Array.isArray(item) ? item.map((word) => quote(String(word))).join(" ") : String(item),
  );
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
