import { once } from "node:events";
import { Agent, request as httpsRequest } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import type { ClientCredentials, TestServer } from "./test-server.ts";

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Sending {
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client that sends whatever bytes a test wants. */
export interface TestClient {
  call(method: string, path: string, sending?: Sending): Promise<Reply>;
  /** A connection that is spoken on byte by byte. */
  dial(): Promise<TLSSocket>;
  close(): void;
}

export function testClient(server: TestServer, credentials: ClientCredentials): TestClient {
  const { port } = server.https;
  const secrets = { ca: server.ca.certificatePem, ...credentials };
  const agent = new Agent({ keepAlive: true, ...secrets });
  const call: TestClient["call"] = (method, path, sending = {}) =>
    new Promise((resolve, reject) => {
      const request = httpsRequest({ agent, host: "127.0.0.1", port, method, path }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => {
          const isJson = response.headers["content-type"] === "application/json";
          const parsed = (isJson ? JSON.parse(text) : { text }) as Reply["body"];
          resolve({ status: response.statusCode ?? 0, body: parsed });
        });
      });
      request.on("error", reject);
      const headers = { "content-type": sending.type ?? "application/json", ...sending.headers };
      for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
      request.end(sending.body);
    });
  const dial = async () => {
    const socket = connect({ host: "127.0.0.1", port, ...secrets });
    await once(socket, "secureConnect");
    socket.on("error", () => undefined);
    return socket;
  };
  return { call, dial, close: () => agent.destroy() };
}
