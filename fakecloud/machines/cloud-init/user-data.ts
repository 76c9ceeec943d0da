import { gunzipSync } from "node:zlib";

export interface UserDataPart {
  /** "text/cloud-config", "text/cloud-boothook", "text/x-include-url", "text/x-shellscript". */
  readonly type: string;
  readonly text: string;
}

/** Parts of user data as cloud-init finds them: gzip is undone wherever it occurs, MIME is taken apart. */
export function parseUserData(raw: Uint8Array): readonly UserDataPart[] {
  const text = Buffer.from(gunzipIfNeeded(raw)).toString("utf8");
  if (text.trim() === "") return [];
  if (/^(MIME-Version|Content-Type):/i.test(text)) return parseMime(text);
  return [{ type: typeOf(text), text }];
}

export function gunzipIfNeeded(raw: Uint8Array): Uint8Array {
  return raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw;
}

const firstLines: readonly (readonly [start: string, type: string])[] = [
  ["## template: jinja", "text/cloud-config"],
  ["#cloud-config", "text/cloud-config"],
  ["#cloud-boothook", "text/cloud-boothook"],
  ["#include", "text/x-include-url"],
  ["#!", "text/x-shellscript"],
];

function typeOf(text: string): string {
  return firstLines.find(([start]) => text.startsWith(start))?.[1] ?? "text/x-not-multipart";
}

function parseMime(text: string): readonly UserDataPart[] {
  const boundary = /boundary="?([^"\n;]+)"?/i.exec(text)?.[1];
  if (boundary === undefined) return [];
  return text
    .split(`--${boundary}`)
    .slice(1)
    .filter((part) => !part.startsWith("--"))
    .map((part) => {
      const [head = "", ...body] = part.replace(/^\r?\n/, "").split(/\r?\n\r?\n/);
      const type = /Content-Type:\s*([^;\s]+)/i.exec(head)?.[1] ?? "text/plain";
      return { type, text: body.join("\n\n") };
    });
}
