import { Readable } from "node:stream";
import { HttpResponse } from "@smithy/core/protocols";
import type { Clock } from "../kernel/clock.ts";
import { between, type Random } from "../kernel/random.ts";
import type { WireRequest, WireResponse } from "./contract.ts";

/** The request that the SDK hands over. */
interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TravelOptions {
  /** With a clock every call takes some of its time, there and back. */
  readonly clock?: Clock;
  readonly random?: Random;
  readonly latencyMs?: { readonly min: number; readonly max: number };
}

export interface RequestHandlerOptions extends TravelOptions {
  readonly handle: (request: WireRequest) => Promise<WireResponse>;
}

const defaultLatency = { min: 5, max: 60 };

/** Thrown instead of an answer that never comes; named as Node's own error for a connection that was cut. */
export class ConnectionResetError extends Error {
  override readonly name = "ECONNRESET";
  readonly code = "ECONNRESET";
}

/** The SDK's transport without a network: the whole client is real but for the last step. */
export class InProcessRequestHandler {
  readonly metadata = { handlerProtocol: "http/1.1" };
  readonly #options: RequestHandlerOptions;

  constructor(options: RequestHandlerOptions) {
    this.#options = options;
  }

  async handle(request: SdkRequest): Promise<{ response: HttpResponse }> {
    await travel(this.#options, request.hostname);
    const answer = await this.#options.handle(toWire(request));
    await travel(this.#options, request.hostname);
    // Status 0 is how a lost answer is told: the call may have taken effect, and nothing comes back.
    if (answer.status === 0) throw new ConnectionResetError("socket hang up");
    const { status: statusCode, headers } = answer;
    const body = answer.streaming === true ? Readable.from([answer.body]) : answer.body;
    return { response: new HttpResponse({ statusCode, headers: { ...headers }, body }) };
  }

  updateHttpClientConfig(): void {
    // There is no client underneath to configure.
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {
    // Nothing is held.
  }
}

/** Half of a call's latency, on the clock. */
export function travel(options: TravelOptions, hostname: string): Promise<void> | undefined {
  const { clock, random, latencyMs = defaultLatency } = options;
  if (clock === undefined || random === undefined) return undefined;
  const latency = between(random, latencyMs, "latency/aws", hostname);
  const delayMs = Math.max(1, Math.round(latency / 2));
  return new Promise((resolve) => {
    clock.setTimeout(resolve, delayMs, `call to ${hostname}`);
  });
}

function toWire(request: SdkRequest): WireRequest {
  const { method, hostname, port, path, query = {}, headers } = request;
  return {
    method,
    host: port === undefined ? hostname : `${hostname}:${port}`,
    path,
    query: plainQuery(query),
    headers: lowerCase(headers),
    body: bytesOf(request.body),
  };
}

function plainQuery(query: NonNullable<SdkRequest["query"]>): WireRequest["query"] {
  const plain: Record<string, string | readonly string[]> = {};
  for (const name in query) plain[name] = query[name] ?? "";
  return plain;
}

function lowerCase(headers: SdkRequest["headers"]): WireRequest["headers"] {
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? "";
  return lower;
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (body instanceof Uint8Array)
    return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError("a request body in a simulation must be text or bytes, not a stream");
}
