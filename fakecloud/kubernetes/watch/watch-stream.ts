import type { TimerHandle } from "../../kernel/clock.ts";
import type { RequestContext } from "../context.ts";
import type { ApiStream, WatchStreamEvent } from "../contract.ts";
import { type Core, tableOf } from "../core.ts";
import type { Change } from "../history.ts";
import { deepFreeze } from "../json.ts";
import { type KubeObject, withMeta } from "../object.ts";
import { shapedSink } from "../presentation.ts";
import { withConversions } from "../registry/remote-conversion.ts";
import type { Resource } from "../registry/resource.ts";
import { present } from "../registry/views.ts";
import { expired, internalError, type Status, StatusError, tooLargeVersion } from "../status.ts";
import { type Selection, selectionOf } from "../verbs/read.ts";
import { type WatchOptions, watchOptions } from "./watch-options.ts";

type Sink = Parameters<ApiStream["start"]>[0];

const bookmarkMs = 60_000;
const lastBookmarkMs = 2000;
const shortestDefaultMs = 1_800_000;

/** One watch: the past that was asked for, then the present, until its time is over or the client goes. */
export class WatchStream implements ApiStream {
  readonly kind = "stream";
  readonly status = 200;
  readonly headers: Readonly<Record<string, string>>;
  readonly #core: Core;
  readonly #context: RequestContext;
  readonly #options: WatchOptions;
  readonly #selection: Selection;
  #sink: Sink | undefined;
  #unsubscribe: (() => void) | undefined;
  #bookmarkTimer: TimerHandle;
  #deadlineTimer: TimerHandle;
  #lastRevision = 0;
  /** The newest version that the client has heard of: from here, or from what it asked with. */
  #toldRevision = 0;
  /** What is still to be told, in order, where a webhook converts. */
  readonly #waiting: (() => void)[] = [];
  readonly #onEnd: (stream: WatchStream) => void;

  constructor(
    core: Core,
    context: RequestContext,
    headers: Readonly<Record<string, string>>,
    onEnd: (stream: WatchStream) => void,
  ) {
    this.#core = core;
    this.#context = context;
    this.#options = watchOptions(context);
    this.#selection = selectionOf(context);
    this.headers = headers;
    this.#onEnd = onEnd;
  }

  get resource(): RequestContext["resource"] {
    return this.#context.resource;
  }

  start(sink: Sink): void {
    this.#sink = shapedSink(this.#context, this.#core.clock, sink);
    const table = tableOf(this.#core, this.#context);
    const { version, sendInitialEvents } = this.#options;
    this.#lastRevision = this.#core.store.revision;
    this.#toldRevision = version;
    if (sendInitialEvents === true && version > this.#core.store.revision) {
      this.#fail(tooLargeVersion(version, this.#core.store.revision).status);
      return;
    }
    const initial = sendInitialEvents ?? version === 0;
    table.forget(this.#core.clock.now());
    if (initial) this.#sendCurrent();
    else if (version > 0 && version < table.historyStart) {
      this.#fail(expired(`too old resource version: ${version} (${table.historyStart})`).status);
      return;
    } else if (version > 0) {
      // Nothing that was missed may come after what is sent now, and nothing before the version that the client has.
      this.#lastRevision = version;
      for (const change of table.changesSince(version)) this.#onChange(change);
      this.#lastRevision = Math.max(this.#lastRevision, this.#core.store.revision);
    }
    if (this.#sink === undefined) return; // The client left while it was being told about the past.
    this.#unsubscribe = table.onChange((change) => this.#onChange(change));
    this.#schedule();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#core.clock.clearTimeout(this.#bookmarkTimer);
    this.#core.clock.clearTimeout(this.#deadlineTimer);
    this.#sink = undefined;
    this.#onEnd(this);
  }

  /** Ends the stream without an error: the client may watch again from where it was. */
  close(): void {
    const sink = this.#sink;
    this.stop();
    sink?.close();
  }

  #fail(status: unknown): void {
    this.#send({ type: "ERROR", object: status });
    this.close();
  }

  #send(event: WatchStreamEvent): void {
    this.#sink?.event(event);
  }

  #sendCurrent(): void {
    const { resource, namespace } = this.#context;
    const table = tableOf(this.#core, this.#context);
    // A sink that stops the stream half-way must not disturb the walk.
    for (const entry of table.list(namespace).slice()) {
      this.#inOrder(() => {
        const object = present(resource, entry.object);
        if (this.#matches(object)) this.#send({ type: "ADDED", object });
      });
    }
    if (this.#options.sendInitialEvents === true && this.#options.bookmarks) this.#bookmark(true);
  }

  /** Does something now, or, while a webhook is asked to convert what comes before it, as soon as that has been told. */
  #inOrder(work: () => void): void {
    if (this.#context.resource.conversion.isRemote !== true) {
      work();
      return;
    }
    this.#waiting.push(work);
    if (this.#waiting.length === 1) void this.#drain();
  }

  async #drain(): Promise<void> {
    for (let work = this.#waiting[0]; work !== undefined; work = this.#waiting[0]) {
      try {
        await withConversions(work);
      } catch (error) {
        this.#waiting.length = 0;
        if (this.#sink !== undefined) this.#fail(statusOf(error));
        return;
      }
      this.#waiting.shift();
    }
  }

  #matches(object: KubeObject): boolean {
    const { matches } = this.#selection;
    return matches === undefined || matches(object);
  }

  #onChange(change: Change): void {
    if (change.revision <= this.#lastRevision) return;
    const { namespace, resource } = this.#context;
    if (namespace !== "" && change.entry.namespace !== namespace) return;
    this.#lastRevision = change.revision;
    this.#inOrder(() => this.#tell(change, resource));
  }

  #tell(change: Change, resource: Resource): void {
    const event = this.#eventOf(change, resource);
    if (event === undefined) return;
    this.#toldRevision = change.revision;
    this.#send(event);
  }

  #eventOf(change: Change, resource: Resource): WatchStreamEvent | undefined {
    const object = present(resource, change.entry.object);
    if (change.type === "DELETED") {
      return this.#matches(object) ? { type: "DELETED", object } : undefined;
    }
    const { previous } = change;
    const before = previous === undefined ? undefined : present(resource, previous.object);
    const wasIn = before !== undefined && this.#matches(before);
    if (this.#matches(object)) return { type: wasIn ? "MODIFIED" : "ADDED", object };
    return wasIn ? { type: "DELETED", object: leaving(before, change.revision) } : undefined;
  }

  #schedule(): void {
    const { resource, namespace } = this.#context;
    const { clock, random, state } = this.#core;
    const label = `watch ${resource.table} in ${state.name}`;
    const { timeoutSeconds, bookmarks } = this.#options;
    const key = `${state.name}/${resource.table}/${namespace}`;
    const lifeMs =
      timeoutSeconds === undefined || timeoutSeconds <= 0
        ? Math.floor(shortestDefaultMs * (1 + random.next("watch-timeout", key)))
        : timeoutSeconds * 1000;
    this.#deadlineTimer = clock.setTimeout(() => this.close(), lifeMs, label);
    if (!bookmarks) return;
    const endMs = clock.now() + lifeMs;
    const tick = () => {
      this.#bookmark(false);
      next();
    };
    const next = () => {
      const leftMs = endMs - clock.now() - lastBookmarkMs;
      if (leftMs > 0) {
        const delayMs = Math.min(bookmarkMs, leftMs);
        this.#bookmarkTimer = clock.setTimeout(tick, delayMs, label);
      }
    };
    next();
  }

  #bookmark(initialEventsEnd: boolean): void {
    const { apiVersion, kind } = this.#context.resource;
    // While commits wait to become durable, watchers are behind the store: a bookmark must not promise more than was sent.
    const settled = this.#core.store.pendingFlush === undefined;
    const revision = settled ? this.#core.store.revision : this.#lastRevision;
    // "Clients may not assume bookmarks are returned at any specific interval" (API concepts): one that tells nothing new is
    // left out, and in a calm cluster nearly all would be such.
    if (!initialEventsEnd && revision === this.#toldRevision) return;
    this.#toldRevision = revision;
    const metadata = {
      resourceVersion: String(revision),
      ...(initialEventsEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {}),
    };
    const object = deepFreeze({ kind, apiVersion, metadata });
    this.#inOrder(() => this.#send({ type: "BOOKMARK", object }));
  }
}

/** What is told of an object that no longer matches: its last matching state, under the version in which it left. */
function leaving(before: KubeObject, revision: number): KubeObject {
  return deepFreeze(withMeta(before, { resourceVersion: String(revision) }));
}

function statusOf(error: unknown): Status {
  if (error instanceof StatusError) return error.status;
  return internalError(error instanceof Error ? error.message : String(error)).status;
}
