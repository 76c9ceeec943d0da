import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { type Clock, toDate } from "../kernel/clock.ts";
import type { WireRequest, WireResponse } from "./contract.ts";

export interface AwsHttpServerOptions {
  readonly handle: (request: WireRequest) => Promise<WireResponse>;
  readonly clock: Clock;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Takes the requests that are no call of AWS, and says so. */
  readonly admin?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly onDefect?: (error: unknown) => void;
}

export interface AwsHttpServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** S3 objects may be large; everything else is far below this. */
const largestBody = 64 * 1024 * 1024;
const headersTimeoutMs = 20_000;

/** Serves AWS over HTTP for clients of any language: one catch-all, because the wire does its own parsing. */
export async function startAwsHttpServer(options: AwsHttpServerOptions): Promise<AwsHttpServer> {
  const { host = "127.0.0.1", port, admin } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((request, response) => {
    if (admin?.(request, response) === true) return;
    serve(options, request, response).catch((error: unknown) => {
      options.onDefect?.(error);
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy();
    });
  });
  const server = createServer({ headersTimeout: headersTimeoutMs, keepAliveTimeout: 65_000 }, app);
  await listen(server, port, host);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${actual}`,
    port: actual,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function serve(
  options: AwsHttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { connection: "close" }).end();
    return;
  }
  const answer = await options.handle(toWire(request, body));
  if (answer.status === 0) {
    // How a lost answer looks from outside: the connection ends, and nobody knows what happened.
    response.destroy();
    return;
  }
  // Node would send the machine's own date; clients correct their clocks by this header.
  response.sendDate = false;
  const date = toDate(options.clock.now()).toUTCString();
  const headers = { ...answer.headers, date, "content-length": lengthOf(answer) };
  response.writeHead(answer.status, headers);
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

/** What a HEAD leaves out keeps its length. */
function lengthOf({ headers, body }: WireResponse): number | string {
  return body.length === 0 ? (headers["content-length"] ?? 0) : body.length;
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function toWire(request: IncomingMessage, body: Uint8Array): WireRequest {
  const { method = "GET", url = "/", headers } = request;
  const [path = "/", search = ""] = url.split("?", 2);
  const query: Record<string, string | string[]> = {};
  for (const [key, value] of new URLSearchParams(search)) {
    const known = query[key];
    query[key] = known === undefined ? value : [...[known].flat(), value];
  }
  const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(",")]);
  return {
    method,
    host: headers.host ?? "",
    path,
    query,
    headers: Object.fromEntries(flat) as Record<string, string>,
    body,
  };
}
