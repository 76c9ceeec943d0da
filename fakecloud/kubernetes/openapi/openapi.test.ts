import { expect, test } from "vitest";
import { testWorld } from "../test-world.ts";

test("the root names a document for each group and version, and its address carries its hash", async () => {
  const { call } = testWorld();
  const { body } = await call("GET", "/openapi/v3");
  const { serverRelativeURL } = body.paths["apis/apps/v1"];
  const [path, hash] = serverRelativeURL.split("?hash=");
  const document = await call("GET", path, undefined, { query: { hash } });
  expect(document.status).toBe(200);
  expect(document.headers["cache-control"]).toBe("public, immutable");
  expect(document.headers["expires"]).toBe("Tue, 05 Jan 2027 08:00:00 UTC");
  const wrong = await call("GET", path, undefined, { query: { hash: "x" } });
  expect(wrong).toMatchObject({ status: 301, headers: { location: serverRelativeURL } });
});

test("the PATCH of a Deployment takes fieldValidation, and its schema is named and linked", async () => {
  const { call } = testWorld();
  const { body } = await call("GET", "/openapi/v3/apis/apps/v1");
  const item = body.paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"];
  expect(item.patch["x-kubernetes-group-version-kind"]).toEqual({
    group: "apps",
    version: "v1",
    kind: "Deployment",
  });
  expect(item.patch.parameters.map(({ name }: { name: string }) => name)).toContain(
    "fieldValidation",
  );
  const schema = body.components.schemas["io.k8s.api.apps.v1.Deployment"];
  expect(schema["x-kubernetes-group-version-kind"]).toEqual([
    { group: "apps", kind: "Deployment", version: "v1" },
  ]);
  expect(schema.properties.spec.allOf).toEqual([
    { $ref: "#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec" },
  ]);
});

test("every reference of every document leads somewhere, and no mark of ours is seen", async () => {
  const { call, server } = testWorld();
  const { body: root } = await call("GET", "/openapi/v3");
  for (const name of Object.keys(root.paths)) {
    const { body } = await call("GET", `/openapi/v3/${name}`);
    const text = JSON.stringify(body);
    expect(text).not.toContain("x-seatrial");
    for (const [, reference = ""] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(body.components.schemas, `${name}: ${reference}`).toHaveProperty([reference]);
    }
  }
  const v2 = JSON.stringify(server.openApiV2());
  expect(v2).toContain('"#/definitions/io.k8s.api.core.v1.PodSpec"');
});
