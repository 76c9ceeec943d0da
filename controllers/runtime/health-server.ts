import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";

export interface HealthServerOptions {
  readonly port: number;
  readonly host?: string;
  readonly metrics?: Registry;
  /** Answers `/healthz`: the process can do its work. */
  readonly isHealthy?: () => boolean;
  /** Answers `/readyz`: caches are filled, controllers work. */
  readonly isReady: () => boolean;
}

/** Serves what a kubelet and Prometheus ask a manager for. */
export function startHealthServer(options: HealthServerOptions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(options, request).then(
      ({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body),
      () => fail(response),
    );
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host ?? "0.0.0.0", () => resolve(server));
  });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answer(options: HealthServerOptions, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "").split("?")[0];
  const verdict = (holds: boolean): Answer => ({
    status: holds ? 200 : 500,
    type: "text/plain",
    body: holds ? "ok" : "not ok",
  });
  if (path === "/healthz") return verdict(options.isHealthy?.() ?? true);
  if (path === "/readyz") return verdict(options.isReady());
  if (path === "/metrics" && options.metrics !== undefined) {
    const { metrics } = options;
    return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
  }
  return { status: 404, type: "text/plain", body: "not found" };
}

function fail(response: ServerResponse): void {
  response.writeHead(500).end("metrics could not be collected");
}
