import { expect, test } from "vitest";
import { ConfigMap } from "../api/kubernetes.ts";
import { keyOf } from "./client.ts";
import { sleep } from "./clock.ts";
import { type Controller, type ControllerDeps, done, watch } from "./controller.ts";
import { createManager } from "./manager.ts";
import { configMap, minute, observer, world } from "./manager-world.ts";

test("a controller hears of objects that exist and of those that come, and reads its own writes", async () => {
  const seen: string[] = [];
  const { kernel, manager } = world(({ client }) => [
    {
      name: "configmap",
      for: watch({
        kind: ConfigMap,
        toRequests: (object) => [keyOf(object)],
        predicate: (object) => object.metadata.namespace === "default",
      }),
      reconciler: {
        reconcile: async (key) => {
          const object = await client.get(ConfigMap, key);
          if (object?.data?.["count"] !== "0") return done;
          await client.mergePatch(ConfigMap, key, { data: { count: "1" } });
          const again = await client.get(ConfigMap, key);
          seen.push(`${key.name}=${again?.data?.["count"]}`);
          return done;
        },
      },
    },
  ]);
  await kernel.complete(manager.apiReader.create(ConfigMap, configMap("a", { count: "0" })), {
    horizonMs: minute,
  });
  manager.start();
  await kernel.run(() => manager.ready && seen.length === 1, { horizonMs: minute });
  await kernel.complete(manager.client.create(ConfigMap, configMap("b", { count: "0" })), {
    horizonMs: minute,
  });
  await kernel.run(() => seen.length === 2, { horizonMs: minute });
  expect(seen).toEqual(["a=1", "b=1"]);
});

test("dropped, expired and failing watches lose no change", async () => {
  const seen = new Map<string, string>();
  const { kernel, manager, weather, people } = world(observer(seen));
  manager.start();
  await kernel.run(() => manager.ready, { horizonMs: minute });
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  await run(people.create(ConfigMap, configMap("kept", { value: "0" })));
  await run(people.create(ConfigMap, configMap("deleted", { value: "0" })));
  const storms = [
    () => weather.dropWatches(),
    () => weather.dropWatches(new Error("reset")),
    () => weather.expireWatches(),
    () => {
      weather.fail = ({ method }) => (method === "GET" ? 500 : undefined);
      weather.expireWatches();
    },
  ];
  let value = 0;
  for (const storm of storms) {
    storm();
    value += 1;
    const data = { value: String(value) };
    await run(people.mergePatch(ConfigMap, { namespace: "default", name: "kept" }, { data }));
    await kernel.runFor(2_000);
    weather.fail = undefined;
    const expected = String(value);
    await kernel.run(() => seen.get("kept") === expected, { horizonMs: minute });
  }
  weather.expireWatches();
  await run(people.delete(ConfigMap, { namespace: "default", name: "deleted" }));
  await kernel.run(() => !seen.has("deleted"), { horizonMs: minute });
});

test("ten thousand reconnects leave as little behind as one", async () => {
  const seen = new Map<string, string>();
  const { kernel, manager, weather } = world(observer(seen));
  manager.start();
  await kernel.run(() => manager.ready, { horizonMs: minute });
  const before = { held: manager.life.held, timers: kernel.clock.pendingTimers };
  const times = process.env["SEATRIAL_FULL"] === undefined ? 1_000 : 10_000;
  for (let n = 0; n < times; n += 1) {
    weather.dropWatches();
    await kernel.runFor(2_000);
  }
  expect(manager.life.held).toBe(before.held);
  expect(kernel.clock.pendingTimers).toBeLessThanOrEqual(before.timers + 1);
});

test("a create whose answer is lost is seen by the next read, although no watch has reported it", async () => {
  const { kernel, manager, weather } = world(() => []);
  manager.start();
  const { client } = manager;
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  const namespace = "default";
  expect(await run(client.list(ConfigMap, { namespace }))).toHaveLength(0);
  for (const name of ["named", ""]) {
    weather.fail = ({ method }) => (method === "POST" ? "after" : undefined);
    const object = configMap(name);
    if (name === "") object.metadata.generateName = "made-";
    await expect(run(client.create(ConfigMap, object))).rejects.toThrow("connection reset");
    weather.fail = undefined;
    weather.dropWatches(new Error("and no watch"));
    const found = await run(client.list(ConfigMap, { namespace }));
    expect(found).toHaveLength(name === "" ? 2 : 1);
  }
});

test("a write that was lost before it took effect is not believed", async () => {
  const { kernel, manager, weather } = world(() => []);
  manager.start();
  const { client } = manager;
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  const key = { namespace: "default", name: "a" };
  expect(await run(client.get(ConfigMap, key))).toBeUndefined();
  weather.fail = ({ method }) => (method === "POST" ? "before" : undefined);
  await expect(run(client.create(ConfigMap, configMap("a")))).rejects.toThrow("refused");
  weather.fail = undefined;
  expect(await run(client.get(ConfigMap, key))).toBeUndefined();
});

test("reads follow own deletes at once, and a new object of the same name is another one", async () => {
  const { kernel, manager } = world(() => []);
  manager.start();
  const { client } = manager;
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  const key = { namespace: "default", name: "a" };
  expect(await run(client.get(ConfigMap, key))).toBeUndefined();
  for (const value of ["1", "2", "3"]) {
    await run(client.create(ConfigMap, configMap("a", { value })));
    expect((await run(client.get(ConfigMap, key)))?.data).toEqual({ value });
    await run(client.delete(ConfigMap, key));
    expect(await run(client.get(ConfigMap, key))).toBeUndefined();
  }
  await kernel.runFor(1000);
  expect(await run(client.get(ConfigMap, key))).toBeUndefined();
  expect(await run(client.list(ConfigMap, { namespace: "default" }))).toEqual([]);
});

test("an answer that comes after the news of the deletion does not bring the object back", async () => {
  const { kernel, manager, weather, people } = world(() => []);
  manager.start();
  const { client } = manager;
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  const key = { namespace: "default", name: "a" };
  await run(client.list(ConfigMap));
  await run(client.create(ConfigMap, configMap("a")));
  weather.hold = ({ method }) => (method === "PATCH" ? sleep(kernel.clock, 5_000) : undefined);
  const patched = client.mergePatch(ConfigMap, key, { data: { value: "1" } });
  await kernel.runFor(1_000);
  await run(people.delete(ConfigMap, key));
  await kernel.runFor(1_000);
  expect(await run(client.get(ConfigMap, key))).toBeUndefined();
  await run(patched);
  expect(await run(client.get(ConfigMap, key))).toBeUndefined();
});

test("an object that always fails does not delay the others", async () => {
  const seen: string[] = [];
  const { kernel, manager, people } = world(() => [
    {
      name: "picky",
      for: watch({
        kind: ConfigMap,
        toRequests: (object) => [keyOf(object)],
        predicate: (object) => object.metadata.namespace === "default",
      }),
      reconciler: {
        reconcile: async ({ name }) => {
          if (name === "poison") throw new Error("always");
          seen.push(name);
          return done;
        },
      },
    },
  ]);
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  await run(people.create(ConfigMap, configMap("poison")));
  manager.start();
  await kernel.runFor(minute);
  const beforeMs = kernel.clock.now();
  await run(people.create(ConfigMap, configMap("healthy")));
  await kernel.run(() => seen.includes("healthy"), { horizonMs: minute });
  expect(kernel.clock.now() - beforeMs).toBeLessThan(100);
});

test("a manager that has crashed writes nothing more, and its successor goes on", async () => {
  const writes: string[] = [];
  const controllers =
    (name: string) =>
    (deps: ControllerDeps): Controller[] => [
      {
        name: "slow",
        for: watch({ kind: ConfigMap, toRequests: (object) => [keyOf(object)] }),
        reconciler: {
          reconcile: async (key) => {
            if (key.name !== "work") return done;
            await sleep(deps.clock, 10_000);
            writes.push(name);
            await deps.client.mergePatch(ConfigMap, key, { data: { by: name } });
            return done;
          },
        },
      },
    ];
  const first = world(controllers("first"));
  const { kernel, transport, people } = first;
  const { clock, random } = kernel;
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  await run(people.create(ConfigMap, configMap("work")));
  first.manager.start();
  await kernel.runFor(5_000);
  first.manager.abandon();
  await kernel.runFor(20_000);
  expect(writes).toEqual([]);
  const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
  const options = { transport, clock, random, logger: silent, syncPeriodMs: 0 };
  const second = createManager({ ...options, controllers: controllers("second") });
  second.start();
  await kernel.run(() => writes.length > 0, { horizonMs: minute });
  expect(writes[0]).toBe("second");
});

test("a stopped manager lets the reconcile under way finish and takes no more", async () => {
  const finished: string[] = [];
  const { kernel, manager, people } = world(({ clock }) => [
    {
      name: "slow",
      for: watch({
        kind: ConfigMap,
        toRequests: (object) => [keyOf(object)],
        predicate: (object) => object.metadata.namespace === "default",
      }),
      reconciler: {
        reconcile: async ({ name }) => {
          await sleep(clock, 10_000);
          finished.push(name);
          return done;
        },
      },
    },
  ]);
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  await run(people.create(ConfigMap, configMap("a")));
  await run(people.create(ConfigMap, configMap("b")));
  manager.start();
  await kernel.runFor(5_000);
  await run(manager.stop());
  expect(finished).toEqual(["a"]);
  await kernel.runFor(minute);
  expect(finished).toEqual(["a"]);
  expect(kernel.clock.pendingTimers).toBe(0);
});

test("each controller's calls name it in the user agent, other calls name none, and fields belong to the manager", async () => {
  const asked: string[] = [];
  const writer = (name: string, { client }: ControllerDeps): Controller => ({
    name,
    for: watch({
      kind: ConfigMap,
      toRequests: (object) => [keyOf(object)],
      predicate: ({ metadata }) => metadata.name === name,
    }),
    reconciler: {
      reconcile: async (key) => {
        // The other controller is woken in the middle of this one's work.
        await client.mergePatch(ConfigMap, { ...key, name: "second" }, { data: { by: name } });
        return done;
      },
    },
  });
  const { kernel, manager, people, weather } = world((deps) => [
    writer("first", deps),
    writer("second", deps),
  ]);
  weather.fail = ({ method, path, controller }) => {
    if (method !== "GET") asked.push(`${controller ?? "nobody"} ${path.split("/").at(-1)}`);
    return undefined;
  };
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  await run(people.create(ConfigMap, configMap("second")));
  await run(people.create(ConfigMap, configMap("first")));
  manager.start();
  await kernel.runFor(minute);
  expect(new Set(asked)).toEqual(new Set(["first second", "second second"]));
  await run(manager.client.mergePatch(ConfigMap, { namespace: "default", name: "first" }, {}));
  expect(asked.at(-1)).toBe("nobody first");
  const written = await run(people.get(ConfigMap, { namespace: "default", name: "second" }));
  expect(written?.metadata.managedFields).toEqual([
    expect.objectContaining({ manager: "seatrial" }),
  ]);
});
