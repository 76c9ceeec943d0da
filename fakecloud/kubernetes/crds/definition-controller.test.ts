import { expect, test } from "vitest";
import type { KubeObject } from "../object.ts";
import { testWorld } from "../test-world.ts";
import { established } from "./definition-controller.ts";

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const boats = "/apis/seatrial.dev/v1/namespaces/default/boats";
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "boats.seatrial.dev" },
  spec: {
    group: "seatrial.dev",
    scope: "Namespaced",
    names: { plural: "boats", kind: "Boat", shortNames: ["bo"] },
    versions: [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
    ],
  },
} satisfies KubeObject;

// Red if `established` forgets a part of what the controller writes.
test("a definition that is put into the store as established is what its creation would have made of it, and serves at once", async () => {
  const created = testWorld();
  await created.call("POST", definitions, definition);
  await created.kernel.runFor(100);
  const grown = created.server.state.definitions.get(definition.metadata.name)?.object;

  const put = testWorld();
  const { state, store } = put.server;
  const revision = store.revision;
  const now = "2026-01-01T00:00:00Z";
  store.put(
    state.definitions,
    { namespace: "", name: definition.metadata.name },
    established(definition, now),
  );
  const object = state.definitions.get(definition.metadata.name)?.object;
  const withoutTimes = (status: unknown) =>
    JSON.parse(JSON.stringify(status), (key, value: unknown) =>
      key === "lastTransitionTime" ? "" : value,
    ) as unknown;
  expect(withoutTimes(object?.["status"])).toEqual(withoutTimes(grown?.["status"]));
  expect((await put.call("GET", boats)).status).toBe(200);
  await put.kernel.runFor(100);
  expect(store.revision).toBe(revision + 1);
});
