import { Agent, buildConnector, type Dispatcher } from "undici";
import { UnreachableError } from "./errors.ts";
import { deepFreeze } from "./json.ts";
import type {
  Cancel,
  KubeRequest,
  KubeResponse,
  Transport,
  WatchEvent,
  WatchSink,
} from "./transport.ts";

export interface HttpsTransportOptions {
  /** "https://10.0.0.1:6443"; a path in front of the API is kept. */
  readonly server: string;
  /** PEM; the system's authorities if not given. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
  /** Asked for every request, so that a rotated token is used at once. */
  readonly token?: () => Promise<string | undefined>;
  /** Asked for every connection: a certificate that comes and goes, as plug-ins give them. */
  readonly clientCertificate?: () => Promise<ClientCertificate>;
  /** The server has refused the credential: the next one that is asked for should be another. */
  readonly onUnauthorized?: () => void;
  /** Name to expect in the server's certificate where it differs from the host. */
  readonly serverName?: string;
  readonly insecureSkipVerify?: boolean;
  readonly userAgent?: string;
  readonly connections?: number;
}

/** PEM; empty where only a token counts. */
interface ClientCertificate {
  readonly certificate?: string;
  readonly privateKey?: string;
}

const connectTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
/** Watches are kept alive by bookmarks; a server that says nothing for this long is gone. */
const watchSilenceMs = 300_000;

/** Pooled keep-alive HTTPS to any API server. Close it when the cluster it leads to is forgotten. */
export class HttpsTransport implements Transport {
  readonly #options: HttpsTransportOptions;
  readonly #origin: string;
  readonly #prefix: string;
  #agent: Agent;

  constructor(options: HttpsTransportOptions) {
    this.#options = options;
    const { origin, pathname } = new URL(options.server);
    this.#origin = origin;
    this.#prefix = pathname.replace(/\/$/, "");
    this.#agent = this.#newAgent();
  }

  #newAgent(): Agent {
    const { clientCertificate } = this.#options;
    const connect = this.#connectOptions();
    return new Agent({
      connections: this.#options.connections ?? 64,
      keepAliveTimeout: 60_000,
      bodyTimeout: watchSilenceMs,
      headersTimeout: requestTimeoutMs,
      connect:
        clientCertificate === undefined
          ? connect
          : (target, callback) => void this.#connect(clientCertificate, target, callback),
    });
  }

  async #connect(
    clientCertificate: () => Promise<ClientCertificate>,
    target: buildConnector.Options,
    callback: buildConnector.Callback,
  ): Promise<void> {
    let pair: { readonly cert?: string; readonly key?: string } = {};
    try {
      const { certificate: cert, privateKey: key } = await clientCertificate();
      if (cert !== undefined && key !== undefined) pair = { cert, key };
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    buildConnector({ ...this.#connectOptions(), ...pair })(target, callback);
  }

  #connectOptions(): buildConnector.BuildOptions {
    const { ca, certificate, privateKey, serverName, insecureSkipVerify = false } = this.#options;
    return {
      timeout: connectTimeoutMs,
      rejectUnauthorized: !insecureSkipVerify,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(privateKey === undefined ? {} : { key: privateKey }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    };
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    const response = await this.#send(request, {});
    const headers = flatten(response.headers);
    let text: string;
    try {
      text = await response.body.text();
    } catch (error) {
      throw unreachable(error);
    }
    return { status: response.statusCode, headers, body: parseBody(text, headers) };
  }

  watch(request: KubeRequest, sink: WatchSink): Cancel {
    const abort = new AbortController();
    const close = (error?: Error) => {
      if (!abort.signal.aborted) sink.onClose(error);
    };
    this.#stream({ ...request, signal: abort.signal }, sink, abort.signal).then(
      () => close(),
      (error: unknown) => close(unreachable(error)),
    );
    return () => abort.abort();
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #stream(request: KubeRequest, sink: WatchSink, signal: AbortSignal): Promise<void> {
    const response = await this.#send(request, { watch: "true" });
    if (response.statusCode >= 300) {
      const object = parseBody(await response.body.text(), flatten(response.headers));
      if (!signal.aborted) sink.onEvent({ type: "ERROR", object });
      return;
    }
    let rest = "";
    response.body.setEncoding("utf8");
    for await (const chunk of response.body as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (signal.aborted) return;
        if (line !== "") sink.onEvent(deepFreeze(JSON.parse(line) as WatchEvent));
      }
    }
  }

  /** Whoever is not known has done nothing: with another credential the request may be sent once more. */
  async #send(
    request: KubeRequest,
    extra: Readonly<Record<string, string>>,
  ): Promise<Dispatcher.ResponseData> {
    const { token, onUnauthorized, clientCertificate } = this.#options;
    const first = await token?.();
    const response = await this.#sendAs(first, request, extra);
    if (response.statusCode !== 401 || token === undefined) return response;
    onUnauthorized?.();
    const second = await token();
    const hasCertificate = (await clientCertificate?.())?.certificate !== undefined;
    if (second === first && !hasCertificate) return response;
    await response.body.dump();
    if (hasCertificate) this.#renewConnections();
    return this.#sendAs(second, request, extra);
  }

  /** A connection keeps the certificate that it was made with. */
  #renewConnections(): void {
    const old = this.#agent;
    this.#agent = this.#newAgent();
    void old.close();
  }

  async #sendAs(
    token: string | undefined,
    request: KubeRequest,
    extra: Readonly<Record<string, string>>,
  ): Promise<Dispatcher.ResponseData> {
    const {
      method,
      path,
      query,
      contentType = "application/json",
      body,
      signal,
      controller,
    } = request;
    const { userAgent = "seatrial" } = this.#options;
    const search = new URLSearchParams({ ...query, ...extra }).toString();
    try {
      return await this.#agent.request({
        origin: this.#origin,
        path: `${this.#prefix}${path}${search === "" ? "" : `?${search}`}`,
        method,
        headers: {
          accept: "application/json",
          "user-agent": controller === undefined ? userAgent : `${userAgent}/${controller}`,
          ...(body === undefined ? {} : { "content-type": contentType }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw unreachable(error);
    }
  }
}

function flatten(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(",")]),
  );
}

function parseBody(text: string, headers: Readonly<Record<string, string>>): unknown {
  if (text === "" || !(headers["content-type"] ?? "").includes("json")) return text;
  // Caches and controllers share what comes out, as they do in-process.
  return deepFreeze(JSON.parse(text) as unknown);
}

function unreachable(error: unknown): Error {
  if (error instanceof UnreachableError) return error;
  const { message, code } = error as Error & { code?: string };
  return new UnreachableError(code === undefined ? message : `${message} (${code})`);
}
