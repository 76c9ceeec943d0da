import { expect, test } from "vitest";
import { sleep } from "./clock.ts";
import { replaceGlobals } from "./globals.ts";
import { DeadlockError, HorizonError, Kernel } from "./kernel.ts";

const hour = 3_600_000;

test("a day of virtual time passes in one step per timer", async () => {
  const kernel = new Kernel({ seed: "1" });
  await kernel.runFor(24 * hour);
  expect(kernel.clock.now() - kernel.startMs).toBe(24 * hour);
  expect(kernel.steps).toBe(1);
});

test("timers of one label keep their order at one time, whatever the seed", async () => {
  for (const seed of ["a", "b", "c", "d"]) {
    const kernel = new Kernel({ seed });
    const seen: number[] = [];
    for (const n of [1, 2, 3]) kernel.clock.setTimeout(() => seen.push(n), 5, "stream");
    await kernel.runFor(10);
    expect(seen).toEqual([1, 2, 3]);
  }
});

test("seeds explore different orders among labels at one time", async () => {
  const orders = new Set<string>();
  for (let seed = 0; seed < 40; seed += 1) {
    const kernel = new Kernel({ seed: `${seed}` });
    let order = "";
    for (const label of ["a", "b", "c"]) kernel.clock.setTimeout(() => (order += label), 5, label);
    await kernel.runFor(10);
    orders.add(order);
  }
  expect(orders.size).toBe(6);
});

test("a cancelled timer does not run and does not hold the run", async () => {
  const kernel = new Kernel({ seed: "1" });
  const timer = kernel.clock.setTimeout(() => expect.unreachable(), 5);
  kernel.clock.clearTimeout(timer);
  kernel.clock.clearTimeout(timer);
  expect(kernel.clock.pendingTimers).toBe(0);
  await kernel.runFor(10);
});

test("an idle kernel with no timer is a deadlock that says who waits for what", async () => {
  const kernel = new Kernel({ seed: "7" });
  kernel.onDeadlock(() => ["queue machine: waits for a watch event"]);
  const run = kernel.run(() => false, { horizonMs: hour, waitingFor: "a Node" });
  await expect(run).rejects.toThrow(DeadlockError);
  await expect(run).rejects.toThrow(
    "deadlock at 2026-01-05T08:00:00Z (seed 7, step 0): still waiting for a Node, and no timer is set.\n" +
      "  - queue machine: waits for a watch event",
  );
});

test("a run that does not end within its horizon names what comes next", async () => {
  const kernel = new Kernel({ seed: "7" });
  const tick = () => void kernel.clock.setTimeout(tick, 1000, "heartbeat");
  tick();
  const run = kernel.run(() => false, { horizonMs: 10_000, waitingFor: "a Node" });
  await expect(run).rejects.toThrow(HorizonError);
  await expect(run).rejects.toThrow("a Node did not come within 10 s of virtual time");
  await expect(run).rejects.toThrow("in 1 s: heartbeat");
});

test("external work holds the clock, and results come in the order of the requests", async () => {
  const kernel = new Kernel({ seed: "1" });
  const seen: string[] = [];
  const slow = new Promise<string>((resolve) => setTimeout(() => resolve("slow"), 20));
  const fast = Promise.resolve("fast");
  const startMs = kernel.clock.now();
  for (const work of [slow, fast]) {
    void kernel.external(work).then((name) => seen.push(`${name}@${kernel.clock.now() - startMs}`));
  }
  kernel.clock.setTimeout(() => seen.push("timer@1"), 1);
  await kernel.runFor(5);
  expect(seen).toEqual(["slow@0", "fast@0", "timer@1"]);
});

test("ten thousand awaits settle before the next timer", async () => {
  const kernel = new Kernel({ seed: "1" });
  let doneAtMs = -1;
  void (async () => {
    for (let n = 0; n < 10_000; n += 1) await Promise.resolve();
    doneAtMs = kernel.clock.now();
  })();
  kernel.clock.setTimeout(() => undefined, 1);
  await kernel.runFor(5);
  expect(doneAtMs).toBe(kernel.startMs);
});

test("an aborted sleep leaves no timer", async () => {
  const kernel = new Kernel({ seed: "1" });
  const controller = new AbortController();
  const nap = sleep(kernel.clock, hour, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(nap).rejects.toThrow("enough");
  expect(kernel.clock.pendingTimers).toBe(0);
});

test("inside a world the globals are virtual, keyed or forbidden, and afterwards the real ones again", () => {
  const kernel = new Kernel({ seed: "1" });
  const real = { Date, setTimeout, random: Math.random, uuid: crypto.randomUUID };
  const restore = replaceGlobals(kernel);
  try {
    expect(new Date().toISOString()).toBe("2026-01-05T08:00:00.000Z");
    expect(Date.now()).toBe(kernel.startMs);
    expect(new Date(0).getTime()).toBe(0);
    expect(new Date() instanceof Date).toBe(true);
    expect(performance.now()).toBe(0);
    const [random, uuid] = [Math.random(), crypto.randomUUID()];
    expect(() => setTimeout(() => undefined, 1)).toThrow("setTimeout inside a simulation");
    expect(() => AbortSignal.timeout(1)).toThrow("AbortSignal.timeout inside a simulation");
    expect(() => replaceGlobals(new Kernel({ seed: "2" }))).toThrow("a world with seed 1");
    restore();
    const again = replaceGlobals(new Kernel({ seed: "1" }));
    expect([Math.random(), crypto.randomUUID()]).toEqual([random, uuid]);
    again();
  } finally {
    restore();
  }
  expect({ Date, setTimeout, random: Math.random, uuid: crypto.randomUUID }).toEqual(real);
});
