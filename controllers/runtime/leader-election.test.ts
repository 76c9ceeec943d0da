import { expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { ConfigMap } from "../api/kubernetes.ts";
import { keyOf } from "./client.ts";
import { type ControllerDeps, requeueAfter, watch } from "./controller.ts";
import { createClient } from "./dynamic-client.ts";
import { fenced, LeaderElector } from "./leader-election.ts";
import { createManager } from "./manager.ts";
import type { KubeRequest, Transport } from "./transport.ts";

const minute = 60_000;
const key = { namespace: "default", name: "counter" };

/** Two managers that write their name every second, each behind a line that can be cut. */
async function rivals() {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random, trace } = kernel;
  const server = createApiServer({ clock, random, trace, name: "management", version: "v1.36.0" });
  const writes: { by: string; atMs: number }[] = [];
  const cut = new Set<string>();
  const direct = inProcessTransport(server, {
    user: { username: "m", groups: ["system:masters"] },
    clock,
    random,
  });
  const people = createClient({ transport: direct, clock, random });
  await kernel.complete(
    people.create(ConfigMap, { apiVersion: "v1", kind: "ConfigMap", metadata: key }),
    { horizonMs: minute },
  );
  const isWrite = ({ method, path }: KubeRequest) =>
    method === "PATCH" && path.endsWith("/counter");
  const lineOf = (name: string): Transport => ({
    watch: (request, sink) => direct.watch(request, sink),
    request: async (request) => {
      // Only the lease is out of reach: the worst case, because work could go on.
      if (cut.has(name) && request.path.includes("/leases")) throw new Error("unreachable");
      if (isWrite(request)) writes.push({ by: name, atMs: clock.now() });
      return direct.request(request);
    },
  });
  const lost: string[] = [];
  const start = (name: string) => {
    const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
    const manager = createManager({
      transport: lineOf(name),
      clock,
      random,
      logger: silent,
      controllers: (deps: ControllerDeps) => [
        {
          name: "writer",
          for: watch({
            kind: ConfigMap,
            toRequests: (object) => [keyOf(object)],
            predicate: ({ metadata }) => metadata.name === key.name,
          }),
          reconciler: {
            reconcile: async () => {
              await deps.client.mergePatch(ConfigMap, key, { data: { by: name } });
              return requeueAfter(1000);
            },
          },
        },
      ],
      leaderElection: { namespace: "kube-system", name: "test", identity: name },
      onLeadershipLost: () => lost.push(name),
    });
    manager.start();
    return manager;
  };
  return { kernel, start, writes, cut, lost };
}

const authors = (writes: readonly { by: string }[]) => [...new Set(writes.map(({ by }) => by))];

test("only one of two managers works, and the other takes over when it is gone", async () => {
  const { kernel, start, writes } = await rivals();
  const a = start("a");
  await kernel.runFor(5_000);
  start("b");
  await kernel.runFor(minute);
  expect(authors(writes)).toEqual(["a"]);
  a.abandon();
  const before = writes.length;
  await kernel.runFor(minute);
  const after = writes.slice(before);
  expect(authors(after)).toEqual(["b"]);
  expect(after[0]!.atMs - writes[before - 1]!.atMs).toBeLessThan(25_000);
});

test("a manager that stops gives the lease back, so that the next one need not wait", async () => {
  const { kernel, start, writes } = await rivals();
  const a = start("a");
  await kernel.runFor(5_000);
  start("b");
  await kernel.runFor(10_000);
  await kernel.complete(a.stop(), { horizonMs: minute });
  const stoppedMs = kernel.clock.now();
  await kernel.run(() => writes.some(({ by }) => by === "b"), { horizonMs: minute });
  expect(kernel.clock.now() - stoppedMs).toBeLessThan(6_000);
});

test("no write of the old leader comes after the first of the new one, whatever is cut off", async () => {
  const { kernel, start, writes, cut, lost } = await rivals();
  start("a");
  await kernel.runFor(5_000);
  start("b");
  await kernel.runFor(10_000);
  cut.add("a");
  await kernel.runFor(2 * minute);
  expect(lost).toEqual(["a"]);
  const firstOfB = writes.findIndex(({ by }) => by === "b");
  expect(firstOfB).toBeGreaterThan(0);
  expect(authors(writes.slice(firstOfB))).toEqual(["b"]);
});

test("a leader that was stalled past its deadline writes nothing, even before it notices", async () => {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random, trace } = kernel;
  const server = createApiServer({ clock, random, trace, name: "management", version: "v1.36.0" });
  const direct = inProcessTransport(server, {
    user: { username: "m", groups: ["system:masters"] },
    clock,
    random,
  });
  // The process stands still: its timers do not fire, but time goes on.
  let stalledMs = 0;
  const stalling = {
    now: () => clock.now() + stalledMs,
    setTimeout: clock.setTimeout.bind(clock),
    clearTimeout: clock.clearTimeout.bind(clock),
  };
  const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
  const client = createClient({ transport: direct, clock, random });
  const elector = new LeaderElector(
    { namespace: "kube-system", name: "test", identity: "a" },
    { client, clock: stalling, random, logger: silent },
    { onElected: () => undefined, onLost: () => undefined },
  );
  elector.start();
  await kernel.run(() => elector.isLeader, { horizonMs: minute });
  const writer = createClient({
    transport: fenced(direct, () => elector.isLeader),
    clock,
    random,
    maxRetries: 0,
  });
  const map = { apiVersion: "v1" as const, kind: "ConfigMap" as const };
  const create = (name: string) =>
    kernel.complete(
      writer.create(ConfigMap, { ...map, metadata: { namespace: "default", name } }),
      { horizonMs: minute },
    );
  await create("before");
  stalledMs = 10_001;
  await expect(create("after")).rejects.toThrow("not the leader");
});
