import type { Clock } from "../kernel/clock.ts";
import type { FaultAction, FaultPoint, Faults } from "../kernel/faults.ts";
import { between, type Random } from "../kernel/random.ts";
import type { ApiRequest, ApiResponse, ApiServer, ApiStream, UserInfo } from "./contract.ts";
import { copyPlainJson, deepFreeze } from "./json.ts";
import { parseResourcePath } from "./request-path.ts";
import { failure } from "./status.ts";

/** The shape of the controllers' transport, declared here because the fake never imports them. */
export interface InProcessRequest {
  readonly method: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Which part of the client asks: it goes into the user agent, behind the actor. */
  readonly controller?: string;
}

export interface InProcessResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface InProcessWatchEvent {
  readonly type: "ADDED" | "BOOKMARK" | "DELETED" | "ERROR" | "MODIFIED";
  readonly object: unknown;
}

export interface InProcessWatchSink {
  onEvent(event: InProcessWatchEvent): void;
  onClose(error?: Error): void;
}

export interface InProcessTransport {
  request(request: InProcessRequest): Promise<InProcessResponse>;
  watch(request: InProcessRequest, sink: InProcessWatchSink): () => void;
}

export interface InProcessOptions {
  readonly user: UserInfo;
  /** Who the trace says has acted: a controller's name. Sent as the user agent. */
  readonly actor?: string;
  /** With a clock every crossing takes at least 1 ms of its time; without one none. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly latencyMs?: { readonly min: number; readonly max: number };
  readonly faults?: Faults;
  /** Undelivered events at which a watch is closed, as a slow consumer's connection would be. */
  readonly mostUndelivered?: number;
}

const defaultLatency = { min: 1, max: 5 };

/** How a client in the same process reaches an API server: frozen snapshots out, checked copies in. */
export function inProcessTransport(
  server: ApiServer,
  options: InProcessOptions,
): InProcessTransport {
  const link = new Link(server, options);
  return {
    request: (request) => link.request(request),
    watch: (request, sink) => link.watch(request, sink),
  };
}

/** "update machines" and "default/md-0-7x2": what a fault or a latency is drawn for. */
function describe(request: InProcessRequest): { operation: string; object: string } {
  const path = parseResourcePath(request.path);
  if (path === undefined) return { operation: `${request.method} ${request.path}`, object: "" };
  const verbs = { GET: path.name === "" ? "list" : "get", POST: "create", PUT: "update" };
  const verb =
    request.method in verbs
      ? verbs[request.method as keyof typeof verbs]
      : request.method.toLowerCase();
  const sub = path.subresource === "" ? "" : `/${path.subresource}`;
  return {
    operation: `${verb} ${path.plural}${sub}`,
    object: path.namespace === "" ? path.name : `${path.namespace}/${path.name}`,
  };
}

class Link {
  readonly #server: ApiServer;
  readonly #options: InProcessOptions;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(server: ApiServer, options: InProcessOptions) {
    this.#server = server;
    this.#options = options;
    this.#headers = Object.freeze({
      accept: "application/json",
      "content-type": "application/json",
      ...(options.actor === undefined ? {} : { "user-agent": options.actor }),
    });
  }

  async request(request: InProcessRequest): Promise<InProcessResponse> {
    requireNotAborted(request.signal);
    const api = this.#toApi(request);
    if (this.#options.clock === undefined) return answerOf(await this.#server.handle(api));
    const { operation, object } = describe(request);
    await this.#cross(operation, object);
    const refused = await this.#strike(operation, object, "beforeCommit");
    if (refused !== undefined) return refused;
    requireNotAborted(request.signal);
    const response = answerOf(await this.#server.handle(api));
    const spoilt = await this.#strike(operation, object, "afterCommit");
    await this.#cross(operation, object);
    requireNotAborted(request.signal);
    return spoilt ?? response;
  }

  /** Lets a fault have its way: waits, throws, or answers in place of the server. */
  async #strike(
    operation: string,
    object: string,
    phase: FaultPoint["phase"],
  ): Promise<InProcessResponse | undefined> {
    const action = this.#decide(operation, object, phase);
    if (action === undefined) return undefined;
    if (action.do === "fail") return failed(action);
    if (action.do === "loseResponse") throw lost(operation, object);
    await this.#wait(action.ms, operation);
    return undefined;
  }

  watch(request: InProcessRequest, sink: InProcessWatchSink): () => void {
    const { operation } = describe(request);
    const name = operation.replace(/^(get|list)/, "watch");
    const watch = new WatchLink(this.#options, name, request.path, sink);
    const api = this.#toApi({ ...request, query: { ...request.query, watch: "true" } });
    void watch.open(() => this.#server.handle(api));
    return () => watch.cancel();
  }

  #toApi(request: InProcessRequest): ApiRequest {
    const query: Record<string, readonly string[]> = {};
    for (const key in request.query) query[key] = [request.query[key] ?? ""];
    const { contentType, body, controller } = request;
    const { actor } = this.#options;
    return {
      method: request.method,
      path: request.path.includes("%") ? decodeURIComponent(request.path) : request.path,
      query,
      headers: {
        ...this.#headers,
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        ...(actor === undefined || controller === undefined
          ? {}
          : { "user-agent": `${actor}/${controller}` }),
      },
      ...(body === undefined ? {} : { body: copyPlainJson(body) }),
      user: this.#options.user,
    };
  }

  #decide(operation: string, object: string, phase: FaultPoint["phase"]): FaultAction | undefined {
    const { faults, actor } = this.#options;
    if (faults === undefined) return undefined;
    return faults.decide({
      seam: "kube",
      operation,
      object,
      ...(actor === undefined ? {} : { actor }),
      phase,
    });
  }

  #cross(operation: string, object: string): Promise<void> {
    return this.#wait(latency(this.#options, operation, object), operation);
  }

  #wait(ms: number, operation: string): Promise<void> {
    const { clock, actor } = this.#options;
    return new Promise((resolve) => {
      clock?.setTimeout(resolve, ms, `${actor ?? "client"}: ${operation}`);
    });
  }
}

function latency(options: InProcessOptions, operation: string, object: string): number {
  const range = options.latencyMs ?? defaultLatency;
  if (options.random === undefined) return Math.max(1, range.min);
  const key = `${options.actor ?? ""} ${object}`;
  return Math.max(1, between(options.random, range, `latency/${operation}`, key));
}

function answerOf(response: ApiResponse): InProcessResponse {
  if (response.kind === "answer") return response;
  response.stop();
  throw new Error("a watch was asked for by request(); use watch()");
}

function failed(action: Extract<FaultAction, { do: "fail" }>): InProcessResponse {
  const { code, status, message } = action;
  const error = failure({ code: status, reason: code, message: message ?? `injected ${code}` });
  return { status, headers: {}, body: deepFreeze(error.status) };
}

/** The connection broke: nobody knows whether the request took effect. */
function lost(operation: string, object: string): Error {
  return new Error(`connection lost: ${operation} ${object}`);
}

function requireNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw signal.reason as Error;
}

/** One watch over the link: events arrive in order, each after its latency, from a queue that must not overflow. */
class WatchLink {
  readonly #options: InProcessOptions;
  readonly #operation: string;
  readonly #key: string;
  readonly #sink: InProcessWatchSink;
  readonly #queue: InProcessWatchEvent[] = [];
  #stream: ApiStream | undefined;
  #delivering = false;
  #closing: { readonly error?: Error } | undefined;
  #over = false;

  constructor(options: InProcessOptions, operation: string, key: string, sink: InProcessWatchSink) {
    this.#options = options;
    this.#operation = operation;
    this.#key = key;
    this.#sink = sink;
  }

  async open(handle: () => Promise<ApiResponse>): Promise<void> {
    await this.#pause();
    if (this.#over) return;
    const response = await handle();
    if (this.#over) {
      if (response.kind === "stream") response.stop();
      return;
    }
    if (response.kind === "answer") {
      this.#push({ type: "ERROR", object: response.body });
      this.#close({});
      return;
    }
    this.#stream = response;
    response.start({
      event: (event) => this.#push(event),
      close: () => this.#close({}),
    });
  }

  cancel(): void {
    this.#over = true;
    this.#queue.length = 0;
    this.#stream?.stop();
  }

  #push(event: InProcessWatchEvent): void {
    if (this.#over || this.#closing !== undefined) return;
    this.#queue.push(event);
    const most = this.#options.mostUndelivered ?? 1000;
    // The initial state may be larger than any buffer; only what comes on top of it overflows.
    if (this.#delivering && this.#stream !== undefined && this.#queue.length > most) {
      this.#stream.stop();
      this.#close({});
      return;
    }
    void this.#deliver();
  }

  #close(closing: { readonly error?: Error }): void {
    this.#closing ??= closing;
    void this.#deliver();
  }

  async #deliver(): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    while (!this.#over && (this.#queue.length > 0 || this.#closing !== undefined)) {
      await this.#pause();
      this.#drain();
    }
    this.#delivering = false;
  }

  /** All that has arrived by now goes out together, as bytes in one segment would. */
  #drain(): void {
    const batch = this.#queue.splice(0);
    for (const event of batch) {
      if (this.#over) return;
      if (this.#breaks(event)) {
        this.#stream?.stop();
        this.#closing = { error: new Error(`connection lost: ${this.#operation}`) };
        break;
      }
      this.#sink.onEvent(event);
    }
    if (this.#over || this.#closing === undefined || this.#queue.length > 0) return;
    this.#over = true;
    this.#sink.onClose(this.#closing.error);
  }

  #breaks(event: InProcessWatchEvent): boolean {
    const { faults, actor } = this.#options;
    if (faults === undefined) return false;
    const { metadata } = event.object as { readonly metadata?: { readonly name?: string } };
    const action = faults.decide({
      seam: "kube",
      operation: this.#operation,
      object: metadata?.name ?? "",
      ...(actor === undefined ? {} : { actor }),
      phase: "afterCommit",
    });
    return action?.do === "loseResponse" || action?.do === "fail";
  }

  #pause(): Promise<void> {
    const { clock, actor } = this.#options;
    if (clock === undefined) return Promise.resolve();
    const ms = latency(this.#options, this.#operation, this.#key);
    return new Promise((resolve) => {
      clock.setTimeout(resolve, ms, `${actor ?? "client"}: ${this.#operation} ${this.#key}`);
    });
  }
}
