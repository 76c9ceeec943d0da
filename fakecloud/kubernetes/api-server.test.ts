import { expect, test } from "vitest";
import type { CreateApiServerOptions } from "./api-server.ts";
import type { InProcessWatchEvent } from "./in-process.ts";
import { type Body, testWorld } from "./test-world.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const merge = { contentType: "application/merge-patch+json" };

const machineDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: "machines.cluster.x-k8s.io",
    annotations: { "api-approved.kubernetes.io": "unapproved" },
  },
  spec: {
    group: "cluster.x-k8s.io",
    scope: "Namespaced",
    names: { plural: "machines", kind: "Machine" },
    versions: [
      {
        name: "v1beta1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
};
const machines = "/apis/cluster.x-k8s.io/v1beta1/namespaces/default/machines";
const machine = (name: string, spec: unknown = {}) => ({
  apiVersion: "cluster.x-k8s.io/v1beta1",
  kind: "Machine",
  metadata: { name },
  spec,
});

async function withMachines(options: Partial<CreateApiServerOptions> = {}) {
  const all = testWorld(options);
  await all.call("POST", definitions, machineDefinition);
  await all.kernel.runFor(100);
  return all;
}

test("what is created is read back with uid, time and version, and a second create is refused", async () => {
  const { call } = testWorld();
  const created = await call("POST", maps, { metadata: { name: "a" }, data: { x: "1" } });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", namespace: "default", creationTimestamp: "2026-01-05T08:00:00Z" },
  });
  expect(await call("GET", `${maps}/a`)).toMatchObject({ status: 200, body: created.body });
  expect(await call("POST", maps, { metadata: { name: "a" } })).toMatchObject({
    status: 409,
    body: { reason: "AlreadyExists", message: 'configmaps "a" already exists' },
  });
});

test("a stale update conflicts, and a write that changes nothing keeps its version", async () => {
  const { call } = testWorld();
  const { body: first } = await call("POST", maps, { metadata: { name: "a" }, data: { x: "1" } });
  const { body: second } = await call("PUT", `${maps}/a`, { ...first, data: { x: "2" } });
  expect(Number(second.metadata.resourceVersion)).toBe(Number(first.metadata.resourceVersion) + 1);
  expect(await call("PUT", `${maps}/a`, { ...first, data: { x: "3" } })).toMatchObject({
    status: 409,
    body: {
      reason: "Conflict",
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    },
  });
  const { body: same } = await call("PATCH", `${maps}/a`, { data: { x: "2" } }, merge);
  expect(same.metadata.resourceVersion).toBe(second.metadata.resourceVersion);
});

test("a definition is established a moment after it is created, and then serves", async () => {
  const { call, kernel } = testWorld();
  await call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", machineDefinition);
  expect(await call("GET", machines)).toMatchObject({ status: 404, body: "404 page not found\n" });
  await kernel.runFor(100);
  expect(await call("GET", machines)).toMatchObject({ status: 200, body: { kind: "MachineList" } });
});

// Turns red if the list is kept although a definition has come.
test("the root lists all paths that are no resources, and they answer", async () => {
  const { call, kernel } = testWorld();
  const before = (await call("GET", "/")).body["paths"] as readonly string[];
  expect(before).toEqual(before.toSorted());
  // The one is served over HTTPS only, the other is where documents begin.
  const others = before.filter((path) => !["/openapi/v2", "/openapi/v3/"].includes(path));
  for (const path of others) expect(await call("GET", path)).toMatchObject({ status: 200 });
  await call("POST", definitions, machineDefinition);
  await kernel.runFor(1000);
  const after = (await call("GET", "/index.html")).body["paths"];
  const custom = ["/apis/cluster.x-k8s.io", "/apis/cluster.x-k8s.io/v1beta1"];
  expect(after).toEqual([...before, ...custom].toSorted());
});

test("spec and status are written by their own endpoints, and only the spec counts generations", async () => {
  const { call } = await withMachines();
  const { body: created } = await call("POST", machines, {
    ...machine("m", { a: 1 }),
    status: { x: 1 },
  });
  expect(created.status).toBeUndefined();
  expect(created.metadata.generation).toBe(1);
  const patched = await call("PATCH", `${machines}/m`, { spec: { a: 2 }, status: { x: 2 } }, merge);
  expect(patched.body).toMatchObject({ spec: { a: 2 }, metadata: { generation: 2 } });
  expect(patched.body.status).toBeUndefined();
  const status = await call(
    "PATCH",
    `${machines}/m/status`,
    { metadata: { labels: { a: "b" } }, spec: { a: 3 }, status: { x: 3 } },
    merge,
  );
  expect(status.body).toMatchObject({
    spec: { a: 2 },
    status: { x: 3 },
    metadata: { generation: 2 },
  });
  expect(status.body.metadata.labels).toBeUndefined();
});

test("a finalizer holds a deleted object until it is removed", async () => {
  const { call } = await withMachines();
  const held = machine("m");
  await call("POST", machines, { ...held, metadata: { name: "m", finalizers: ["a.io/b"] } });
  const deleted = await call("DELETE", `${machines}/m`);
  expect(deleted.body.metadata.deletionTimestamp).toBe("2026-01-05T08:00:00Z");
  expect(deleted.body.metadata.generation).toBe(2);
  await call("PATCH", `${machines}/m`, { metadata: { finalizers: null } }, merge);
  expect((await call("GET", `${machines}/m`)).status).toBe(404);
});

test("a watch replays what came after a version, then tells what comes", async () => {
  const { call, transport, kernel } = await withMachines();
  const { body: first } = await call("POST", machines, machine("a"));
  await call("POST", machines, machine("b"));
  const events: InProcessWatchEvent[] = [];
  const cancel = transport.watch(
    { method: "GET", path: machines, query: { resourceVersion: first.metadata.resourceVersion } },
    {
      onEvent: (event) => events.push(event),
      onClose: () => events.push({ type: "ERROR", object: "closed" }),
    },
  );
  await kernel.runFor(1);
  await call("DELETE", `${machines}/a`);
  await kernel.runFor(1);
  expect(events.map(({ type, object }) => [type, (object as Body).metadata.name])).toEqual([
    ["ADDED", "b"],
    ["DELETED", "a"],
  ]);
  cancel();
});

test("generated names are drawn from the seed and never clash", async () => {
  const { call } = testWorld();
  const one = await call("POST", maps, { metadata: { generateName: "a-" } });
  const two = await call("POST", maps, { metadata: { generateName: "a-" } });
  expect(one.body.metadata.name).toMatch(/^a-[a-z0-9]{5}$/);
  expect(one.body.metadata.name).not.toBe(two.body.metadata.name);
});

test("lists come in pages of one version", async () => {
  const { call } = testWorld();
  for (const name of ["a", "b", "c", "d"]) await call("POST", maps, { metadata: { name } });
  const first = await call("GET", maps, undefined, { query: { limit: "3" } });
  expect(first.body.items).toHaveLength(3);
  expect(first.body.metadata.remainingItemCount).toBe(1);
  await call("DELETE", `${maps}/d`);
  const second = await call("GET", maps, undefined, {
    query: { limit: "3", continue: first.body.metadata.continue },
  });
  expect(second.body.items.map((item: Body) => item.metadata.name)).toEqual(["d"]);
  expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
});
