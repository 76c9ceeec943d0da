import type { Kind, KubeObject, ListOptions, ObjectKey } from "./client.ts";
import type { Clock } from "./clock.ts";
import { isNotFound, messageOf, NoMatchError } from "./errors.ts";
import { typed } from "./lists.ts";
import type { Random } from "./random.ts";
import { Reflector } from "./reflector.ts";
import { apiVersionOf, keyText, keyTextOf } from "./resource-path.ts";
import type { RestClient } from "./rest.ts";
import { IndexedStore, isNewer } from "./store.ts";

/** Hears of every change that the watch reports; on delete, `object` is the last state and `deleted` is true. */
export type ChangeHandler = (
  object: KubeObject,
  old: KubeObject | undefined,
  deleted: boolean,
) => void;

export interface InformerOptions {
  readonly rest: RestClient;
  readonly kind: Kind<KubeObject>;
  readonly clock: Clock;
  readonly random: Random;
  readonly onError?: (kind: Kind<KubeObject>, error: Error) => void;
}

/** Answers are late by seconds at most; so many deletions in that time are plenty. */
const mostGraves = 4096;

/**
 * The shared cache of one kind. It keeps two views. `observed` is what the watch has reported: changes are announced against
 * it, so an own write is announced like anybody's when the watch brings it. `current` is what readers get: `observed` overlaid
 * with the answers to own writes, so that no reader ever sees a state older than this process's last write.
 */
export class Informer {
  readonly #options: InformerOptions;
  readonly #reflector: Reflector<KubeObject>;
  readonly #observed = new Map<string, KubeObject>();
  readonly #current = new IndexedStore();
  /** UIDs of objects that own writes have deleted and that the watch has not reported as deleted yet. */
  readonly #buried = new Map<string, string | undefined>();
  /** The last version of objects that are gone, by UID: the answer to an own write may come after the news of the deletion. */
  readonly #graves = new Map<string, string>();
  readonly #handlers: ChangeHandler[] = [];
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  readonly #patient: (() => void)[] = [];
  #synced = false;
  #lastError: Error | undefined;
  /** Keys with a write of unknown outcome; `"*"` stands for a create with a generated name. */
  readonly #doubtful = new Set<string>();

  constructor(options: InformerOptions) {
    this.#options = options;
    this.#reflector = new Reflector({
      ...options,
      onReplace: (list) => this.#replace(list.items, list.resourceVersion),
      onEvent: (type, object) => this.#apply(object, type === "DELETED"),
      onError: (error) => this.#fail(error),
    });
  }

  get kind(): Kind<KubeObject> {
    return this.#options.kind;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get doubtful(): ReadonlySet<string> {
    return this.#doubtful;
  }

  start(): void {
    this.#reflector.start();
  }

  stop(): void {
    this.#reflector.stop();
    this.#release(new Error(`the cache of ${this.kind.plural} has been stopped`));
  }

  /** A later handler hears of everything that is known already as added. */
  onChange(handler: ChangeHandler): void {
    this.#handlers.push(handler);
    if (this.#synced)
      for (const object of this.#observed.values()) handler(object, undefined, false);
  }

  /** Rejects when the first list fails, so that a reader does not wait for a kind that nobody serves. */
  waitForSync(): Promise<void> {
    if (this.#synced) return Promise.resolve();
    if (this.#lastError !== undefined) return Promise.reject(this.#explain(this.#lastError));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Resolves when the first list has arrived, however long that takes. */
  whenSynced(): Promise<void> {
    if (this.#synced) return Promise.resolve();
    return new Promise((resolve) => this.#patient.push(resolve));
  }

  get(key: ObjectKey): KubeObject | undefined {
    return this.#current.get(key);
  }

  list(options?: ListOptions): readonly KubeObject[] {
    return this.#current.list(options);
  }

  ownedBy(uid: string): readonly KubeObject[] {
    return this.#current.ownedBy(uid);
  }

  /** What the watch has reported, for periodic resyncs. */
  observed(): Iterable<KubeObject> {
    return this.#observed.values();
  }

  /** The answer to an own write, or to a read from the server itself. */
  overlay(answer: KubeObject): void {
    const object = typed(this.kind, answer);
    const key = keyTextOf(object);
    this.#doubtful.delete(key);
    if (isGone(object)) {
      this.bury(key, object.metadata.uid);
      return;
    }
    const known = this.#current.getText(key);
    if (known !== undefined && !isNewer(version(object), version(known))) return;
    if (this.#isInGrave(object)) return;
    this.#buried.delete(key);
    this.#current.set(object);
  }

  /** An own delete has been answered: the object is gone, whatever late events still say of it. */
  bury(key: string, uid?: string): void {
    this.#doubtful.delete(key);
    const known = this.#current.getText(key);
    if (known === undefined && !this.#observed.has(key)) return;
    this.#buried.set(key, uid ?? known?.metadata.uid);
    this.#current.delete(key);
  }

  /** A write has failed without an answer: the next reader must look at the server before it trusts this cache. */
  doubt(key: ObjectKey): void {
    this.#doubtful.add(key.name === "" ? "*" : keyText(key));
  }

  clearDoubt(key: string): void {
    this.#doubtful.delete(key);
  }

  #apply(object: KubeObject, deleted: boolean): void {
    const key = keyTextOf(object);
    const old = this.#observed.get(key);
    if (deleted) {
      this.#dig(object, version(object));
      this.#observed.delete(key);
      this.#buried.delete(key);
      const known = this.#current.getText(key);
      // An own write may have made a successor of the same name already.
      if (known?.metadata.uid === object.metadata.uid) this.#current.delete(key);
      this.#announce(object, old, true);
      return;
    }
    if (old !== undefined && version(old) === version(object)) return;
    this.#observed.set(key, object);
    this.#show(key, object);
    this.#announce(object, old, false);
  }

  /** Puts an observed object into the readers' view, unless an own write has made something newer. */
  #show(key: string, object: KubeObject): void {
    if (this.#buried.has(key)) {
      if (this.#buried.get(key) === object.metadata.uid) return;
      this.#buried.delete(key);
    }
    const known = this.#current.getText(key);
    if (known === undefined || isNewer(version(object), version(known))) this.#current.set(object);
  }

  #replace(items: readonly KubeObject[], listVersion: string): void {
    const present = new Set<string>();
    this.#buried.clear();
    for (const object of items) {
      present.add(keyTextOf(object));
      this.#apply(object, false);
    }
    for (const key of this.#current.keys()) {
      const known = this.#current.getText(key);
      if (present.has(key) || known === undefined) continue;
      // Own writes that are younger than the list stay; the watch will bring them.
      if (!isNewer(version(known), listVersion)) this.#current.delete(key);
    }
    for (const [key, old] of this.#observed) {
      if (present.has(key)) continue;
      this.#dig(old, listVersion);
      this.#observed.delete(key);
      this.#announce(old, old, true);
    }
    this.#synced = true;
    this.#lastError = undefined;
    this.#release();
    for (const resolve of this.#patient.splice(0)) resolve();
  }

  #isInGrave(object: KubeObject): boolean {
    const grave = this.#graves.get(object.metadata.uid ?? "");
    return grave !== undefined && !isNewer(version(object), grave);
  }

  #dig({ metadata }: KubeObject, atVersion: string | undefined): void {
    if (metadata.uid === undefined || atVersion === undefined) return;
    this.#graves.set(metadata.uid, atVersion);
    if (this.#graves.size <= mostGraves) return;
    const [oldest] = this.#graves.keys();
    if (oldest !== undefined) this.#graves.delete(oldest);
  }

  #announce(object: KubeObject, old: KubeObject | undefined, deleted: boolean): void {
    for (const handler of this.#handlers) handler(object, old, deleted);
  }

  #fail(error: Error): void {
    this.#options.onError?.(this.kind, error);
    if (this.#synced) return;
    this.#lastError = error;
    this.#release(this.#explain(error));
  }

  #explain(error: Error): Error {
    const { kind } = this;
    return isNotFound(error)
      ? new NoMatchError(`no matches for kind "${kind.kind}" in version "${apiVersionOf(kind)}"`)
      : new Error(`the cache of ${kind.plural} is not filled: ${messageOf(error)}`, {
          cause: error,
        });
  }

  #release(error?: Error): void {
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (error === undefined) resolve();
      else reject(error);
    }
  }
}

function version(object: KubeObject): string | undefined {
  return object.metadata.resourceVersion;
}

/** The answer to the write that removed the last finalizer shows the object a last time. */
function isGone({ metadata }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0
  );
}
