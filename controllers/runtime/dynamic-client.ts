import type {
  Client,
  DeleteOptions,
  Kind,
  KubeObject,
  ListOptions,
  ObjectKey,
  PatchOptions,
} from "./client.ts";
import { Discovery } from "./discovery.ts";
import { isNotFound } from "./errors.ts";
import { withoutUndefined } from "./json.ts";
import { listAll } from "./lists.ts";
import { apiVersionOf, collectionPath, type KindAddress, objectPath } from "./resource-path.ts";
import { RestClient, type RestOptions } from "./rest.ts";

/** The client of one API server. Every read goes to the server; `manager.ts` puts caches in front of it. */
export function createClient(options: RestOptions): DynamicClient {
  return new DynamicClient(new RestClient(options));
}

export class DynamicClient implements Client {
  readonly rest: RestClient;
  readonly #discovery: Discovery;

  constructor(rest: RestClient) {
    this.rest = rest;
    this.#discovery = new Discovery(rest);
  }

  async get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<T | undefined> {
    try {
      return (await this.rest.call({ method: "GET", path: objectPath(kind, key) })) as T;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<readonly T[]> {
    const { items } = await listAll(this.rest, kind, options);
    return items;
  }

  async create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<T> {
    return (await this.rest.call({
      method: "POST",
      path: collectionPath(kind, object.metadata.namespace),
      query: { fieldManager: this.rest.fieldManager },
      body: withoutUndefined(object),
    })) as T;
  }

  async update<T extends KubeObject>(
    kind: Kind<T>,
    object: T,
    options: PatchOptions = {},
  ): Promise<T> {
    const { namespace = "", name } = object.metadata;
    return (await this.rest.call({
      method: "PUT",
      path: objectPath(kind, { namespace, name }, options.subresource),
      query: this.#writeQuery(options),
      body: withoutUndefined(object),
    })) as T;
  }

  async mergePatch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: unknown,
    options: PatchOptions = {},
  ): Promise<T> {
    return (await this.rest.call({
      method: "PATCH",
      path: objectPath(kind, key, options.subresource),
      query: this.#writeQuery(options),
      contentType: "application/merge-patch+json",
      body: withoutUndefined(patch),
    })) as T;
  }

  async apply<T extends KubeObject>(
    kind: Kind<T>,
    object: unknown,
    options: PatchOptions & { readonly fieldManager: string; readonly force?: boolean },
  ): Promise<T> {
    const { namespace = "", name } = (object as KubeObject).metadata;
    const typed = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...(object as object) };
    return (await this.rest.call({
      method: "PATCH",
      path: objectPath(kind, { namespace, name }, options.subresource),
      query: {
        ...this.#writeQuery(options),
        fieldManager: options.fieldManager,
        force: String(options.force ?? false),
      },
      contentType: "application/apply-patch+yaml",
      body: withoutUndefined(typed),
    })) as T;
  }

  async delete<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.deleteReturning(kind, key, options);
  }

  /** As `delete`, with the server's answer: the object while finalizers hold it, else a Status; undefined if not found. */
  async deleteReturning(
    kind: KindAddress,
    key: ObjectKey,
    options: DeleteOptions = {},
  ): Promise<unknown> {
    try {
      return await this.rest.call({
        method: "DELETE",
        path: objectPath(kind, key),
        body: withoutUndefined({ kind: "DeleteOptions", apiVersion: "v1", ...options }),
      });
    } catch (error) {
      if (isNotFound(error)) return undefined; // Somebody else was faster.
      throw error;
    }
  }

  /** Never repeated: a refusal by a budget carries a time to come back, but drain decides when it tries again. */
  async evict(pod: ObjectKey, gracePeriodSeconds?: number): Promise<void> {
    const eviction = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: pod.name, namespace: pod.namespace },
      deleteOptions: { gracePeriodSeconds },
    };
    await this.rest.call(
      {
        method: "POST",
        path: objectPath(podKind, pod, "eviction"),
        body: withoutUndefined(eviction),
      },
      { retry: false },
    );
  }

  kindFor(apiVersion: string, kind: string): Promise<Kind> {
    return this.#discovery.kindFor(apiVersion, kind);
  }

  #writeQuery(options: PatchOptions): Record<string, string> {
    return {
      fieldManager: this.rest.fieldManager,
      ...(options.dryRun === true ? { dryRun: "All" } : {}),
    };
  }
}

const podKind: Kind = { group: "", version: "v1", kind: "Pod", plural: "pods", namespaced: true };
