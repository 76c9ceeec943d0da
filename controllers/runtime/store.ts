import type { KubeObject, ListOptions, ObjectKey } from "./client.ts";
import { parseLabelSelector } from "./label-selector.ts";
import { keyText, keyTextOf } from "./resource-path.ts";

/** Objects that share an index value, with their sorted list kept until a member changes. */
class Bucket {
  readonly #members = new Map<string, KubeObject>();
  #sorted: readonly KubeObject[] | undefined;

  set(key: string, object: KubeObject): void {
    this.#members.set(key, object);
    this.#sorted = undefined;
  }

  delete(key: string): void {
    if (this.#members.delete(key)) this.#sorted = undefined;
  }

  get size(): number {
    return this.#members.size;
  }

  /** In the order of the API server: by namespace, then by name. */
  list(): readonly KubeObject[] {
    this.#sorted ??= Object.freeze(
      [...this.#members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object),
    );
    return this.#sorted;
  }
}

const nothing: readonly KubeObject[] = Object.freeze([]);

/**
 * Objects of one kind with their indexes: namespace and owner UID always, a label key from the first time that somebody
 * selects by it. Lists are shared and frozen.
 */
export class IndexedStore {
  readonly #objects = new Map<string, KubeObject>();
  readonly #all = new Bucket();
  readonly #byNamespace = new Map<string, Bucket>();
  readonly #byOwner = new Map<string, Bucket>();
  readonly #byLabel = new Map<string, Map<string, Bucket>>();

  get(key: ObjectKey): KubeObject | undefined {
    return this.#objects.get(keyText(key));
  }

  getText(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()];
  }

  get size(): number {
    return this.#objects.size;
  }

  set(object: KubeObject): void {
    const key = keyTextOf(object);
    const old = this.#objects.get(key);
    if (old === object) return;
    if (old !== undefined) this.#unindex(key, old);
    this.#objects.set(key, object);
    for (const bucket of this.#bucketsOf(object)) bucket.set(key, object);
  }

  delete(key: string): void {
    const old = this.#objects.get(key);
    if (old === undefined) return;
    this.#objects.delete(key);
    this.#unindex(key, old);
  }

  list({ namespace = "", labels, labelSelector = "" }: ListOptions = {}): readonly KubeObject[] {
    const wanted = Object.entries(labels ?? {});
    const candidates = this.#candidates(namespace, wanted);
    if (wanted.length === 0 && labelSelector === "") return candidates;
    const selects = labelSelector === "" ? undefined : parseLabelSelector(labelSelector);
    return candidates.filter(({ metadata }) => {
      if (namespace !== "" && metadata.namespace !== namespace) return false;
      const own = metadata.labels ?? {};
      return wanted.every(([key, value]) => own[key] === value) && (selects?.(own) ?? true);
    });
  }

  /** The members of the smallest bucket that holds everything wanted. */
  #candidates(namespace: string, wanted: readonly (readonly [string, string])[]) {
    const buckets = wanted.map(([key, value]) => this.#labelIndex(key).get(value));
    if (buckets.length === 0) {
      buckets.push(namespace === "" ? this.#all : this.#byNamespace.get(namespace));
    }
    let smallest = buckets[0];
    for (const bucket of buckets) {
      if (bucket === undefined || smallest === undefined) return nothing;
      if (bucket.size < smallest.size) smallest = bucket;
    }
    return smallest?.list() ?? nothing;
  }

  ownedBy(uid: string): readonly KubeObject[] {
    return this.#byOwner.get(uid)?.list() ?? nothing;
  }

  #labelIndex(label: string): Map<string, Bucket> {
    let index = this.#byLabel.get(label);
    if (index === undefined) {
      index = new Map();
      this.#byLabel.set(label, index);
      for (const [key, object] of this.#objects) {
        const value = object.metadata.labels?.[label];
        if (value !== undefined) bucketAt(index, value).set(key, object);
      }
    }
    return index;
  }

  #unindex(key: string, old: KubeObject): void {
    for (const bucket of this.#bucketsOf(old)) bucket.delete(key);
    // Empty buckets of owners would pile up for ever: UIDs never come back.
    for (const { uid } of old.metadata.ownerReferences ?? []) {
      if (this.#byOwner.get(uid)?.size === 0) this.#byOwner.delete(uid);
    }
  }

  *#bucketsOf(object: KubeObject): Generator<Bucket> {
    const { namespace = "", ownerReferences, labels } = object.metadata;
    yield this.#all;
    yield bucketAt(this.#byNamespace, namespace);
    for (const { uid } of ownerReferences ?? []) yield bucketAt(this.#byOwner, uid);
    for (const [label, index] of this.#byLabel) {
      const value = labels?.[label];
      if (value !== undefined) yield bucketAt(index, value);
    }
  }
}

function bucketAt(index: Map<string, Bucket>, value: string): Bucket {
  let bucket = index.get(value);
  if (bucket === undefined) {
    bucket = new Bucket();
    index.set(value, bucket);
  }
  return bucket;
}

/**
 * Whether `a` is newer than `b`. Versions of one kind are numbers that grow (Kubernetes promises that since 1.35); text of
 * any other form counts as newer, so that a change is never missed.
 */
export function isNewer(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if (a === b) return false;
  if (!digits.test(a) || !digits.test(b)) return true;
  return a.length === b.length ? a > b : a.length > b.length;
}

const digits = /^[0-9]+$/;
