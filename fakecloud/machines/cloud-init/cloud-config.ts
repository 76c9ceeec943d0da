import { parse } from "yaml";
import { gunzipIfNeeded } from "./user-data.ts";

/** The parts of a cloud-config document that matter to a Kubernetes node. */
export interface CloudConfig {
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly bootCommands: readonly string[];
  readonly commands: readonly string[];
}

interface RawFile {
  readonly path: string;
  readonly content?: string;
  readonly encoding?: string;
}

/** Renders the template and reads the document; throws with cloud-init's own words if it is no YAML. */
export function parseCloudConfig(
  text: string,
  metadata: Readonly<Record<string, string>>,
): CloudConfig {
  const isTemplate = text.startsWith("## template: jinja");
  const rendered = isTemplate ? renderTemplate(text, metadata) : text;
  const document = parse(rendered, { logLevel: "silent" }) as Record<string, unknown> | null;
  const { write_files: files, bootcmd, runcmd } = document ?? {};
  return {
    files: ((files ?? []) as readonly RawFile[]).map((file) => ({
      path: file.path,
      content: decode(file.content ?? "", file.encoding ?? ""),
    })),
    bootCommands: commandsOf(bootcmd),
    commands: commandsOf(runcmd),
  };
}

/** A variable that does not exist is rendered as cloud-init renders it, which no kubeadm accepts as a name. */
function renderTemplate(text: string, metadata: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (_whole, name: string) => {
    const short = name.replace(/^(ds\.meta_data|v1)\./, "");
    return metadata[short] ?? `CI_MISSING_JINJA_VAR/${name}`;
  });
}

function decode(content: string, encoding: string): string {
  const kinds = encoding.split("+").map((kind) => kind.trim().toLowerCase());
  const isBase64 = kinds.some((kind) => kind === "b64" || kind === "base64");
  const bytes = Buffer.from(content, isBase64 ? "base64" : "utf8");
  return Buffer.from(gunzipIfNeeded(bytes)).toString("utf8");
}

function commandsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.map((item: unknown) => (Array.isArray(item) ? item.join(" ") : String(item)));
}
