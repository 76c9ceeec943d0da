import { createHook } from "node:async_hooks";
import { registerHooks } from "node:module";

// Promises, ticks and the kernel's own immediates are what a simulation is made of; everything else is real work.
const harmless = new Set(["Immediate", "Microtask", "PROMISE", "TickObject"]);

// Work of the thread pool. Its synchronous form makes the same resource, does the work in place and is never called back.
const isWork = (type: string) => type === "ZLIB" || type.endsWith("REQUEST");

/**
 * Watches for what a simulation must not do: open a libuv handle (socket, file, timer, thread-pool work) or load a module.
 * `stop` ends the watch and returns what was seen, each once.
 */
export function watchHandles(): { stop(): readonly string[] } {
  const seen = new Set<string>();
  const work = new Map<number, string>();
  const resources = createHook({
    init: (id, type) => {
      if (isWork(type)) work.set(id, type);
      else if (!harmless.has(type)) seen.add(`handle ${type}`);
    },
    before: (id) => {
      const type = work.get(id);
      if (type !== undefined) seen.add(`handle ${type}`);
    },
    destroy: (id) => void work.delete(id),
  }).enable();
  const modules = registerHooks({
    load: (url, context, nextLoad) => {
      seen.add(`module ${url.slice(url.lastIndexOf("/") + 1)}`);
      return nextLoad(url, context);
    },
  });
  return {
    stop: () => {
      resources.disable();
      modules.deregister();
      return [...seen];
    },
  };
}
