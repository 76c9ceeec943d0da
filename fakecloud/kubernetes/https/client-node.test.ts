import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

let server: TestServer;
let config: KubeConfig;
const namespace = "default";
const base64 = (text: string) => Buffer.from(text).toString("base64");

beforeAll(async () => {
  server = await startTestServer();
  const { cert, key } = server.clientOf("client", ["system:masters"]);
  config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: "test",
      server: server.https.url,
      caData: base64(server.ca.certificatePem),
      skipTLSVerify: false,
    },
    { name: "client", certData: base64(cert), keyData: base64(key) },
  );
});

afterAll(() => server.close());

/** Resolves once something has happened that the informer tells of. */
function eventually(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => (isTrue() ? resolve() : void setTimeout(look, 5));
    look();
  });
}

test("typed clients create, read, replace, patch, list and delete", async () => {
  const core = config.makeApiClient(CoreV1Api);
  const body = { metadata: { name: "typed" }, data: { a: "1" } };
  const created = await core.createNamespacedConfigMap({ namespace, body });
  expect(created.metadata?.creationTimestamp).toBeInstanceOf(Date);
  const read = await core.readNamespacedConfigMap({ namespace, name: "typed" });
  const replaced = await core.replaceNamespacedConfigMap({
    namespace,
    name: "typed",
    body: Object.assign(read, { data: { a: "2" } }),
  });
  expect(replaced.data).toEqual({ a: "2" });
  await expect(
    core.replaceNamespacedConfigMap({ namespace, name: "typed", body: read }),
  ).rejects.toMatchObject({ code: 409 });
  const patched = await core.patchNamespacedConfigMap(
    { namespace, name: "typed", body: { data: { b: "3" } } },
    setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
  );
  expect(patched.data).toEqual({ a: "2", b: "3" });
  const list = await core.listNamespacedConfigMap({ namespace, limit: 1 });
  expect(list.items.map((item) => item.metadata?.name)).toContain("typed");
  const status = await core.deleteNamespacedConfigMap({ namespace, name: "typed" });
  expect(status.status).toBe("Success");
  await expect(core.readNamespacedConfigMap({ namespace, name: "typed" })).rejects.toMatchObject({
    code: 404,
  });
});

test("a typed Deployment comes back defaulted, and is scaled through its subresource", async () => {
  const apps = config.makeApiClient(AppsV1Api);
  const labels = { app: "web" };
  const made = await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: "web" },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: "web", image: "web:1" }] },
        },
      },
    },
  });
  expect(made.spec?.strategy?.rollingUpdate?.maxSurge).toBe("25%");
  const scale = await apps.readNamespacedDeploymentScale({ namespace, name: "web" });
  await apps.replaceNamespacedDeploymentScale({
    namespace,
    name: "web",
    body: Object.assign(scale, { spec: { replicas: 4 } }),
  });
  const { spec } = await apps.readNamespacedDeployment({ namespace, name: "web" });
  expect(spec?.replicas).toBe(4);
});

test("the object client applies custom objects by what discovery says of their kind", async () => {
  const objects = KubernetesObjectApi.makeApiClient(config);
  const custom = config.makeApiClient(CustomObjectsApi);
  // Fields like x-kubernetes-preserve-unknown-fields are lost on the way out of this client.
  const spec = { type: "object", properties: { crew: { type: "integer" } } };
  const schema = { type: "object", properties: { spec } };
  await objects.create({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "boats.seatrial.dev" },
    spec: {
      group: "seatrial.dev",
      scope: "Namespaced",
      names: { plural: "boats", kind: "Boat" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  } as never);
  const boat = (crew: number) =>
    ({
      apiVersion: "seatrial.dev/v1",
      kind: "Boat",
      metadata: { name: "pilot", namespace },
      spec: { crew },
    }) as never;
  await objects.patch(boat(2), undefined, undefined, "test", true, PatchStrategy.ServerSideApply);
  await objects.patch(boat(3), undefined, undefined, "test", true, PatchStrategy.ServerSideApply);
  const found = (await custom.getNamespacedCustomObject({
    group: "seatrial.dev",
    version: "v1",
    namespace,
    plural: "boats",
    name: "pilot",
  })) as { spec: unknown; metadata: { managedFields: readonly { manager: string }[] } };
  expect(found.spec).toEqual({ crew: 3 });
  expect(found.metadata.managedFields.map(({ manager }) => manager)).toEqual(["test"]);
});

test("an informer sees what is there, what comes, changes and goes, and lives through a restart", async () => {
  const core = config.makeApiClient(CoreV1Api);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const informer = makeInformer<V1ConfigMap>(config, path, () =>
    core.listNamespacedConfigMap({ namespace }),
  );
  const seen: string[] = [];
  for (const verb of ["add", "update", "delete"] as const) {
    informer.on(verb, ({ metadata }) => void seen.push(`${verb} ${metadata?.name ?? ""}`));
  }
  const create = (name: string) =>
    core.createNamespacedConfigMap({ namespace, body: { metadata: { name } } });
  await create("first");
  await informer.start();
  await create("second");
  await eventually(() => seen.includes("add second"));
  // The client hears of the end of its watch and opens another one where it was.
  server.core.closeWatches();
  await core.patchNamespacedConfigMap(
    { namespace, name: "second", body: { data: { a: "1" } } },
    setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
  );
  await core.deleteNamespacedConfigMap({ namespace, name: "first" });
  await eventually(() => seen.includes("delete first"));
  await informer.stop();
  expect(seen).toEqual(["add first", "add second", "update second", "delete first"]);
  expect(informer.get("second", namespace)?.data).toEqual({ a: "1" });
});
