import type { Kernel } from "./kernel.ts";
import { randomUuid } from "./random.ts";

let owner: Kernel | undefined;

/**
 * Third-party code cannot be linted, so while a world lives the globals are its own: `Date` and `performance` read the
 * virtual clock, `Math.random` and `randomUUID` are keyed draws, and timers throw, because nothing may wait outside the
 * kernel. Returns the function that puts everything back. One world per realm at a time: a second start throws.
 */
export function replaceGlobals(kernel: Kernel): () => void {
  if (owner !== undefined) {
    throw new Error(
      `a world with seed ${owner.seed} is still running in this realm; end it before starting another`,
    );
  }
  owner = kernel;
  const restores = [
    replace(globalThis, "Date", virtualDate(kernel)),
    replace(globalThis.performance, "now", () => kernel.clock.now() - kernel.startMs),
    replace(Math, "random", () => kernel.random.next("global", "Math.random")),
    replace(globalThis.crypto, "randomUUID", () =>
      randomUuid(kernel.random, "global", "crypto.randomUUID"),
    ),
    replace(globalThis.crypto, "getRandomValues", (array: NodeJS.TypedArray) =>
      fillKeyed(kernel, array),
    ),
    replace(AbortSignal, "timeout", forbidden("AbortSignal.timeout")),
    ...(["setTimeout", "setInterval", "setImmediate"] as const).map((name) =>
      replace(globalThis, name, forbidden(name)),
    ),
  ];
  return () => {
    for (const restore of restores.toReversed()) restore();
    owner = undefined;
  };
}

function forbidden(name: string): () => never {
  return () => {
    throw new Error(`${name} inside a simulation: only the kernel's clock may wait`);
  };
}

function replace(target: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    // What was inherited (crypto.randomUUID is a method of the prototype) comes back by removing the replacement.
    if (before === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, before);
  };
}

/** Dates are real ones: only what is said without a time is told by the virtual clock. */
function virtualDate(kernel: Kernel): DateConstructor {
  const RealDate = Date;
  const now = () => kernel.clock.now();
  function VirtualDate(...parameters: readonly unknown[]): Date | string {
    if (new.target === undefined) return new RealDate(now()).toString();
    const prototype = new.target === VirtualDate ? RealDate : new.target;
    const time = parameters.length === 0 ? [now()] : parameters;
    return Reflect.construct(RealDate, time, prototype) as Date;
  }
  const { UTC, parse, prototype } = RealDate;
  return Object.assign(VirtualDate, { UTC, parse, now, prototype }) as unknown as DateConstructor;
}

function fillKeyed<T extends NodeJS.TypedArray>(kernel: Kernel, array: T): T {
  const bytes = kernel.random.bytes("global", "crypto.getRandomValues", array.byteLength);
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes);
  return array;
}
