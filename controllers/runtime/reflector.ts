import type { Kind, KubeObject } from "./client.ts";
import type { Clock, TimerHandle } from "./clock.ts";
import { isExpired, messageOf, StatusError, type StatusBody } from "./errors.ts";
import { type ListResult, listAll, typed } from "./lists.ts";
import type { Random } from "./random.ts";
import { collectionPath, kindId, selectorQuery } from "./resource-path.ts";
import type { RestClient } from "./rest.ts";
import type { Cancel, WatchEvent } from "./transport.ts";

export interface ReflectorOptions<T extends KubeObject> {
  readonly rest: RestClient;
  readonly kind: Kind<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly labelSelector?: string;
  /** The whole collection at one version. */
  readonly onReplace: (list: ListResult<T>) => void;
  readonly onEvent: (type: "ADDED" | "DELETED" | "MODIFIED", object: T) => void;
  /** Each failure to list or to watch; the reflector goes on by itself. */
  readonly onError: (error: Error) => void;
}

// As in client-go: from 0.8 s to 30 s, forgotten after two minutes without failure.
const baseDelayMs = 800;
const maxDelayMs = 30_000;
const calmMs = 120_000;
/** A stream that ended sooner than this without an event counts as a failure: else a sick server is asked in a loop. */
const shortStreamMs = 1_000;
const minStreamSeconds = 300;

/** Follows one collection: lists once, then watches, resumes where it stopped, lists again when that is too old. */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  #resourceVersion = "";
  #cancelWatch: Cancel | undefined;
  #timer: TimerHandle;
  #state: "idle" | "listing" | "stopped" | "waiting" | "watching" = "idle";
  #failures = 0;
  #lastFailureMs = 0;
  #generation = 0;
  #streamStartMs = 0;
  #streamHadEvent = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  get state(): string {
    return this.#state;
  }

  start(): void {
    if (this.#state === "idle") void this.#list();
  }

  stop(): void {
    this.#state = "stopped";
    this.#generation += 1;
    this.#cancelWatch?.();
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** Lists at once, whatever the watch does: when the cache is known to miss something. */
  relist(): void {
    if (this.#state === "stopped" || this.#state === "listing") return;
    this.#cancelWatch?.();
    this.#options.clock.clearTimeout(this.#timer);
    void this.#list();
  }

  /**
   * Reads the most recent state, never the server's cache at version 0: after a reconnect to another API server that could be
   * older than what was seen already.
   */
  async #list(): Promise<void> {
    this.#state = "listing";
    this.#generation += 1;
    const generation = this.#generation;
    const { rest, kind, labelSelector } = this.#options;
    try {
      const selector = labelSelector === undefined ? {} : { labelSelector };
      const list = await listAll(rest, kind, selector);
      if (generation !== this.#generation) return;
      this.#resourceVersion = list.resourceVersion;
      this.#options.onReplace(list);
      if (generation === this.#generation) this.#watch();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#resourceVersion = "";
      this.#fail(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }

  #watch(): void {
    const { rest, kind, clock, random, labelSelector } = this.#options;
    this.#state = "watching";
    this.#generation += 1;
    const generation = this.#generation;
    this.#streamStartMs = clock.now();
    this.#streamHadEvent = false;
    // Spread over five minutes, so that not all watches of a process end together.
    const seconds = minStreamSeconds * (1 + random.next("watch-timeout", kindId(kind)));
    const query = {
      ...selectorQuery(labelSelector === undefined ? {} : { labelSelector }),
      watch: "true",
      resourceVersion: this.#resourceVersion,
      allowWatchBookmarks: "true",
      timeoutSeconds: String(Math.floor(seconds)),
    };
    const cancel = rest.transport.watch(
      { method: "GET", path: collectionPath(kind), query },
      {
        onEvent: (event) => {
          if (generation === this.#generation) this.#onEvent(event);
        },
        onClose: (error) => {
          if (generation === this.#generation) this.#onClose(error);
        },
      },
    );
    // A transport may report an immediate failure before it returns.
    if (generation === this.#generation) this.#cancelWatch = cancel;
  }

  #onEvent(event: WatchEvent): void {
    if (event.type === "ERROR") {
      this.#onStatus(event.object as StatusBody);
      return;
    }
    this.#streamHadEvent = true;
    const object = event.object as T;
    this.#resourceVersion = object.metadata.resourceVersion ?? this.#resourceVersion;
    if (event.type === "BOOKMARK") return;
    this.#options.onEvent(event.type, typed(this.#options.kind, object));
  }

  #onStatus(status: StatusBody): void {
    this.#cancelWatch?.();
    this.#generation += 1; // The close that follows says nothing new.
    const error = new StatusError(status.code ?? 500, status);
    if (isExpired(error)) {
      this.#options.onError(error);
      void this.#list();
      return;
    }
    this.#fail(error);
  }

  #onClose(error?: Error): void {
    this.#cancelWatch = undefined;
    this.#generation += 1;
    const lifeMs = this.#options.clock.now() - this.#streamStartMs;
    if (error === undefined && (this.#streamHadEvent || lifeMs >= shortStreamMs)) {
      this.#watch(); // The server ends every stream sooner or later; nothing is lost.
      return;
    }
    this.#fail(error ?? new Error("the server closed the watch at once"));
  }

  #fail(error: Error): void {
    const { clock, random, kind, onError } = this.#options;
    onError(error);
    // Whoever heard of the failure may have stopped the reflector.
    if ((this.#state as string) === "stopped") return;
    const nowMs = clock.now();
    this.#failures = nowMs - this.#lastFailureMs > calmMs ? 1 : this.#failures + 1;
    this.#lastFailureMs = nowMs;
    const delayMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (this.#failures - 1));
    const jitter = 1 + random.next("reflector", kindId(kind));
    const retryAfterMs = error instanceof StatusError ? (error.retryAfterMs ?? 0) : 0;
    this.#state = "waiting";
    this.#timer = clock.setTimeout(
      () => (this.#resourceVersion === "" ? void this.#list() : this.#watch()),
      Math.max(delayMs * jitter, retryAfterMs),
      `reflector ${kindId(kind)}`,
    );
  }
}
