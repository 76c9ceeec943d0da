import { expect, test } from "vitest";
import type { ApiRequest } from "../contract.ts";
import { testWorld } from "../test-world.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const jane = { username: "jane", groups: ["devs", "system:authenticated"] };

async function world() {
  const { call, server } = testWorld({ rbac: true });
  await call("POST", `${rbac}/namespaces/default/roles`, {
    metadata: { name: "reader" },
    rules: [
      { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list"] },
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["one"], verbs: ["get"] },
    ],
  });
  await call("POST", `${rbac}/namespaces/default/rolebindings`, {
    metadata: { name: "devs" },
    roleRef: { kind: "Role", name: "reader" },
    subjects: [{ kind: "Group", name: "devs" }],
  });
  const as = async (path: string, more: Partial<ApiRequest> = {}) => {
    const response = await server.handle({
      method: "GET",
      path,
      query: {},
      headers: {},
      user: jane,
      ...more,
    });
    return response.kind === "answer" ? response : { status: 200, body: undefined };
  };
  return { call, as };
}

test("a role allows what it names and nothing else", async () => {
  const { as } = await world();
  expect((await as("/api/v1/namespaces/default/pods")).status).toBe(200);
  expect((await as("/api/v1/namespaces/default/configmaps/one")).status).toBe(404);
  expect(await as("/api/v1/namespaces/default/configmaps/two")).toMatchObject({
    status: 403,
    body: {
      reason: "Forbidden",
      message:
        'configmaps "two" is forbidden: User "jane" cannot get resource "configmaps" in API group "" in the namespace "default"',
    },
  });
  expect(await as("/api/v1/nodes")).toMatchObject({
    body: {
      message:
        'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
    },
  });
  expect(await as("/metrics")).toMatchObject({
    body: { message: 'forbidden: User "jane" cannot get path "/metrics"' },
  });
});

test("the roles that everybody expects are there, and anybody who is known may discover", async () => {
  const { call, as } = await world();
  const { body } = await call("GET", `${rbac}/clusterroles/cluster-admin`);
  expect(body.rules[0]).toEqual({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] });
  expect((await as("/apis/apps/v1")).status).toBe(200);
  expect(
    (await as("/version", { user: { username: "x", groups: ["system:unauthenticated"] } })).status,
  ).toBe(200);
});

test("a review says who may what, and why", async () => {
  const { call } = await world();
  const ask = (verb: string) =>
    call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      spec: {
        user: "jane",
        groups: ["devs"],
        resourceAttributes: { namespace: "default", verb, resource: "pods" },
      },
    });
  expect((await ask("list")).body.status).toEqual({
    allowed: true,
    reason: 'RBAC: allowed by RoleBinding "devs/default" of Role "reader" to Group "devs"',
  });
  expect((await ask("delete")).body.status).toEqual({ allowed: false });
});

test("nobody hands out rights that they do not have", async () => {
  const { call, as } = await world();
  await call("POST", `${rbac}/namespaces/default/roles`, {
    metadata: { name: "role-writer" },
    rules: [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["create"] }],
  });
  await call("POST", `${rbac}/namespaces/default/rolebindings`, {
    metadata: { name: "role-writer" },
    roleRef: { kind: "Role", name: "role-writer" },
    subjects: [{ kind: "User", name: "jane" }],
  });
  const create = (verbs: readonly string[]) =>
    as(`${rbac}/namespaces/default/roles`, {
      method: "POST",
      body: {
        metadata: { name: "mine" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs }],
      },
    });
  expect(await create(["get", "delete", "patch"])).toMatchObject({
    status: 403,
    body: {
      message:
        'roles.rbac.authorization.k8s.io "mine" is forbidden: user "jane" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["delete" "patch"]}',
    },
  });
  expect((await create(["get"])).status).toBe(201);
});

test("standing in for somebody needs the right to", async () => {
  const { as } = await world();
  const headers = { "impersonate-user": "admin", "impersonate-group": "system:masters" };
  expect(await as("/api/v1/nodes", { headers })).toMatchObject({
    status: 403,
    body: {
      message:
        'users "admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    },
  });
  const masters = { username: "root", groups: ["system:masters"] };
  const bob = { "impersonate-user": "bob" };
  expect(await as("/api/v1/nodes", { headers: bob, user: masters })).toMatchObject({
    status: 403,
    body: { message: /User "bob" cannot list/ },
  });
});

test("a role that is made of others follows them, and nothing is written where nothing changes", async () => {
  const { call, kernel, server } = testWorld({ rbac: true });
  const view = () => call("GET", `${rbac}/clusterroles/view`).then(({ body }) => body);
  const before = await view();
  const label = "rbac.authorization.k8s.io/aggregate-to-view";
  const rules = [{ apiGroups: ["x.io"], resources: ["boats"], verbs: ["get"] }];
  const metadata = { name: "boats-view", labels: { [label]: "true" } };
  await call("POST", `${rbac}/clusterroles`, { metadata, rules });
  await kernel.runFor(100);
  const after = await view();
  expect(after.rules).toHaveLength(before.rules.length + 1);
  expect(after.rules).toContainEqual(rules[0]);
  expect(after.metadata.managedFields).toContainEqual(
    expect.objectContaining({ manager: "clusterrole-aggregation-controller", operation: "Apply" }),
  );
  // The bootstrapped roles are what they are made of, and a role without the label concerns nobody.
  const { revision } = server.store;
  await call("POST", `${rbac}/clusterroles`, { metadata: { name: "other" }, rules });
  await kernel.runFor(100);
  expect(server.store.revision).toBe(revision + 1);
  await call("DELETE", `${rbac}/clusterroles/boats-view`);
  await kernel.runFor(100);
  expect((await view()).rules).toEqual(before.rules);
});
