import { AsyncLocalStorage } from "node:async_hooks";
import type { ObjectKey } from "./client.ts";

/** One reconcile while it is at work. */
export interface Acting {
  readonly controller: string;
  readonly key: ObjectKey;
}

const acting = new AsyncLocalStorage<Acting>();

/**
 * Calls to API servers that come out of this work name the controller as a part of the user agent, as client-go's
 * AddUserAgent does: one process holds many controllers, and logs, traces and findings should tell them apart.
 */
export function actAs<T>(who: Acting, work: () => Promise<T>): Promise<T> {
  return acting.run(who, work);
}

/** Undefined outside of a reconcile: watches, probes, leader election. */
export function actingReconcile(): Acting | undefined {
  return acting.getStore();
}
