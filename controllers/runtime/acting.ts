import { AsyncLocalStorage } from "node:async_hooks";

const acting = new AsyncLocalStorage<string>();

/**
 * Calls to API servers that come out of this work name the controller as a part of the user agent, as client-go's
 * AddUserAgent does: one process holds many controllers, and logs, traces and findings should tell them apart.
 */
export function actAs<T>(controller: string, work: () => Promise<T>): Promise<T> {
  return acting.run(controller, work);
}

/** Undefined outside of a reconcile: watches, probes, leader election. */
export function actingController(): string | undefined {
  return acting.getStore();
}
