import { expect, test } from "vitest";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { WorkQueue } from "./work-queue.ts";

function queue(delayScale = 1, intervalMs = 0) {
  const kernel = new Kernel({ seed: "1" });
  const options = { delayScale, intervalMs };
  return { kernel, queue: new WorkQueue({ name: "test", clock: kernel.clock, ...options }) };
}

test("a key that is added again while it is worked on comes again afterwards, once", () => {
  const { queue: work } = queue();
  work.add("a");
  work.add("a");
  expect(work.take()).toBe("a");
  expect(work.take()).toBeUndefined();
  work.add("a");
  work.add("a");
  expect(work.take()).toBeUndefined();
  work.finish("a");
  expect(work.take()).toBe("a");
  work.finish("a");
  expect(work.take()).toBeUndefined();
});

test("a failing key waits twice as long each time, and a success resets that", async () => {
  const { kernel, queue: work } = queue();
  const startMs = kernel.clock.now();
  const times: number[] = [];
  work.onReady(() => {
    const key = work.take()!;
    times.push(kernel.clock.now() - startMs);
    work.finish(key);
    if (times.length === 4) work.forget(key);
    if (times.length < 6) work.addRateLimited(key);
  });
  work.add("a");
  await kernel.run(() => times.length === 6, { horizonMs: 10_000 });
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  expect(gaps).toEqual([5, 10, 20, 5, 10]);
});

test("a delayed key keeps the earlier of two due times, and one timer serves all keys", async () => {
  const { kernel, queue: work } = queue();
  work.addAfter("a", 1000);
  work.addAfter("b", 500);
  work.addAfter("a", 200);
  expect(kernel.clock.pendingTimers).toBe(1);
  await kernel.runFor(300);
  expect(work.take()).toBe("a");
  await kernel.runFor(300);
  expect(work.take()).toBe("b");
  await kernel.runFor(3000);
  expect(work.take()).toBeUndefined();
});

test("the time scale divides delays", async () => {
  const { kernel, queue: work } = queue(60);
  work.addAfter("a", 60_000);
  await kernel.runFor(1001);
  expect(work.take()).toBe("a");
});

test("more than a hundred failures at once are spread to ten a second", async () => {
  const { kernel, queue: work } = queue();
  for (let n = 0; n < 120; n += 1) work.addRateLimited(`${n}`);
  await kernel.runFor(50);
  expect(work.depth).toBe(100);
  await kernel.runFor(2000);
  expect(work.depth).toBe(120);
});

test("a key starts no sooner than its interval after its last start; all that comes meanwhile makes one start", async () => {
  const { kernel, queue: work } = queue(10, 1000); // 100 ms.
  work.add("a");
  expect(work.take()).toBe("a");
  work.add("a");
  work.finish("a");
  work.add("a");
  work.add("b");
  expect(work.take()).toBe("b");
  await kernel.runFor(99);
  expect(work.take()).toBeUndefined();
  await kernel.runFor(2);
  expect(work.take()).toBe("a");
  work.finish("a");
  await kernel.runFor(1000);
  expect(work.take()).toBeUndefined();
});

test("a key that fails waits for its back-off on top of its interval", async () => {
  const { kernel, queue: work } = queue(1, 1000);
  work.add("a");
  work.finish(work.take()!);
  work.addRateLimited("a");
  await kernel.runFor(1004);
  expect(work.take()).toBeUndefined();
  await kernel.runFor(2);
  expect(work.take()).toBe("a");
});
