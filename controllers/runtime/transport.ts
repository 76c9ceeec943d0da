export type HttpMethod = "DELETE" | "GET" | "PATCH" | "POST" | "PUT";

export interface KubeRequest {
  readonly method: HttpMethod;
  /** Begins with a slash; no query, no host. Segments are already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** For PATCH the patch type (`application/merge-patch+json`, …); `application/json` otherwise. */
  readonly contentType?: string;
  /** Plain JSON; an in-process transport asserts that. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Which controller of this process asks: it goes into the user agent. */
  readonly controller?: string;
}

export interface KubeResponse {
  readonly status: number;
  /** Lower-case names. `retry-after` and `warning` are the ones that clients read. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; frozen and shared when in-process. A failure is a `Status`. */
  readonly body: unknown;
}

export interface WatchEvent {
  readonly type: "ADDED" | "BOOKMARK" | "DELETED" | "ERROR" | "MODIFIED";
  readonly object: unknown;
}

export interface WatchSink {
  onEvent(event: WatchEvent): void;
  /** Exactly once, unless cancelled. No error means that the server closed the stream cleanly. */
  onClose(error?: Error): void;
}

/** Ends a watch; the sink is not called again. */
export type Cancel = () => void;

/**
 * How a client reaches one API server: a function call in a simulation, HTTPS elsewhere. A rejected request means that no
 * answer came (refused, reset, timed out): whether a write took effect is then unknown.
 */
export interface Transport {
  request(request: KubeRequest): Promise<KubeResponse>;
  /** `query.watch` is set by the transport. A non-2xx answer arrives as an ERROR event followed by `onClose`. */
  watch(request: KubeRequest, sink: WatchSink): Cancel;
  /** Lets go of what it holds (sockets); undefined where it holds nothing. */
  close?(): Promise<void>;
}

/** Makes a transport from the text of a kubeconfig: how controllers reach a workload cluster. */
export type WorkloadDialer = (kubeconfig: string) => Transport;
