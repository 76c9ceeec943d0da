import { expect, test } from "vitest";
import { testWorld } from "../test-world.ts";

test("an Event written through the core group is read, with the new words, through events.k8s.io", async () => {
  const { call } = testWorld();
  const created = await call("POST", "/api/v1/namespaces/default/events", {
    metadata: { name: "e" },
    involvedObject: { kind: "Pod", name: "p", namespace: "default" },
    message: "pulled",
    reason: "Pulled",
    type: "Normal",
    count: 2,
  });
  expect(created.status).toBe(201);
  const { body } = await call("GET", "/apis/events.k8s.io/v1/namespaces/default/events/e");
  expect(body).toMatchObject({
    apiVersion: "events.k8s.io/v1",
    regarding: { name: "p" },
    note: "pulled",
    deprecatedCount: 2,
    metadata: { uid: created.body.metadata.uid },
  });
  expect(body.involvedObject).toBeUndefined();
});

test("an Event written through events.k8s.io is found by kubectl describe in the core group", async () => {
  const { call } = testWorld();
  await call("POST", "/apis/events.k8s.io/v1/namespaces/default/events", {
    metadata: { name: "e" },
    regarding: { kind: "Pod", name: "p", namespace: "default" },
    note: "pulled",
    reason: "Pulled",
    action: "Pull",
    type: "Normal",
    eventTime: "2026-01-05T08:00:00.000000Z",
    reportingController: "kubelet",
    reportingInstance: "n",
  });
  const { body } = await call("GET", "/api/v1/namespaces/default/events", undefined, {
    query: { fieldSelector: "involvedObject.name=p" },
  });
  expect(body.items).toMatchObject([{ message: "pulled", reportingComponent: "kubelet" }]);
});
