import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { review } from "./review.ts";

export interface WebhookServerOptions {
  /** PEM; the API server trusts it by the `caBundle` of the webhook configurations. */
  readonly certificate: string;
  readonly privateKey: string;
  /** 9443 unless given; 0 for any free one. */
  readonly port?: number;
  /** All interfaces unless given: the caller is the API server, from wherever it runs. */
  readonly host?: string;
}

export interface WebhookServer {
  readonly port: number;
  close(): Promise<void>;
}

const defaultPort = 9443;
/** An object is at most 1.5 MiB in etcd; a review holds two of them, a conversion a page of a list. */
const maxBodyBytes = 64 * 1024 * 1024;

/** Serves admission and conversion to API servers over HTTPS. Rejects when the port is taken. */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const { certificate, privateKey, port = defaultPort, host } = options;
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      reply(response, error instanceof TooLarge ? 413 : 400, { message });
    });
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      // Not `closeAllConnections`: it does not know those whose TLS handshake is not over, and the server would wait for them.
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

class TooLarge extends Error {
  override readonly name = "TooLarge";
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // The API server appends its time-out as a query.
  const [path = ""] = (request.url ?? "").split("?");
  if (request.method === "GET" && (path === "/healthz" || path === "/readyz")) {
    reply(response, 200, { message: "ok" });
    return;
  }
  const answer = request.method === "POST" ? review(path, await bodyOf(request)) : undefined;
  if (answer === undefined) reply(response, 404, { message: `nothing is served at ${path}` });
  else reply(response, 200, answer);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new TooLarge(`the body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
