import type { Clock } from "../kernel/clock.ts";
import type { Faults } from "../kernel/faults.ts";
import type { Random } from "../kernel/random.ts";
import type { TraceSink } from "../kernel/trace.ts";

/** Who asks, as authentication found out. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** One request, independent of how it came. */
export interface ApiRequest {
  readonly method: "DELETE" | "GET" | "OPTIONS" | "PATCH" | "POST" | "PUT";
  /** Decoded path without query. */
  readonly path: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Lower-case names: `accept`, `content-type`, `user-agent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed plain JSON, or the raw bytes for media types that the core decodes itself (protobuf, YAML). */
  readonly body?: unknown;
  readonly user: UserInfo;
}

export interface ApiAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Frozen plain JSON, or text for the few plain-text paths (`/healthz`, logs). */
  readonly body: unknown;
}

export interface WatchStreamEvent {
  readonly type: "ADDED" | "BOOKMARK" | "DELETED" | "ERROR" | "MODIFIED";
  readonly object: unknown;
}

/** A watch. The adapter calls `start` once the headers are out, and `stop` when the client goes away. */
export interface ApiStream {
  readonly kind: "stream";
  readonly status: 200;
  readonly headers: Readonly<Record<string, string>>;
  start(sink: { event(event: WatchStreamEvent): void; close(): void }): void;
  stop(): void;
}

export type ApiResponse = ApiAnswer | ApiStream;

export interface ApiServer {
  handle(request: ApiRequest): Promise<ApiResponse>;
  /** Stops timers and closes every watch. */
  close(): void;
}

/** An API server that others are let in to: its bodies come as bytes, which may be anything. */
export interface ServedApi extends Pick<ApiServer, "handle"> {
  /**
   * The answer to a request that is refused whatever its body says: not allowed, or nothing there. Adapters ask before they
   * complain about a body, for who may not write learns nothing else.
   */
  refusal(request: ApiRequest): ApiAnswer | undefined;
}

/** What an API server is made of. */
export interface ApiServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace?: TraceSink;
  readonly faults?: Faults;
  /** Stable name of the cluster in the trace: "management", "default/my-cluster". */
  readonly name: string;
  /** As `/version` reports it: "v1.36.0". A function where several control-plane nodes share one store. */
  readonly version: string;
}
