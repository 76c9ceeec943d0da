import type { WireRequest } from "./contract.ts";
import { WireError } from "./wire-error.ts";

/**
 * The body without the chunk frames that SDKs put around streams: "400;chunk-signature=…\r\n<data>\r\n0\r\n<trailers>".
 * Checksums in trailers are left alone: the length is what is checked.
 */
export function decodeAwsChunked(request: WireRequest): Uint8Array {
  const { headers, body } = request;
  if (!isChunked(headers)) return body;
  const whole = joinChunks(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  const promised = headers["x-amz-decoded-content-length"];
  if (promised !== undefined && Number(promised) !== whole.length) throw incomplete();
  return whole;
}

function isChunked(headers: WireRequest["headers"]): boolean {
  const { "x-amz-content-sha256": sha256 = "", "content-encoding": encoding = "" } = headers;
  return sha256.startsWith("STREAMING-") || /\baws-chunked\b/.test(encoding);
}

function joinChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n", at);
    const size = /^([0-9a-fA-F]{1,8})(?:;|$)/.exec(bytes.toString("latin1", at, end))?.[1];
    if (end === -1 || size === undefined) throw incomplete();
    const length = Number.parseInt(size, 16);
    if (length === 0) return Buffer.concat(parts);
    const from = end + 2;
    at = from + length + 2;
    if (at > bytes.length) throw incomplete();
    parts.push(bytes.subarray(from, from + length));
  }
}

function incomplete(): WireError {
  const message =
    "You did not provide the number of bytes specified by the Content-Length HTTP header";
  return new WireError("IncompleteBody", message);
}
