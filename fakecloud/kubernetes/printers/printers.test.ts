import { expect, test } from "vitest";
import { testWorld } from "../test-world.ts";
import { humanDuration } from "./duration.ts";
import { parseJsonPath } from "./json-path.ts";

const second = 1000;

test.each([
  [-2, "<invalid>"],
  [-1, "0s"],
  [119, "119s"],
  [150, "2m30s"],
  [180, "3m"],
  [3600, "60m"],
  [4 * 3600 + 60, "4h1m"],
  [40 * 3600, "40h"],
  [3 * 86_400 + 3600, "3d1h"],
  [30 * 86_400, "30d"],
  [3 * 365 * 86_400, "3y"],
])("an age of %i s is shown as %s", (seconds, shown) => {
  expect(humanDuration(seconds * second)).toBe(shown);
});

test.each([
  [".spec.replicas", [3]],
  [".spec.missing", []],
  ['.status.conditions[?(@.type=="Ready")].status', ["True"]],
  [".status.conditions[*].type", ["Ready", "Paused"]],
  [".status.conditions[0].type", ["Ready"]],
  [".status.conditions[-1:].type", ["Paused"]],
  [".metadata.annotations.a\\.io/b", ["x"]],
  [".metadata.annotations['a.io/b']", ["x"]],
  ["..type", ["Ready", "Paused"]],
])("the path %s finds %j", (path, found) => {
  const object = {
    metadata: { annotations: { "a.io/b": "x" } },
    spec: { replicas: 3 },
    status: {
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Paused", status: "False" },
      ],
    },
  };
  expect(parseJsonPath(path)(object)).toEqual(found);
});

test("a list is answered as a table to those who ask for one", async () => {
  const { server, call } = testWorld();
  await call("POST", "/api/v1/namespaces/default/configmaps", {
    metadata: { name: "a" },
    data: { x: "1", y: "2" },
  });
  const response = await server.handle({
    method: "GET",
    path: "/api/v1/namespaces/default/configmaps",
    query: {},
    headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" },
    user: { username: "admin", groups: ["system:masters"] },
  });
  expect(response).toMatchObject({
    status: 200,
    body: {
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      columnDefinitions: [{ name: "Name", format: "name" }, { name: "Data" }, { name: "Age" }],
      rows: [{ cells: ["a", 2, "0s"], object: { kind: "PartialObjectMetadata" } }],
    },
  });
});

test("an answer that only protobuf readers could read is refused", async () => {
  const { server } = testWorld();
  const response = await server.handle({
    method: "GET",
    path: "/api/v1/namespaces/default",
    query: {},
    headers: { accept: "application/vnd.kubernetes.protobuf" },
    user: { username: "admin", groups: ["system:masters"] },
  });
  expect(response).toMatchObject({ status: 406, body: { reason: "NotAcceptable" } });
});
