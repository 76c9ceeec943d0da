import type { Caches } from "./caches.ts";
import type {
  Client,
  DeleteOptions,
  Kind,
  KubeObject,
  ListOptions,
  ObjectKey,
  PatchOptions,
} from "./client.ts";
import { keyOf } from "./client.ts";
import type { DynamicClient } from "./dynamic-client.ts";
import { isUncertain } from "./errors.ts";
import type { Informer } from "./informer.ts";
import { keyText, kindId, parseKeyText } from "./resource-path.ts";

export type ReadListener = (
  kind: Kind<KubeObject>,
  objects: readonly KubeObject[],
  how: "get" | "list",
) => void;

export interface CachedClientOptions {
  readonly live: DynamicClient;
  readonly caches: Caches;
  /** Kinds whose reads always go to the server: large, secret or rarely read. */
  readonly uncached?: readonly Omit<Kind, "type">[];
  /** False reads from a cache only where a watch keeps one anyway. */
  readonly startInformers?: boolean;
  /** Hears what is read from caches: for reports on what a reconcile believed. */
  readonly onRead?: ReadListener;
}

/**
 * Reads from the shared caches, writes to the API server. Each answer to a write is laid over the cache; after a write
 * without an answer the next read looks at the server first. So no reader misses a write of this process.
 */
export class CachedClient implements Client {
  readonly #live: DynamicClient;
  readonly #caches: Caches;
  readonly #uncached: ReadonlySet<string>;
  readonly #startInformers: boolean;
  readonly #onRead: ReadListener | undefined;

  constructor(options: CachedClientOptions) {
    this.#live = options.live;
    this.#caches = options.caches;
    this.#uncached = new Set((options.uncached ?? []).map(kindId));
    this.#startInformers = options.startInformers ?? true;
    this.#onRead = options.onRead;
  }

  async get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<T | undefined> {
    const informer = this.#informer(kind);
    if (informer === undefined) return this.#live.get(kind, key);
    if (!informer.synced) await informer.waitForSync();
    if (informer.doubtful.size > 0) await this.#resolveDoubts(informer);
    const found = informer.get(key);
    this.#onRead?.(kind, found === undefined ? [] : [found], "get");
    return found as T | undefined;
  }

  async list<T extends KubeObject>(
    kind: Kind<T>,
    options: ListOptions = {},
  ): Promise<readonly T[]> {
    const informer = options.fieldSelector === undefined ? this.#informer(kind) : undefined;
    if (informer === undefined) return this.#live.list(kind, options);
    if (!informer.synced) await informer.waitForSync();
    if (informer.doubtful.size > 0) await this.#resolveDoubts(informer);
    const found = informer.list(options);
    this.#onRead?.(kind, found, "list");
    return found as readonly T[];
  }

  /** Objects of this kind with an owner reference to the UID, in all namespaces. */
  async listOwnedBy<T extends KubeObject>(kind: Kind<T>, uid: string): Promise<readonly T[]> {
    const informer = this.#caches.informer(kind);
    if (!informer.synced) await informer.waitForSync();
    if (informer.doubtful.size > 0) await this.#resolveDoubts(informer);
    const found = informer.ownedBy(uid);
    this.#onRead?.(kind, found, "list");
    return found as readonly T[];
  }

  create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T> {
    const key = { namespace: object.metadata.namespace ?? "", name: object.metadata.name ?? "" };
    return this.#write(kind, key, () => this.#live.create(kind, object));
  }

  update<T extends KubeObject>(kind: Kind<T>, object: T, options: PatchOptions = {}): Promise<T> {
    return this.#write(
      kind,
      keyOf(object),
      () => this.#live.update(kind, object, options),
      options,
    );
  }

  mergePatch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: unknown,
    options: PatchOptions = {},
  ): Promise<T> {
    return this.#write(kind, key, () => this.#live.mergePatch(kind, key, patch, options), options);
  }

  apply<T extends KubeObject>(
    kind: Kind<T>,
    object: unknown,
    options: PatchOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<T> {
    const key = keyOf(object as KubeObject);
    return this.#write(kind, key, () => this.#live.apply(kind, object, options), options);
  }

  async delete<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): Promise<void> {
    const informer = this.#caches.existing(kind);
    try {
      const answer = await this.#live.deleteReturning(kind, key, options);
      if (isObject(answer)) informer?.overlay(answer);
      else informer?.bury(keyText(key));
    } catch (error) {
      if (isUncertain(error)) informer?.doubt(key);
      throw error;
    }
  }

  evict(pod: ObjectKey, gracePeriodSeconds?: number): Promise<void> {
    return this.#live.evict(pod, gracePeriodSeconds);
  }

  kindFor(apiVersion: string, kind: string): Promise<Kind> {
    return this.#live.kindFor(apiVersion, kind);
  }

  #informer<T extends KubeObject>(kind: Kind<T>): Informer | undefined {
    const existing = this.#caches.existing(kind);
    if (existing !== undefined) return existing;
    if (!this.#startInformers || this.#uncached.has(kindId(kind))) return undefined;
    return this.#caches.informer(kind);
  }

  async #write<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    send: () => Promise<T>,
    options: PatchOptions = {},
  ): Promise<T> {
    // The answer to a dry run shows what never was; a Scale is another kind of object.
    const informer =
      options.dryRun === true || options.subresource === "scale"
        ? undefined
        : this.#caches.existing(kind);
    try {
      const answer = await send();
      informer?.overlay(answer);
      return answer;
    } catch (error) {
      if (isUncertain(error)) informer?.doubt(key);
      throw error;
    }
  }

  async #resolveDoubts(informer: Informer): Promise<void> {
    for (const text of informer.doubtful) {
      if (text === "*") {
        const found = await this.#live.list(informer.kind);
        for (const object of found) informer.overlay(object);
        informer.clearDoubt(text);
        continue;
      }
      const found = await this.#live.get(informer.kind, parseKeyText(text));
      if (found === undefined) informer.bury(text);
      else informer.overlay(found);
    }
  }
}

/** A delete is answered with the object while something still holds it, else with a Status. */
function isObject(answer: unknown): answer is KubeObject {
  const metadata = (answer as { metadata?: { name?: string } } | undefined)?.metadata;
  return metadata?.name !== undefined && (answer as { kind?: string }).kind !== "Status";
}
