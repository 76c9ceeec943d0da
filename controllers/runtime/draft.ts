import type { Client, Kind, KubeObject } from "./client.ts";
import { mutableCopy } from "./json.ts";
import { persistChange } from "./persist.ts";

/**
 * An object that one reconcile changes and stores several times. Each `save` writes what has changed since the last one; what
 * others have changed meanwhile is never taken for something that this reconcile wants to undo.
 */
export class Draft<T extends KubeObject> {
  readonly #client: Client;
  readonly #kind: Kind<T>;
  readonly value: T;
  #base: T;
  #latest: T;

  constructor(client: Client, kind: Kind<T>, observed: T) {
    this.#client = client;
    this.#kind = kind;
    this.value = mutableCopy(observed);
    this.#base = observed;
    this.#latest = observed;
  }

  async save(): Promise<void> {
    const after = mutableCopy(this.value);
    const change = { before: this.#base, after, latest: this.#latest };
    this.#latest = await persistChange(this.#client, this.#kind, change);
    this.#base = after;
  }
}
