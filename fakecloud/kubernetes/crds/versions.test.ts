import { expect, test } from "vitest";
import type { InProcessWatchEvent } from "../in-process.ts";
import { record } from "./definition.ts";
import { type Body, testWorld } from "../test-world.ts";

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const at = (version: string) => `/apis/seatrial.dev/${version}/namespaces/default/boats`;
const merge = { contentType: "application/merge-patch+json" };

const schema = (field: string) => ({
  openAPIV3Schema: {
    type: "object",
    properties: { spec: { type: "object", properties: { [field]: { type: "integer" } } } },
  },
});

function definition(strategy: "None" | "Webhook") {
  const webhook = { conversionReviewVersions: ["v1"], clientConfig: { url: "https://x.example" } };
  return {
    metadata: { name: "boats.seatrial.dev" },
    spec: {
      group: "seatrial.dev",
      scope: "Namespaced",
      names: { plural: "boats", kind: "Boat" },
      conversion: strategy === "None" ? { strategy } : { strategy, webhook },
      versions: [
        { name: "v1", served: true, storage: true, schema: schema("metres") },
        { name: "v1beta1", served: true, storage: false, deprecated: true, schema: schema("cm") },
      ],
    },
  };
}

async function world(strategy: "None" | "Webhook") {
  const all = testWorld({
    convert: (objects, apiVersion) =>
      objects.map((object) => {
        const { metres, cm } = record(object["spec"]);
        const spec = apiVersion.endsWith("v1")
          ? { metres: Number(cm) / 100 }
          : { cm: Number(metres) * 100 };
        return { ...object, apiVersion, spec };
      }),
  });
  await all.call("POST", definitions, definition(strategy));
  await all.kernel.runFor(100);
  return all;
}

test("an object written in one version is read, listed, watched and patched in another", async () => {
  const { call, transport, kernel } = await world("Webhook");
  await call("POST", at("v1beta1"), {
    apiVersion: "seatrial.dev/v1beta1",
    kind: "Boat",
    metadata: { name: "a" },
    spec: { cm: 300 },
  });
  expect((await call("GET", `${at("v1")}/a`)).body).toMatchObject({
    apiVersion: "seatrial.dev/v1",
    spec: { metres: 3 },
  });
  const events: InProcessWatchEvent[] = [];
  transport.watch(
    { method: "GET", path: at("v1beta1") },
    { onEvent: (event) => events.push(event), onClose: () => undefined },
  );
  await kernel.runFor(10);
  await call("PATCH", `${at("v1")}/a`, { spec: { metres: 4 } }, merge);
  await kernel.runFor(10);
  expect(events.map(({ object }) => (object as Body).spec)).toEqual([{ cm: 300 }, { cm: 400 }]);
  const list = await call("GET", at("v1beta1"));
  expect(list.body.items[0].spec).toEqual({ cm: 400 });
  expect(list.headers["warning"]).toBe(
    '299 - "seatrial.dev/v1beta1 Boat is deprecated; use seatrial.dev/v1 Boat"',
  );
});

test("a patch through another version fills in the defaults of that version", async () => {
  const { call, kernel } = await world("None");
  const { spec } = definition("None");
  const versions = spec.versions.map((version) => {
    const knots = { type: "integer", ...(version.storage ? {} : { default: 5 }) };
    const properties = { spec: { type: "object", properties: { knots } } };
    return { ...version, schema: { openAPIV3Schema: { type: "object", properties } } };
  });
  await call("PATCH", `${definitions}/boats.seatrial.dev`, { spec: { versions } }, merge);
  await kernel.runFor(100);
  const boat = { apiVersion: "seatrial.dev/v1", kind: "Boat", metadata: { name: "a" }, spec: {} };
  expect((await call("POST", at("v1"), boat)).body.spec).toEqual({});
  const labels = { metadata: { labels: { a: "b" } } };
  expect((await call("PATCH", `${at("v1beta1")}/a`, labels, merge)).body.spec.knots).toBe(5);
  expect((await call("GET", `${at("v1")}/a`)).body.spec).toEqual({ knots: 5 });
});

test("an annotation that only one version has does not come back through admission", async () => {
  const strip = ({ "seatrial.dev/data": _data, ...rest }: Record<string, string>) => rest;
  const { call, kernel } = testWorld({
    convert: (objects, apiVersion) =>
      objects.map((object) => {
        const annotations = { ...object.metadata.annotations };
        const kept = apiVersion.endsWith("v1")
          ? { ...annotations, "seatrial.dev/data": "x" }
          : strip(annotations);
        const { annotations: _before, ...metadata } = object.metadata;
        const some = Object.keys(kept).length > 0 ? { annotations: kept } : {};
        return { ...object, apiVersion, metadata: { ...metadata, ...some } };
      }),
    admission: [
      {
        name: "default.boat",
        kinds: ["Boat.seatrial.dev"],
        version: "v1",
        mutate: ({ object }) => object,
      },
    ],
  });
  await call("POST", definitions, definition("Webhook"));
  await kernel.runFor(100);
  const apply = () =>
    call(
      "PATCH",
      `${at("v1beta1")}/a`,
      {
        apiVersion: "seatrial.dev/v1beta1",
        kind: "Boat",
        metadata: { name: "a" },
        spec: {},
      },
      { contentType: "application/apply-patch+yaml", query: { fieldManager: "gitops" } },
    );
  const { body: first } = await apply();
  expect((await call("GET", `${at("v1beta1")}/a`)).body.metadata.annotations).toBeUndefined();
  const { body: second } = await apply();
  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
});

test("without conversion only the version changes, and what the other schema lacks is pruned", async () => {
  const { call } = await world("None");
  await call("POST", at("v1"), {
    apiVersion: "seatrial.dev/v1",
    kind: "Boat",
    metadata: { name: "a" },
    spec: { metres: 3 },
  });
  const { body } = await call("GET", `${at("v1beta1")}/a`);
  expect(body).toMatchObject({ apiVersion: "seatrial.dev/v1beta1", spec: {} });
  expect(body.spec.metres).toBeUndefined();
});

test("a write that changes nothing moves an object to the new storage version", async () => {
  const { call, kernel, server } = await world("Webhook");
  const { body: created } = await call("POST", at("v1"), {
    apiVersion: "seatrial.dev/v1",
    kind: "Boat",
    metadata: { name: "a" },
    spec: { metres: 3 },
  });
  const { spec } = definition("Webhook");
  const versions = spec.versions.map((each) => ({ ...each, storage: !each.storage }));
  await call("PATCH", `${definitions}/boats.seatrial.dev`, { spec: { versions } }, merge);
  await kernel.runFor(100);
  const { body: crd } = await call("GET", `${definitions}/boats.seatrial.dev`);
  expect(crd.status.storedVersions).toEqual(["v1", "v1beta1"]);
  const { body: migrated } = await call("PUT", `${at("v1")}/a`, created);
  expect(Number(migrated.metadata.resourceVersion)).toBeGreaterThan(
    Number(created.metadata.resourceVersion),
  );
  expect(server.store.table("boats.seatrial.dev").list()[0]?.object).toMatchObject({
    apiVersion: "seatrial.dev/v1beta1",
    spec: { cm: 300 },
  });
});

test("names that are taken are waited for", async () => {
  const { call, kernel } = await world("None");
  const { spec } = definition("None");
  await call("POST", definitions, {
    metadata: { name: "ships.seatrial.dev" },
    spec: { ...spec, names: { plural: "ships", kind: "Boat" } },
  });
  await kernel.runFor(100);
  const ships = `${definitions}/ships.seatrial.dev`;
  expect((await call("GET", ships)).body.status.conditions).toMatchObject([
    {
      type: "NamesAccepted",
      status: "False",
      reason: "ListKindConflict",
      message: '"BoatList" is already in use',
    },
    { type: "Established", status: "False", reason: "NotAccepted" },
  ]);
  await call("DELETE", `${definitions}/boats.seatrial.dev`);
  await kernel.runFor(1000);
  expect((await call("GET", ships)).body.status.conditions).toMatchObject([
    { type: "NamesAccepted", status: "True" },
    { type: "Established", status: "True" },
  ]);
});

test("a definition that is deleted takes its objects along, and its watches end", async () => {
  const { call, transport, kernel } = await world("None");
  const boat = { apiVersion: "seatrial.dev/v1", kind: "Boat", metadata: { name: "a" }, spec: {} };
  await call("POST", at("v1"), boat);
  let closed = false;
  transport.watch(
    { method: "GET", path: at("v1") },
    { onEvent: () => undefined, onClose: () => (closed = true) },
  );
  await kernel.runFor(10);
  const { body } = await call("DELETE", `${definitions}/boats.seatrial.dev`);
  expect(body.metadata.finalizers).toEqual(["customresourcecleanup.apiextensions.k8s.io"]);
  expect(await call("POST", at("v1"), { ...boat, metadata: { name: "b" } })).toMatchObject({
    status: 403,
    body: { message: /create not allowed while custom resource definition is terminating$/ },
  });
  await kernel.runFor(10_000);
  expect((await call("GET", at("v1"))).body).toBe("404 page not found\n");
  expect(closed).toBe(true);
});
