import { expect, test } from "vitest";
import { createApiServer } from "@seatrial/fakecloud/kubernetes/api-server.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { ClusterResourceSet, ClusterResourceSetBinding } from "../api/addons/v1beta2.ts";
import { Cluster } from "../api/core/v1beta2.ts";
import { crds } from "../api/crds.ts";
import { ConfigMap, CustomResourceDefinition, Secret } from "../api/kubernetes.ts";
import type { Client, Kind, KubeObject } from "../runtime/client.ts";
import { findCondition } from "../runtime/conditions.ts";
import { createClient } from "../runtime/dynamic-client.ts";
import { createManager } from "../runtime/manager.ts";
import { addonControllers } from "./controllers.ts";
import { parseResources } from "./parse-resources.ts";

const minute = 60_000;
const namespace = "default";

async function world() {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random, trace } = kernel;
  const common = { clock, random, trace, version: "v1.36.0" };
  const user = { username: "test", groups: ["system:masters"] };
  const [management, workload] = ["management", "workload"].map((name) => {
    const server = createApiServer({ ...common, name });
    return inProcessTransport(server, { user, actor: "test", clock, random });
  });
  const client: Client = createClient({ transport: management!, clock, random });
  const remote: Client = createClient({ transport: workload!, clock, random });
  const run = <T>(work: Promise<T>) => kernel.complete(work, { horizonMs: 10 * minute });
  const create = <T extends KubeObject>(kind: Kind<T>, object: object) => {
    const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
    return run(client.create(kind, { apiVersion, kind: kind.kind, ...object } as unknown as T));
  };
  for (const crd of crds) await run(client.create(CustomResourceDefinition, crd as never));
  await kernel.runFor(1000);
  const errors: string[] = [];
  const manager = createManager({
    transport: management!,
    clock,
    random,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      error: (fields) => void errors.push(JSON.stringify(fields)),
    },
    controllers: addonControllers,
    workloadDialer: () => workload!,
  });
  manager.start();
  const connect = async (name = "test") => {
    await create(Secret, {
      metadata: { name: `${name}-kubeconfig`, namespace },
      data: { value: Buffer.from("kubeconfig").toString("base64") },
    });
    await create(Cluster, {
      metadata: { name, namespace, labels: { cni: "yes" } },
      spec: { infrastructureRef: { apiGroup: "x.example", kind: "Some", name: "some" } },
    });
    const status = {
      initialization: { infrastructureProvisioned: true, controlPlaneInitialized: true },
    };
    const key = { namespace, name };
    await run(client.mergePatch(Cluster, key, { status }, { subresource: "status" }));
  };
  const applied = async (name: string) =>
    (await run(remote.get(ConfigMap, { namespace: "kube-system", name })))?.data?.["value"];
  return { kernel, client, remote, run, create, connect, applied, errors };
}

const manifest = (name: string, value: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "kube-system" },
    data: { value },
  });

const set = (name: string, resources: object[], strategy?: string) => ({
  metadata: { name, namespace },
  spec: {
    clusterSelector: { matchLabels: { cni: "yes" } },
    resources,
    ...(strategy === undefined ? {} : { strategy }),
  },
});

test("D61, D65: ConfigMaps and Secrets of two sets reach the cluster that both select, without an error", async () => {
  const { kernel, create, connect, applied, errors, client, run } = await world();
  await create(ConfigMap, { metadata: { name: "a", namespace }, data: { x: manifest("a", "1") } });
  await create(Secret, {
    metadata: { name: "b", namespace },
    type: "addons.cluster.x-k8s.io/resource-set",
    data: { x: Buffer.from(manifest("b", "2")).toString("base64") },
  });
  await create(ClusterResourceSet, set("one", [{ kind: "ConfigMap", name: "a" }]));
  await create(ClusterResourceSet, set("two", [{ kind: "Secret", name: "b" }]));
  await connect();
  await kernel.runFor(2 * minute);
  expect([await applied("a"), await applied("b")]).toEqual(["1", "2"]);
  const binding = await run(client.get(ClusterResourceSetBinding, { namespace, name: "test" }));
  expect(
    binding?.spec.bindings?.map(({ clusterResourceSetName }) => clusterResourceSetName).sort(),
  ).toEqual(["one", "two"]);
  expect(errors.filter((line) => !line.includes("not established"))).toEqual([]);
});

test("Reconcile brings changes of a source, ApplyOnce does not, and a binding remembers both", async () => {
  const { kernel, create, connect, applied, client, run } = await world();
  for (const name of ["once", "again"]) {
    await create(ConfigMap, { metadata: { name, namespace }, data: { x: manifest(name, "1") } });
    const strategy = name === "again" ? "Reconcile" : "ApplyOnce";
    await create(ClusterResourceSet, set(name, [{ kind: "ConfigMap", name }], strategy));
  }
  await connect();
  await kernel.runFor(2 * minute);
  for (const name of ["once", "again"]) {
    const data = { x: manifest(name, "2") };
    await run(client.mergePatch(ConfigMap, { namespace, name }, { data }));
  }
  await kernel.runFor(minute);
  expect([await applied("once"), await applied("again")]).toEqual(["1", "2"]);
});

test("a source that is missing is told, does not hold up the others, and is applied when it comes", async () => {
  const { kernel, create, connect, applied, client, run } = await world();
  await create(ConfigMap, {
    metadata: { name: "here", namespace },
    data: { x: manifest("here", "1") },
  });
  const resources = ["here", "missing"].map((name) => ({ kind: "ConfigMap", name }));
  await create(ClusterResourceSet, set("both", resources));
  await connect();
  await kernel.runFor(2 * minute);
  const read = () => run(client.get(ClusterResourceSet, { namespace, name: "both" }));
  expect(await applied("here")).toBe("1");
  expect(findCondition((await read())!, "ResourcesApplied")).toMatchObject({
    status: "False",
    message: "ConfigMap missing not found",
  });
  const data = { x: manifest("missing", "1") };
  await create(ConfigMap, { metadata: { name: "missing", namespace }, data });
  await kernel.runFor(minute);
  expect(await applied("missing")).toBe("1");
  expect(findCondition((await read())!, "ResourcesApplied")).toMatchObject({ status: "True" });
});

test("a set that selects nothing hides no other set from a new cluster", async () => {
  const { kernel, create, connect, applied } = await world();
  await create(ConfigMap, { metadata: { name: "a", namespace }, data: { x: manifest("a", "1") } });
  const resources = [{ kind: "ConfigMap", name: "a" }];
  const { metadata, spec } = set("0-first", resources);
  await create(ClusterResourceSet, { metadata, spec: { ...spec, clusterSelector: {} } });
  await create(ClusterResourceSet, set("1-second", resources));
  await kernel.runFor(minute);
  await connect();
  await kernel.runFor(minute);
  expect(await applied("a")).toBe("1");
});

test("a deleted set leaves its entries in no binding, whichever cluster has none, and what it has applied stays", async () => {
  const { kernel, create, connect, applied, client, run } = await world();
  await create(ConfigMap, { metadata: { name: "a", namespace }, data: { x: manifest("a", "1") } });
  for (const name of ["one", "two"]) {
    await create(ClusterResourceSet, set(name, [{ kind: "ConfigMap", name: "a" }]));
  }
  for (const name of ["a-first", "b-second", "c-third"]) await connect(name);
  await kernel.runFor(2 * minute);
  await run(client.delete(ClusterResourceSetBinding, { namespace, name: "a-first" }));
  await run(client.delete(ClusterResourceSet, { namespace, name: "one" }));
  await kernel.runFor(minute);
  expect(await run(client.get(ClusterResourceSet, { namespace, name: "one" }))).toBeUndefined();
  const bindings = await run(client.list(ClusterResourceSetBinding, { namespace }));
  expect(bindings.length).toBeGreaterThanOrEqual(2);
  for (const { spec } of bindings) {
    const names = spec.bindings?.map(({ clusterResourceSetName }) => clusterResourceSetName);
    expect(names).toEqual(["two"]);
  }
  expect(await applied("a")).toBe("1");
});

test("an empty or very short value in a source keeps nothing else from being applied", async () => {
  const { kernel, create, connect, applied, client, run } = await world();
  const data = { a: "", b: "# nothing", c: manifest("short", "1") };
  await create(ConfigMap, { metadata: { name: "mixed", namespace }, data });
  await create(ClusterResourceSet, set("set", [{ kind: "ConfigMap", name: "mixed" }]));
  await connect();
  await kernel.runFor(2 * minute);
  expect(await applied("short")).toBe("1");
  const found = await run(client.get(ClusterResourceSet, { namespace, name: "set" }));
  expect(findCondition(found!, "ResourcesApplied")).toMatchObject({ status: "True" });
});

test("objects are created in an order in which each finds what it needs", () => {
  const text = ["DaemonSet", "ServiceAccount", "Namespace", "ClusterRoleBinding"]
    .map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: x}`)
    .join("\n---\n");
  expect(parseResources(text).map(({ kind }) => kind)).toEqual([
    "Namespace",
    "ServiceAccount",
    "ClusterRoleBinding",
    "DaemonSet",
  ]);
  expect(parseResources("")).toEqual([]);
  expect(() => parseResources("kind: ConfigMap")).toThrow("no apiVersion or no kind");
});
