import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { failureAnswer } from "../answer.ts";
import type { ApiAnswer, ApiRequest, ApiResponse, ServedApi, UserInfo } from "../contract.ts";
import { failure } from "../status.ts";
import { authenticate, type Authentication } from "./authenticate.ts";
import { decodeBody, type DecodedBody } from "./decode-body.ts";
import { kindFinder } from "./kind-at-path.ts";
import { handleUpgrade } from "./upgrade.ts";
import { streamLogs } from "./logs.ts";
import { OpenApiV2 } from "./open-api-v2.ts";
import type { FindPodBackend } from "./pod-backend.ts";
import { mostBodyBytes, readBody } from "./read-body.ts";
import { stopListening } from "./stop-listening.ts";
import { applyStrictness } from "./strict-decoding.ts";
import { toApiRequest } from "./to-request.ts";
import { writeAnswer, writeStream } from "./write-answer.ts";

export interface HttpsServerOptions extends Authentication {
  readonly server: ServedApi;
  /** PEM of the serving certificate and its key. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Loopback unless said otherwise. */
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Everything that is served as one Swagger 2 document, for clients that still ask for it. */
  readonly openApiV2?: () => unknown;
  /** Behind `kubectl logs`, `exec`, `attach` and `port-forward`. */
  readonly podBackend?: FindPodBackend;
  /** How long a client may take. */
  readonly patience?: Patience;
  /** Told about what went wrong inside; the client gets a 500. */
  readonly onError?: (error: unknown) => void;
}

/** Slow senders must not hold connections open. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkEveryMs: number;
}

export interface HttpsServer {
  readonly host: string;
  readonly port: number;
  /** "https://127.0.0.1:6443" */
  readonly url: string;
  /** Ends open connections and stops listening. */
  close(): Promise<void>;
}

const usualPatience: Patience = { headersMs: 32_000, requestMs: 60_000, checkEveryMs: 5000 };
const idleTimeoutMs = 180_000;

/** Serves an API server over HTTPS. Rejects if the port is taken. */
export async function startHttpsServer(options: HttpsServerOptions): Promise<HttpsServer> {
  const patience = options.patience ?? usualPatience;
  const listener = createServer({
    cert: options.certificatePem,
    key: options.privateKeyPem,
    ...(options.clientAuthority === undefined ? {} : { ca: options.clientAuthority }),
    // A certificate is asked for and judged by us: who shows none may still have a token.
    requestCert: options.clientAuthority !== undefined,
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
    maxHeaderSize: 1024 * 1024,
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: patience.checkEveryMs,
    keepAliveTimeout: idleTimeoutMs,
  });
  const connection = new Connection(options);
  listener.on("request", (request, response) => void connection.serve(request, response));
  listener.on("upgrade", (request, socket, head) => {
    const { podBackend } = options;
    handleUpgrade({ request, socket, head, podBackend, authorize: connection.authorize });
  });
  listener.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (socket.writableEnded) return; // It has been told already, and goes on sending.
    const answer = clientErrors[error.code ?? ""] ?? "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${answer}\r\nConnection: close\r\n\r\n`);
    // What the client still sends is not waited for.
    socket.once("finish", () => socket.destroy());
  });
  listener.on("tlsClientError", () => {});
  return listen(listener, options);
}

const clientErrors: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

async function listen(listener: Server, options: HttpsServerOptions): Promise<HttpsServer> {
  const host = options.host ?? "127.0.0.1";
  const close = stopListening(listener);
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(options.port, host, () => {
      listener.off("error", reject);
      resolve();
    });
  });
  const { port } = listener.address() as AddressInfo;
  const printed = host.includes(":") ? `[${host}]` : host;
  return {
    host,
    port,
    url: `https://${printed}:${port}`,
    close,
  };
}

const unauthorized = failure({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
const tooLarge = failure({
  code: 413,
  reason: "RequestEntityTooLarge",
  message: `Request entity too large: limit is ${mostBodyBytes}`,
});

class Connection {
  readonly #options: HttpsServerOptions;
  readonly #kindAt: (path: string) => Promise<string>;
  readonly #openApiV2: OpenApiV2;

  constructor(options: HttpsServerOptions) {
    this.#options = options;
    this.#openApiV2 = new OpenApiV2(options.openApiV2);
    this.#kindAt = kindFinder(options.server);
  }

  async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("cache-control", "no-cache, private");
    try {
      const user = authenticate(message, this.#options);
      if (user === undefined) throw unauthorized;
      const answer = await this.#answer(message, response, user);
      if (answer !== undefined) this.#write(message, response, answer);
    } catch (error) {
      this.#fail(message, response, error);
    }
  }

  /** Who asks, and the answer of the API server to a request that wants to become a stream. */
  readonly authorize = async (
    message: IncomingMessage,
  ): Promise<{ readonly request: ApiRequest; readonly answer: ApiResponse }> => {
    const user = authenticate(message, this.#options);
    if (user === undefined) throw unauthorized;
    const request = toApiRequest(message, user);
    return { request, answer: await this.#options.server.handle(request) };
  };

  async #answer(
    message: IncomingMessage,
    response: ServerResponse,
    user: UserInfo,
  ): Promise<ApiResponse | undefined> {
    const head = toApiRequest(message, user);
    let body: DecodedBody | undefined;
    let warnings: string;
    try {
      body = await this.#readBody(message, response, head);
      warnings = await applyStrictness(head, body?.problems ?? [], this.#kindAt);
    } catch (error) {
      const refusal = this.#options.server.refusal(head);
      if (refusal === undefined) throw error;
      return refusal;
    }
    const request = body === undefined ? head : { ...head, body: body.value };
    const answer = this.#openApiV2.answer(head) ?? (await this.#options.server.handle(request));
    if (answer.status === 101) return streamLogs(request, response, this.#options.podBackend);
    if (warnings === "" || answer.kind === "stream") return answer;
    const { warning } = answer.headers;
    const joined = warning === undefined ? warnings : `${warnings}, ${warning}`;
    return { ...answer, headers: { ...answer.headers, warning: joined } };
  }

  async #readBody(
    message: IncomingMessage,
    response: ServerResponse,
    head: Omit<ApiRequest, "body">,
  ): Promise<DecodedBody | undefined> {
    if (head.method === "GET" || head.method === "OPTIONS") return undefined;
    const read = await readBody(message);
    if ("tooLarge" in read) {
      // The rest of the body is not read, so the connection cannot be used again.
      response.setHeader("connection", "close");
      throw tooLarge;
    }
    const type = head.headers["content-type"] ?? "";
    if (read.bytes.length === 0 && head.method === "DELETE") return undefined;
    return decodeBody(read.bytes, head, type, this.#kindAt);
  }

  #write(message: IncomingMessage, response: ServerResponse, answer: ApiResponse): void {
    if (answer.kind === "stream") writeStream(message, response, answer);
    else writeAnswer(message, response, answer, wantsPretty(message));
  }

  #fail(message: IncomingMessage, response: ServerResponse, error: unknown): void {
    // A message whose body has been read counts as destroyed, although its connection lives.
    if (response.headersSent || message.socket.destroyed) {
      response.destroy();
      return;
    }
    const answer: ApiAnswer = failureAnswer(error, []);
    if (answer.status === 500) this.#options.onError?.(error);
    writeAnswer(message, response, answer, wantsPretty(message));
  }
}

/** People's tools get indented JSON. */
function wantsPretty(message: IncomingMessage): boolean {
  const pretty = /[?&]pretty=([^&]*)/.exec(message.url ?? "")?.[1];
  if (pretty !== undefined) return pretty !== "0" && pretty !== "false";
  return /^(?:curl|Wget|Mozilla\/5\.0)/.test(message.headers["user-agent"] ?? "");
}
