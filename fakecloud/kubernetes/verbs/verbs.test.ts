import { expect, test } from "vitest";
import { testWorld } from "../test-world.ts";

const pods = "/api/v1/namespaces/default/pods";
const merge = { contentType: "application/merge-patch+json" };

test("a node that registers with a status alone is owned by nobody", async () => {
  const { call } = testWorld();
  const { body } = await call("POST", "/api/v1/nodes", {
    metadata: { name: "n" },
    status: { capacity: { cpu: "2" } },
  });
  expect(body.metadata.managedFields).toBeUndefined();
  expect(body.status.allocatable).toEqual({ cpu: "2" });
  expect(body.spec.taints).toEqual([{ key: "node.kubernetes.io/not-ready", effect: "NoSchedule" }]);
  const cordoned = await call("PATCH", "/api/v1/nodes/n", { spec: { unschedulable: true } }, merge);
  expect(cordoned.body.metadata.managedFields).toBeUndefined();
});

test("binding a pod leaves its generation and its owners alone", async () => {
  const { call } = testWorld();
  const { body: created } = await call("POST", pods, {
    metadata: { name: "p" },
    spec: { containers: [{ name: "c", image: "registry.example/image:1" }] },
  });
  const target = { kind: "Node", name: "n" };
  await call("POST", `${pods}/p/binding`, { metadata: { name: "p" }, target });
  const { body } = await call("GET", `${pods}/p`);
  expect(body.spec.nodeName).toBe("n");
  expect(body.metadata.generation).toBe(created.metadata.generation);
  expect(body.metadata.managedFields).toEqual(created.metadata.managedFields);
});

test("a patch of the status takes nothing else away", async () => {
  const { call, kernel } = testWorld();
  const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const schema = { openAPIV3Schema: { type: "object", properties: { spec: open, status: open } } };
  const version = { name: "v1", served: true, storage: true, schema, subresources: { status: {} } };
  const names = { plural: "boats", kind: "Boat" };
  await call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    metadata: { name: "boats.seatrial.dev" },
    spec: { group: "seatrial.dev", scope: "Cluster", names, versions: [version] },
  });
  await kernel.runFor(100);
  const boats = "/apis/seatrial.dev/v1/boats";
  const boat = { apiVersion: "seatrial.dev/v1", kind: "Boat", metadata: { name: "a" } };
  await call("POST", boats, { ...boat, spec: { metres: 3 } });
  const patch = { spec: null, status: { afloat: true } };
  const { body } = await call("PATCH", `${boats}/a/status`, patch, merge);
  expect(body).toMatchObject({ spec: { metres: 3 }, status: { afloat: true } });
  const alone = await call("PATCH", `${boats}/a/status`, { spec: null }, merge);
  expect(alone.body).toEqual(body);
});

test("a prototype in a body is a field like any other, and harms nobody", async () => {
  const { call } = testWorld();
  const body = JSON.parse(
    '{"metadata":{"name":"a","labels":{"__proto__":"x"}},"data":{"__proto__":"y","constructor":"z"}}',
  ) as object;
  const created = await call("POST", "/api/v1/namespaces/default/configmaps", body);
  expect(created.status).toBeGreaterThanOrEqual(200);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  expect(Object.prototype).not.toHaveProperty("y");
  expect((await call("GET", "/api/v1/namespaces/default")).status).toBe(200);
});

test("every page of a list that changes meanwhile tells of one version, until it is forgotten", async () => {
  const { call, kernel } = testWorld();
  const maps = "/api/v1/namespaces/default/configmaps";
  for (const name of ["a", "b", "c"]) await call("POST", maps, { metadata: { name } });
  const first = await call("GET", maps, undefined, { query: { limit: "1" } });
  const token = first.body.metadata.continue;
  await kernel.runFor(400_000);
  await call("POST", maps, { metadata: { name: "d" } });
  await kernel.runFor(400_000);
  const late = await call("GET", maps, undefined, { query: { limit: "1", continue: token } });
  expect(late).toMatchObject({ status: 410, body: { reason: "Expired" } });
  const { continue: fresh } = late.body.metadata;
  const rest = await call("GET", maps, undefined, { query: { continue: fresh } });
  expect(
    rest.body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name),
  ).toEqual(["b", "c", "d"]);
});
