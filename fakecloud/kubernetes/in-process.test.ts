import { expect, test } from "vitest";
import type { FaultAction, FaultPoint } from "../kernel/faults.ts";
import { inProcessTransport, type InProcessWatchEvent } from "./in-process.ts";
import { administrator, type Body, testWorld } from "./test-world.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const create = (name: string) => ({
  method: "POST" as const,
  path: maps,
  body: { metadata: { name } },
});

function linked(decide: (point: FaultPoint) => FaultAction | undefined = () => undefined) {
  const world = testWorld();
  const { kernel, server } = world;
  const transport = inProcessTransport(server, {
    user: administrator,
    actor: "controller",
    clock: kernel.clock,
    random: kernel.random,
    faults: { decide },
  });
  const complete = <T>(promise: Promise<T>) => kernel.complete(promise, { horizonMs: 10_000 });
  return { ...world, transport, complete };
}

test("every crossing takes at least a millisecond, both ways", async () => {
  const { kernel, transport, complete } = linked();
  const startMs = kernel.clock.now();
  await complete(transport.request(create("a")));
  expect(kernel.clock.now() - startMs).toBeGreaterThanOrEqual(2);
});

test("what comes out is frozen and shared, what goes in is copied", async () => {
  const { transport, complete } = linked();
  const data: Record<string, string> = { x: "1" };
  await complete(transport.request({ ...create("a"), body: { metadata: { name: "a" }, data } }));
  data["x"] = "changed";
  const [one, other] = [
    await complete(transport.request({ method: "GET", path: `${maps}/a` })),
    await complete(transport.request({ method: "GET", path: `${maps}/a` })),
  ];
  expect(one.body).toBe(other.body);
  expect((one.body as Body).data).toEqual({ x: "1" });
  expect(() => ((one.body as Body).data.x = "2")).toThrow(TypeError);
});

test("a body that would not survive the wire is refused with its path", async () => {
  const { transport } = linked();
  const body = { metadata: { name: "a", annotations: { at: new Date(0) } } };
  await expect(transport.request({ ...create("a"), body })).rejects.toThrow(
    "not plain JSON: metadata.annotations.at is Date",
  );
});

test("a lost response leaves the write in place", async () => {
  const { transport, call, complete } = linked(({ operation, phase }) =>
    operation === "create configmaps" && phase === "afterCommit"
      ? { do: "loseResponse" }
      : undefined,
  );
  await expect(complete(transport.request(create("a")))).rejects.toThrow(
    "connection lost: create configmaps default",
  );
  expect((await call("GET", `${maps}/a`)).status).toBe(200);
});

test("a failure before the commit has no effect", async () => {
  const { transport, call, complete } = linked(({ phase }) =>
    phase === "beforeCommit" ? { do: "fail", code: "InternalError", status: 500 } : undefined,
  );
  const response = await complete(transport.request(create("a")));
  expect(response).toMatchObject({ status: 500, body: { reason: "InternalError" } });
  expect((await call("GET", `${maps}/a`)).status).toBe(404);
});

test("a broken watch ends with an error, and a new one goes on from where it was", async () => {
  let broken = false;
  const { transport, kernel, call } = linked(({ operation, object }) =>
    !broken && operation === "watch configmaps" && object === "b"
      ? { do: "loseResponse" }
      : undefined,
  );
  const seen: string[] = [];
  let version = "";
  const watch = () =>
    transport.watch(
      { method: "GET", path: maps, query: version === "" ? {} : { resourceVersion: version } },
      {
        onEvent: ({ type, object }: InProcessWatchEvent) => {
          const { metadata } = object as Body;
          version = metadata.resourceVersion;
          seen.push(`${type} ${metadata.name}`);
        },
        onClose: (error) => seen.push(`closed: ${error?.message ?? "cleanly"}`),
      },
    );
  watch();
  await call("POST", maps, { metadata: { name: "a" } });
  await kernel.runFor(100);
  await call("POST", maps, { metadata: { name: "b" } });
  await kernel.runFor(100);
  broken = true;
  watch();
  await kernel.runFor(100);
  expect(seen).toEqual(["ADDED a", "closed: connection lost: watch configmaps", "ADDED b"]);
});

test("a watch from before the compaction is told so with 410", async () => {
  const { transport, kernel, server } = linked();
  server.store.compact();
  const events: InProcessWatchEvent[] = [];
  transport.watch(
    { method: "GET", path: maps, query: { resourceVersion: "1" } },
    { onEvent: (event) => events.push(event), onClose: () => undefined },
  );
  await kernel.runFor(100);
  expect(events).toMatchObject([{ type: "ERROR", object: { code: 410, reason: "Expired" } }]);
});

test("a consumer that does not keep up loses its watch", async () => {
  const { kernel, server, call } = linked();
  const transport = inProcessTransport(server, {
    user: administrator,
    clock: kernel.clock,
    latencyMs: { min: 1000, max: 1000 },
    mostUndelivered: 5,
  });
  let closed = 0;
  transport.watch(
    { method: "GET", path: maps },
    { onEvent: () => undefined, onClose: () => (closed += 1) },
  );
  await kernel.runFor(3000);
  for (let n = 0; n < 20; n += 1) await call("POST", maps, { metadata: { name: `m${n}` } });
  await kernel.runFor(3000);
  expect(closed).toBe(1);
});

test("a watch that is cancelled says no more", async () => {
  const { transport, kernel, call } = linked();
  let events = 0;
  const cancel = transport.watch(
    { method: "GET", path: maps },
    { onEvent: () => (events += 1), onClose: () => (events += 100) },
  );
  await kernel.runFor(100);
  await call("POST", maps, { metadata: { name: "a" } });
  cancel();
  await kernel.runFor(100);
  expect(events).toBe(0);
});
