import { expect, test } from "vitest";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ConfigMap, Namespace } from "../api/kubernetes.ts";
import { keyOf } from "./client.ts";
import { sleep } from "./clock.ts";
import { type Controller, done, watch } from "./controller.ts";
import { configMap, minute, observer, world } from "./manager-world.ts";

const full = process.env["SEATRIAL_FULL"] !== undefined;
const namespace = "default";

function listing(path: string) {
  return ({ method, path: own, query }: { method: string; path: string; query?: object }) =>
    method === "GET" && own.endsWith(path) && query !== undefined && "limit" in query;
}

test("a list that takes a minute holds up no controller of another kind", async () => {
  const seen: string[] = [];
  const follow = (kind: typeof ConfigMap | typeof Namespace): Controller => ({
    name: kind.plural,
    for: watch({ kind: kind as typeof ConfigMap, toRequests: (object) => [keyOf(object)] }),
    reconciler: {
      reconcile: async ({ name }) => {
        seen.push(`${kind.plural}/${name}`);
        return done;
      },
    },
  });
  const { kernel, manager, people, weather } = world(() => [follow(ConfigMap), follow(Namespace)]);
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  await run(people.create(ConfigMap, configMap("slow")));
  const isSlow = listing("/configmaps");
  weather.hold = (request) => (isSlow(request) ? sleep(kernel.clock, minute) : undefined);
  manager.start();
  await kernel.runFor(5_000);
  expect(seen).toContain("namespaces/default");
  expect(seen).not.toContain("configmaps/slow");
  expect(manager.ready).toBe(false);
  await kernel.runFor(minute);
  expect(seen).toContain("configmaps/slow");
  expect(manager.ready).toBe(true);
});

test("a collection of many pages is whole, also when its version expires on the way", async () => {
  const seen = new Map<string, string>();
  const { kernel, manager, people, weather } = world(observer(seen));
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: 10 * minute });
  for (let index = 0; index < 1_100; index += 1) {
    await run(people.create(ConfigMap, configMap(`m${index}`, { value: `${index}` })));
  }
  let expired = 0;
  const requests: object[] = [];
  weather.fail = ({ method, path, query }) => {
    if (method !== "GET" || !path.endsWith("/configmaps")) return undefined;
    requests.push(query ?? {});
    if (query?.["continue"] === undefined || expired > 0) return undefined;
    expired += 1;
    return 410;
  };
  manager.start();
  await kernel.run(() => seen.size === 1_100, { horizonMs: minute });
  expect(expired).toBe(1);
  // Two pages, and then all at once.
  expect(requests.length).toBeLessThanOrEqual(4);
});

test("a server that asks to come back later is left alone until then, and a write is sent once only", async () => {
  const { kernel, manager, weather, people } = world(() => []);
  manager.start();
  const sentMs: number[] = [];
  weather.fail = ({ method }) => {
    if (method !== "PATCH") return undefined;
    sentMs.push(kernel.clock.now());
    return sentMs.length < 3 ? { status: 429, retryAfterSeconds: 7 } : undefined;
  };
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  await run(people.create(ConfigMap, configMap("a")));
  const key = { namespace, name: "a" };
  const patched = await run(manager.client.mergePatch(ConfigMap, key, { data: { value: "1" } }));
  expect(patched.data).toEqual({ value: "1" });
  const gaps = sentMs.slice(1).map((ms, index) => ms - (sentMs[index] ?? 0));
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(7_000);
  expect(gaps).toHaveLength(2);
  sentMs.length = 0;
  weather.fail = ({ method }) => {
    if (method !== "POST") return undefined;
    sentMs.push(kernel.clock.now());
    return 500;
  };
  await expect(run(manager.client.create(ConfigMap, configMap("b")))).rejects.toThrow("injected");
  expect(sentMs).toHaveLength(1);
});

test("writers that are always in each other's way all get through", async () => {
  const { kernel, manager, people } = world(() => []);
  manager.start();
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: 10 * minute });
  await run(people.create(ConfigMap, configMap("count", { value: "0" })));
  const key = { namespace, name: "count" };
  /** Reads and writes with the version that was read, and begins again when somebody was faster. */
  const increment = async (): Promise<void> => {
    for (;;) {
      const found = (await manager.apiReader.get(ConfigMap, key))!;
      const data = { value: String(Number(found.data?.["value"]) + 1) };
      try {
        await manager.client.update(ConfigMap, { ...found, data });
        return;
      } catch {
        await sleep(kernel.clock, 10);
      }
    }
  };
  await run(Promise.all(Array.from({ length: 20 }, increment)));
  expect((await run(people.get(ConfigMap, key)))?.data).toEqual({ value: "20" });
  expect((await run(manager.client.get(ConfigMap, key)))?.data).toEqual({ value: "20" });
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("memory stays flat over ten thousand lists that replace everything", async () => {
  const seen = new Map<string, string>();
  const { kernel, manager, weather, people } = world(observer(seen));
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  for (let index = 0; index < 20; index += 1) {
    await run(people.create(ConfigMap, configMap(`m${index}`, { value: "x".repeat(1_000) })));
  }
  manager.start();
  await kernel.run(() => seen.size === 20, { horizonMs: minute });
  let lists = 0;
  const isList = listing("/configmaps");
  weather.fail = (request) => {
    if (isList(request)) lists += 1;
    return undefined;
  };
  const storm = async (times: number): Promise<number> => {
    for (let n = 0; n < times; n += 1) {
      weather.expireWatches();
      // Longer than the longest pause between two attempts.
      await kernel.runFor(31_000);
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const before = await storm(100);
  const after = await storm(full ? 10_000 : 300);
  expect(lists).toBeGreaterThan(full ? 10_000 : 300);
  // Twenty objects of a kilobyte: one leaked copy per list would be 6 MB, or 200 MB in the full run.
  expect(after - before).toBeLessThan(full ? 20_000_000 : 3_000_000);
});
