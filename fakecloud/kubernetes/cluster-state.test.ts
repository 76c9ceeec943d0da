import { expect, test } from "vitest";
import { Kernel } from "../kernel/kernel.ts";
import { createApiServer } from "./api-server.ts";
import { ClusterState } from "./cluster-state.ts";
import { inProcessTransport } from "./in-process.ts";
import { administrator, type Body, testWorld } from "./test-world.ts";

const maps = "/api/v1/namespaces/default/configmaps";

function twoFrontEnds() {
  const kernel = new Kernel({ seed: "1" });
  const shared = { clock: kernel.clock, random: kernel.random, name: "default/c" };
  const state = new ClusterState(shared);
  const [one, other] = ["v1.33.1", "v1.34.0"].map((version) =>
    inProcessTransport(createApiServer({ ...shared, state, version }), { user: administrator }),
  );
  if (one === undefined || other === undefined) throw new Error("unreachable");
  return { kernel, state, one, other };
}

test("what is written through one control-plane node is read and watched through another", async () => {
  const { one, other, kernel } = twoFrontEnds();
  const seen: string[] = [];
  other.watch(
    { method: "GET", path: maps },
    {
      onEvent: ({ type, object }) => seen.push(`${type} ${(object as Body).metadata.name}`),
      onClose: () => seen.push("closed"),
    },
  );
  await kernel.runFor(1);
  await one.request({ method: "POST", path: maps, body: { metadata: { name: "a" } } });
  await kernel.runFor(1);
  expect(seen).toEqual(["ADDED a"]);
  const version = async (transport: typeof one) =>
    ((await transport.request({ method: "GET", path: "/version" })).body as Body).gitVersion;
  expect([await version(one), await version(other)]).toEqual(["v1.33.1", "v1.34.0"]);
});

test("without quorum writes and fresh reads fail as etcd fails, and readiness says so", async () => {
  const { one, state } = twoFrontEnds();
  let quorum = true;
  state.store.setAvailable(() => quorum);
  await one.request({ method: "POST", path: maps, body: { metadata: { name: "a" } } });
  quorum = false;
  const lost = { status: 500, body: { message: "etcdserver: request timed out" } };
  expect(await one.request({ method: "GET", path: `${maps}/a` })).toMatchObject(lost);
  expect(await one.request({ method: "GET", path: maps })).toMatchObject(lost);
  const body = { metadata: { name: "b" } };
  expect(await one.request({ method: "POST", path: maps, body })).toMatchObject(lost);
  expect(await one.request({ method: "DELETE", path: `${maps}/a` })).toMatchObject(lost);
  const ready = await one.request({ method: "GET", path: "/readyz" });
  expect(ready.status).toBe(500);
  expect(ready.body).toContain("[-]etcd failed: reason withheld");
  quorum = true;
  expect((await one.request({ method: "GET", path: `${maps}/a` })).status).toBe(200);
});

test("an answer and its watch event wait until the write is durable", async () => {
  const { call, server, transport, kernel } = testWorld();
  let durable: (() => void) | undefined;
  server.store.onCommit(() => new Promise<void>((resolve) => (durable = resolve)));
  const seen: string[] = [];
  transport.watch(
    { method: "GET", path: maps },
    { onEvent: ({ type }) => seen.push(type), onClose: () => undefined },
  );
  await kernel.runFor(1);
  const created = call("POST", maps, { metadata: { name: "a" } }).then(() => seen.push("answered"));
  await kernel.runFor(1);
  expect(seen).toEqual([]);
  durable?.();
  await created;
  await kernel.runFor(1);
  expect(seen.toSorted()).toEqual(["ADDED", "answered"]);
});

test("a restored cluster has its objects and definitions, and remembers nothing of before", async () => {
  const first = testWorld();
  await first.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    metadata: { name: "boats.seatrial.dev" },
    spec: {
      group: "seatrial.dev",
      scope: "Namespaced",
      names: { plural: "boats", kind: "Boat" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object" } },
        },
      ],
    },
  });
  await first.kernel.runFor(100);
  const boats = "/apis/seatrial.dev/v1/namespaces/default/boats";
  const boat = { apiVersion: "seatrial.dev/v1", kind: "Boat", metadata: { name: "a" } };
  const { body: before } = await first.call("POST", boats, boat);
  const second = testWorld();
  second.server.store.restore(first.server.store.snapshot());
  second.server.state.restored();
  expect((await second.call("GET", `${boats}/a`)).body).toEqual(before);
  const { body: next } = await second.call("POST", boats, { ...boat, metadata: { name: "b" } });
  expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(
    Number(before.metadata.resourceVersion),
  );
  const events: Body[] = [];
  second.transport.watch(
    { method: "GET", path: boats, query: { resourceVersion: "2" } },
    { onEvent: (event) => events.push(event), onClose: () => undefined },
  );
  await second.kernel.runFor(1);
  expect(events).toMatchObject([{ type: "ERROR", object: { code: 410 } }]);
});
