import { gunzipSync } from "node:zlib";

export interface UserDataPart {
  /** "text/cloud-config", "text/cloud-boothook", "text/x-include-url", "text/x-shellscript", "text/x-not-multipart". */
  readonly type: string;
  readonly text: string;
  /** The text is a Jinja template. */
  readonly isTemplate: boolean;
}

const templateLine = /^## template: *jinja *\r?\n/;

/** Parts of user data as cloud-init finds them: gzip is undone wherever it occurs, MIME is taken apart. */
export function parseUserData(raw: Uint8Array): readonly UserDataPart[] {
  const text = decodeText(raw);
  if (text.trim() === "") return [];
  if (/^(MIME-Version|Content-Type):/i.test(text)) return parseMime(text);
  return [partOf(text)];
}

export function gunzipIfNeeded(raw: Uint8Array): Uint8Array {
  return raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw;
}

function decodeText(raw: Uint8Array): string {
  return Buffer.from(gunzipIfNeeded(raw)).toString("utf8");
}

const firstLines: readonly (readonly [start: string, type: string])[] = [
  ["#cloud-config-archive", "text/cloud-config-archive"],
  ["#cloud-config", "text/cloud-config"],
  ["#cloud-boothook", "text/cloud-boothook"],
  ["#include", "text/x-include-url"],
  ["#part-handler", "text/part-handler"],
  ["#!", "text/x-shellscript"],
];

/** The kind of a part is told by its first line, after the line that makes it a template. */
function partOf(whole: string, declared?: string): UserDataPart {
  const isTemplate = templateLine.test(whole);
  const text = whole.replace(templateLine, "");
  const told = firstLines.find(([start]) => text.startsWith(start))?.[1];
  const generic = declared === undefined || /^text\/(plain|jinja2)$/.test(declared);
  return {
    type: (generic ? told : declared) ?? "text/x-not-multipart",
    text,
    isTemplate: isTemplate || declared === "text/jinja2",
  };
}

function parseMime(text: string): readonly UserDataPart[] {
  const boundary = /boundary="?([^"\r\n;]+)"?/i.exec(text)?.[1];
  if (boundary === undefined) return [partOf(splitHead(text).body)];
  return text
    .split(`--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .map((part) => {
      const { head, body } = splitHead(part.replace(/^\r?\n/, ""));
      const declared = /^Content-Type:\s*([^;\s]+)/im.exec(head)?.[1]?.toLowerCase();
      const isBase64 = /^Content-Transfer-Encoding:\s*base64/im.test(head);
      const content = isBase64 ? decodeText(Buffer.from(body, "base64")) : body;
      return partOf(content, declared);
    });
}

function splitHead(part: string): { readonly head: string; readonly body: string } {
  const match = /\r?\n\r?\n/.exec(part);
  if (match === null) return { head: part, body: "" };
  return { head: part.slice(0, match.index), body: part.slice(match.index + match[0].length) };
}
