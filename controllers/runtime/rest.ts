import { actingReconcile } from "./acting.ts";
import { type Clock, sleep } from "./clock.ts";
import { type StatusBody, StatusError, UnreachableError } from "./errors.ts";
import type { Random } from "./random.ts";
import type { KubeRequest, KubeResponse, Transport } from "./transport.ts";

export interface RestOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Who writes, as field management records it. */
  readonly fieldManager?: string;
  /** How often a call is made again; 10 as in client-go where the server names a time, else at most 2 for reads. */
  readonly maxRetries?: number;
  /** Counts calls: metrics. */
  readonly onResponse?: (request: KubeRequest, status: number | "error") => void;
}

const readRetries = 2;
const readRetryBaseMs = 100;
const defaultMaxRetries = 10;

/**
 * One answered call, with the retries that are safe: whatever the server refused with a time to come back (it did nothing),
 * and reads. A write whose answer is lost is never repeated here: only the caller can look whether it took effect.
 */
export class RestClient {
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  get transport(): Transport {
    return this.#options.transport;
  }

  get fieldManager(): string {
    return this.#options.fieldManager ?? "seatrial";
  }

  async call(request: KubeRequest, options: { readonly retry?: boolean } = {}): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      const failure = await this.#attempt(request);
      if (!(failure instanceof Error)) return failure.body;
      const delayMs = options.retry === false ? undefined : this.#delay(request, failure, attempt);
      if (delayMs === undefined) throw failure;
      const label = `retry of ${request.method} ${request.path}`;
      await sleep(this.#options.clock, delayMs, {
        label,
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
    }
  }

  async #attempt(request: KubeRequest): Promise<KubeResponse | StatusError | UnreachableError> {
    const { transport, onResponse } = this.#options;
    let response: KubeResponse;
    const controller = actingReconcile()?.controller;
    try {
      response = await transport.request(
        controller === undefined ? request : { ...request, controller },
      );
    } catch (error) {
      onResponse?.(request, "error");
      const reason = error instanceof Error ? error.message : String(error);
      return new UnreachableError(`${request.method} ${request.path}: ${reason}`, { cause: error });
    }
    onResponse?.(request, response.status);
    return response.status < 300 ? response : toStatusError(response);
  }

  #delay(request: KubeRequest, error: Error, attempt: number): number | undefined {
    const { maxRetries = defaultMaxRetries, random } = this.#options;
    if (error instanceof StatusError && (error.code === 429 || error.code >= 500)) {
      if (error.retryAfterMs !== undefined) {
        return attempt < maxRetries ? Math.max(1, error.retryAfterMs) : undefined;
      }
    } else if (!(error instanceof UnreachableError)) {
      return undefined;
    }
    if (request.method !== "GET" || attempt >= Math.min(readRetries, maxRetries)) return undefined;
    return readRetryBaseMs * 2 ** attempt * (1 + random.next("rest-retry", request.path));
  }
}

export function toStatusError(response: KubeResponse): StatusError {
  const body = response.body;
  const status: StatusBody =
    body !== null && typeof body === "object" ? body : { message: describe(response) };
  const header = Number(response.headers["retry-after"]);
  return new StatusError(
    response.status,
    status,
    response.headers["retry-after"] === undefined || Number.isNaN(header)
      ? undefined
      : header * 1000,
  );
}

function describe(response: KubeResponse): string {
  const text = typeof response.body === "string" ? response.body.trim() : "";
  return text === "" ? `the server answered ${response.status}` : text.slice(0, 1000);
}
