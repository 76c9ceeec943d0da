import { expect, test } from "vitest";
import { testWorld } from "../test-world.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const merge = { contentType: "application/merge-patch+json" };

async function owned() {
  const world = testWorld();
  const { call, kernel } = world;
  const { body: owner } = await call("POST", maps, { metadata: { name: "owner" } });
  const ownerReferences = [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      name: "owner",
      uid: owner.metadata.uid,
      blockOwnerDeletion: true,
    },
  ];
  await call("POST", maps, { metadata: { name: "child", ownerReferences } });
  await kernel.runFor(100);
  const exists = async (name: string) => (await call("GET", `${maps}/${name}`)).status === 200;
  return { ...world, owner, ownerReferences, exists };
}

test("what a deleted owner leaves behind is collected in the background", async () => {
  const { call, kernel, exists } = await owned();
  await call("DELETE", `${maps}/owner`);
  expect(await exists("owner")).toBe(false);
  expect(await exists("child")).toBe(true);
  await kernel.runFor(1000);
  expect(await exists("child")).toBe(false);
});

test("an owner deleted in the foreground stays until its blocking dependents are gone", async () => {
  const { call, kernel, exists } = await owned();
  await call("PATCH", `${maps}/child`, { metadata: { finalizers: ["a.io/hold"] } }, merge);
  await call("DELETE", `${maps}/owner`, { propagationPolicy: "Foreground" });
  await kernel.runFor(2000);
  expect(await exists("owner")).toBe(true);
  await call("PATCH", `${maps}/child`, { metadata: { finalizers: null } }, merge);
  await kernel.runFor(2000);
  expect([await exists("owner"), await exists("child")]).toEqual([false, false]);
});

test("orphans stay, without the reference to their owner", async () => {
  const { call, kernel, exists } = await owned();
  await call("DELETE", `${maps}/owner`, { propagationPolicy: "Orphan" });
  await kernel.runFor(2000);
  expect(await exists("owner")).toBe(false);
  const { body } = await call("GET", `${maps}/child`);
  expect(body.metadata.ownerReferences).toBeUndefined();
});

test("a dependent whose owner never existed, or was replaced, is collected", async () => {
  const { call, kernel, exists, ownerReferences } = await owned();
  const [reference] = ownerReferences;
  await call("POST", maps, {
    metadata: { name: "stray", ownerReferences: [{ ...reference, uid: "other" }] },
  });
  await kernel.runFor(1000);
  expect([await exists("stray"), await exists("child")]).toEqual([false, true]);
});

test("a deleted namespace refuses new objects, is emptied after its grace, and goes", async () => {
  const { call, kernel } = testWorld();
  await call("POST", "/api/v1/namespaces", { metadata: { name: "team" } });
  const inTeam = "/api/v1/namespaces/team/configmaps";
  await call("POST", inTeam, { metadata: { name: "a", finalizers: ["a.io/hold"] } });
  const deleted = await call("DELETE", "/api/v1/namespaces/team");
  expect(deleted.body).toMatchObject({ kind: "Namespace", status: { phase: "Terminating" } });
  expect(await call("POST", inTeam, { metadata: { name: "b" } })).toMatchObject({
    status: 403,
    body: {
      message:
        'configmaps "b" is forbidden: unable to create new content in namespace team because it is being terminated',
    },
  });
  await kernel.runFor(6000);
  const { body: held } = await call("GET", "/api/v1/namespaces/team");
  expect(held.status.conditions.map((each: { type: string }) => each.type)).toHaveLength(5);
  expect(held.status.conditions[3].message).toBe(
    "Some resources are remaining: configmaps. has 1 resource instances",
  );
  await call("PATCH", `${inTeam}/a`, { metadata: { finalizers: null } }, merge);
  await kernel.runFor(10_000);
  expect((await call("GET", "/api/v1/namespaces/team")).status).toBe(404);
});
