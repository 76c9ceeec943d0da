import type { Kind, KubeObject } from "./client.ts";
import type { Clock } from "./clock.ts";
import { Informer } from "./informer.ts";
import type { Random } from "./random.ts";
import { kindId } from "./resource-path.ts";
import type { RestClient } from "./rest.ts";

export interface CachesOptions {
  readonly rest: RestClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly onError?: (kind: Kind<KubeObject>, error: Error) => void;
}

/** One informer per kind, started when the first reader or watcher asks for it, shared by all. */
export class Caches {
  readonly #options: CachesOptions;
  readonly #informers = new Map<string, Informer>();
  #stopped = false;

  constructor(options: CachesOptions) {
    this.#options = options;
  }

  informer<T extends KubeObject>(kind: Kind<T>): Informer {
    const id = kindId(kind);
    let informer = this.#informers.get(id);
    if (informer === undefined) {
      if (this.#stopped)
        throw new Error(`the caches have been stopped; ${kind.plural} cannot be read`);
      informer = new Informer({ ...this.#options, kind });
      this.#informers.set(id, informer);
      informer.start();
    }
    return informer;
  }

  /** Undefined if nobody has asked for the kind yet. */
  existing<T extends KubeObject>(kind: Kind<T>): Informer | undefined {
    return this.#informers.get(kindId(kind));
  }

  all(): Iterable<Informer> {
    return this.#informers.values();
  }

  stop(): void {
    this.#stopped = true;
    for (const informer of this.#informers.values()) informer.stop();
  }
}
