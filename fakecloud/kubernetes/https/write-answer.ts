import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import type { ApiAnswer, ApiStream } from "../contract.ts";

const smallestZipped = 128 * 1024;

/** Writes an answer as the client wants it: compact or pretty JSON, YAML, zipped if it is large. */
export function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ApiAnswer,
  pretty: boolean,
): void {
  const headers: Record<string, string> = { ...answer.headers };
  const body = encodeBody(answer.body, headers, pretty);
  const acceptsGzip = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  const zipped = acceptsGzip && body.length >= smallestZipped;
  const bytes = zipped ? gzipSync(body, { level: 1 }) : body;
  if (zipped) {
    headers["content-encoding"] = "gzip";
    headers["vary"] ??= "Accept-Encoding";
  }
  headers["content-length"] = String(bytes.length);
  response.writeHead(answer.status, splitWarnings(headers));
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function encodeBody(body: unknown, headers: Record<string, string>, pretty: boolean): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === "string") {
    headers["content-type"] ??= "text/plain; charset=utf-8";
    return Buffer.from(body, "utf8");
  }
  headers["content-type"] ??= "application/json";
  if (headers["content-type"] === "application/yaml") return Buffer.from(stringify(body), "utf8");
  return Buffer.from(`${JSON.stringify(body, undefined, pretty ? 2 : undefined)}\n`, "utf8");
}

/** One header line per warning: the texts contain commas, so they cannot share one. */
function splitWarnings(headers: Record<string, string>): Record<string, string | string[]> {
  const { warning, ...rest } = headers;
  if (warning === undefined) return rest;
  const lines = warning.split(/, (?=299 )/);
  return { ...rest, warning: lines };
}

/** Bytes that wait for a client at which its watch is given up: it is too slow and will list again. */
const mostWaitingBytes = 16 * 1024 * 1024;

/** Sends a watch: the headers at once, because clients wait for them, then one line per event. */
export function writeStream(
  request: IncomingMessage,
  response: ServerResponse,
  stream: ApiStream,
): void {
  response.writeHead(stream.status, { "content-type": "application/json", ...stream.headers });
  response.flushHeaders();
  let isOpen = true;
  const stop = () => {
    if (!isOpen) return;
    isOpen = false;
    stream.stop();
  };
  request.on("close", stop);
  response.on("close", stop);
  stream.start({
    event: (event) => {
      if (!isOpen) return;
      response.write(`${JSON.stringify(event)}\n`);
      if (response.writableLength > mostWaitingBytes) response.destroy();
    },
    close: () => {
      isOpen = false;
      response.end();
    },
  });
}
