import { expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { Cluster } from "../api/core/v1beta2.ts";
import { crds } from "../api/crds.ts";
import { ConfigMap, CustomResourceDefinition, Secret } from "../api/kubernetes.ts";
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

test("a stalled leader writes nothing to a workload cluster either", async () => {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random, trace } = kernel;
  const user = { username: "m", groups: ["system:masters"] };
  const lineTo = (name: string) => {
    const server = createApiServer({ clock, random, trace, name, version: "v1.36.0" });
    return inProcessTransport(server, { user, clock, random });
  };
  const [management, workload] = [lineTo("management"), lineTo("workload")];
  const people = createClient({ transport: management, clock, random });
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: minute });
  const clusters = crds.find(({ spec }) => spec.names["kind"] === "Cluster");
  await run(people.create(CustomResourceDefinition, clusters as never));
  await kernel.runFor(1000);
  const metadata = { namespace: "default", name: "c" };
  await run(
    people.create(Cluster, {
      apiVersion: "cluster.x-k8s.io/v1beta2",
      kind: "Cluster",
      metadata,
      spec: { paused: true },
    }),
  );
  const status = { initialization: { infrastructureProvisioned: true } };
  await run(people.mergePatch(Cluster, metadata, { status }, { subresource: "status" }));
  const value = Buffer.from("kubeconfig").toString("base64");
  await run(
    people.create(Secret, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "default", name: "c-kubeconfig" },
      data: { value },
    }),
  );
  let stalledMs = 0;
  const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
  const manager = createManager({
    transport: management,
    clock: {
      now: () => clock.now() + stalledMs,
      setTimeout: clock.setTimeout.bind(clock),
      clearTimeout: clock.clearTimeout.bind(clock),
    },
    random,
    logger: silent,
    controllers: () => [],
    workloadDialer: () => workload,
    leaderElection: { namespace: "kube-system", name: "test", identity: "a" },
  });
  manager.start();
  await kernel.runFor(5_000);
  const remote = await run(manager.workload.client(metadata));
  const create = (name: string) =>
    run(
      remote.create(ConfigMap, {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { namespace: "default", name },
      }),
    );
  await create("before");
  stalledMs = 10_001;
  await expect(create("after")).rejects.toThrow("not the leader");
  manager.abandon();
});
