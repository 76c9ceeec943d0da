import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Store } from "../store.ts";

/** A client with the rights of a control plane's own controllers. */
export interface Caller {
  create(path: string, object: unknown): Promise<unknown>;
  ensure(path: string, object: unknown): Promise<void>;
  patch(path: string, patch: unknown): Promise<unknown>;
  delete(path: string, options?: object): Promise<void>;
}

export interface ControllerContext {
  readonly clock: Clock;
  /** Never scaled: for what is computed from timestamps. */
  readonly wallClock: Clock;
  readonly random: Random;
  /** Stable name of the cluster, for keyed draws and the names of timers. */
  readonly name: string;
  readonly store: Store;
  /** What certificates are signed with, and what pods trust. */
  readonly ca: { readonly certificatePem: string; readonly privateKeyPem: string };
  /** How long a kubelet may be silent before its node counts as lost. */
  readonly nodeGraceMs: () => number;
  /** Controllers act only while their control plane has a quorum. */
  readonly isUp: () => boolean;
  readonly call: () => Caller;
}

/** The objects of a table, read straight from the store: looking costs nothing and changes nothing. */
export function objectsOf<T>(context: ControllerContext, table: string): readonly T[] {
  return context.store
    .table(table)
    .list()
    .map(({ object }) => object as unknown as T);
}
