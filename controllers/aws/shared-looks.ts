import { type Clock, sleep } from "../runtime/clock.ts";

/** How long the first of several looks waits for the others. */
const windowMs = 20;

interface Group<T> {
  readonly keys: Set<string>;
  readonly found: Promise<ReadonlyMap<string, T>>;
}

/**
 * Looks at things of one kind that are wanted within a moment share one call: at a resync every machine looks at its instance, and
 * AWS throttles accounts, not machines.
 */
export class SharedLooks<Client extends object, T> {
  readonly #look: (client: Client, keys: readonly string[]) => Promise<ReadonlyMap<string, T>>;
  readonly #groups = new WeakMap<Client, Group<T>>();

  constructor(look: (client: Client, keys: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
    this.#look = look;
  }

  /** Undefined if it is not there; a failure of the shared call is everybody's. */
  async get(client: Client, clock: Clock, key: string): Promise<T | undefined> {
    const group = this.#groups.get(client) ?? this.#gather(client, clock);
    group.keys.add(key);
    return (await group.found).get(key);
  }

  #gather(client: Client, clock: Clock): Group<T> {
    const keys = new Set<string>();
    const found = sleep(clock, windowMs, { label: "looks at AWS that share a call" }).then(() => {
      this.#groups.delete(client);
      return this.#look(client, [...keys]);
    });
    const group = { keys, found };
    this.#groups.set(client, group);
    return group;
  }
}
