import { query, type RequestContext } from "../context.ts";
import type { Core } from "../core.ts";

/** As long as the cache of the real server waits to become that fresh. */
const patienceMs = 3000;

/** Undefined for a read that need not wait: then nothing of it is put off by so much as a turn. */
export function futureOf(core: Core, context: RequestContext): number | undefined {
  if (context.verb !== "get" && context.verb !== "list") return undefined;
  const asked = query(context, "resourceVersion");
  if (asked === "" || !/^\d{1,20}$/.test(asked)) return undefined;
  const version = Number(asked);
  return version > core.store.revision ? version : undefined;
}

/** Resolves once the store is at a version, or when that has taken too long; the read itself then says so. */
export function awaitVersion({ store, clock }: Core, version: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.onChange(() => {
      if (store.revision >= version) done();
    });
    const timer = clock.setTimeout(() => done(), patienceMs, `a read of version ${version}`);
    const done = () => {
      stop();
      clock.clearTimeout(timer);
      resolve();
    };
  });
}
