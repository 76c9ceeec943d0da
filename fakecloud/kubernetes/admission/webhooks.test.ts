import { expect, test } from "vitest";
import { record } from "../crds/definition.ts";
import { testWorld } from "../test-world.ts";
import type { WebhookCaller } from "./webhooks.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const about = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" };
const configurations = "/apis/admissionregistration.k8s.io/v1";

const webhook = (more: object = {}) => ({
  metadata: { name: "hooks" },
  webhooks: [
    {
      name: "hook.seatrial.dev",
      clientConfig: { url: "https://hooks.example/x" },
      rules: [
        { operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] },
      ],
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
      ...more,
    },
  ],
});

async function world(kind: string, answer: (request: object) => object, more: object = {}) {
  const callWebhook: WebhookCaller = async ({ review }) => {
    const request = record(review["request"]);
    return { ...about, response: { uid: request["uid"], ...answer(request) } };
  };
  const { call } = testWorld({ callWebhook });
  const created = await call("POST", `${configurations}/${kind}`, webhook(more));
  expect(created.status).toBe(201);
  return call;
}

test("a mutating webhook's patch is applied", async () => {
  const patch = Buffer.from(JSON.stringify([{ op: "add", path: "/data", value: { x: "1" } }]));
  const call = await world("mutatingwebhookconfigurations", () => ({
    allowed: true,
    patchType: "JSONPatch",
    patch: patch.toString("base64"),
  }));
  expect((await call("POST", maps, { metadata: { name: "a" } })).body.data).toEqual({ x: "1" });
});

test("a refusal carries the webhook's code, reason and words", async () => {
  const call = await world("validatingwebhookconfigurations", () => ({
    allowed: false,
    status: { code: 403, reason: "Forbidden", message: "no maps here" },
  }));
  expect(await call("POST", maps, { metadata: { name: "a" } })).toMatchObject({
    status: 403,
    body: {
      reason: "Forbidden",
      message: 'admission webhook "hook.seatrial.dev" denied the request: no maps here',
    },
  });
  expect((await call("POST", "/api/v1/namespaces", { metadata: { name: "b" } })).status).toBe(201);
});

test("a webhook that fails stops the write, unless its policy is to be ignored", async () => {
  const broken = () => {
    throw new Error('Post "https://hooks.example/x": connection refused');
  };
  const strict = await world("validatingwebhookconfigurations", broken);
  expect(await strict("POST", maps, { metadata: { name: "a" } })).toMatchObject({
    status: 500,
    body: {
      reason: "InternalError",
      message:
        'Internal error occurred: failed calling webhook "hook.seatrial.dev": failed to call webhook: Post "https://hooks.example/x": connection refused',
    },
  });
  const lax = await world("validatingwebhookconfigurations", broken, { failurePolicy: "Ignore" });
  expect((await lax("POST", maps, { metadata: { name: "a" } })).status).toBe(201);
});

test("a webhook is asked only where its conditions hold, and one that can't be evaluated refuses", async () => {
  const refuse = () => ({ allowed: false, status: { message: "no" } });
  const conditions = (expression: string) => ({
    matchConditions: [{ name: "a", expression }],
  });
  const call = await world(
    "validatingwebhookconfigurations",
    refuse,
    conditions("object.metadata.name != 'spared' && request.operation == 'CREATE'"),
  );
  expect((await call("POST", maps, { metadata: { name: "spared" } })).status).toBe(201);
  expect((await call("POST", maps, { metadata: { name: "other" } })).status).toBe(400);
  const broken = await world(
    "validatingwebhookconfigurations",
    refuse,
    conditions("object.data.missing == '1'"),
  );
  expect(await broken("POST", maps, { metadata: { name: "a" } })).toMatchObject({
    status: 403,
    body: {
      message: expect.stringMatching(
        /^configmaps "a" is forbidden: expression 'object\.data\.missing == '1'' resulted in error: no such key/,
      ) as unknown,
    },
  });
});

test("a webhook that wants it is asked again when a later one has changed the object", async () => {
  const asked: string[] = [];
  const callWebhook: WebhookCaller = async ({ name, review }) => {
    const { uid, object } = record(review["request"]) as { uid: string; object: object };
    asked.push(name);
    const count = Object.keys(record(record(object)["data"])).length;
    const path = count === 0 ? "/data" : `/data/${name}`;
    const value = count === 0 ? { [name]: "1" } : "1";
    const patch = Buffer.from(JSON.stringify([{ op: "add", path, value }])).toString("base64");
    const response = { uid, allowed: true, patchType: "JSONPatch", patch };
    return { ...about, response };
  };
  const { call } = testWorld({ callWebhook });
  const [one] = webhook().webhooks;
  await call("POST", `${configurations}/mutatingwebhookconfigurations`, {
    metadata: { name: "hooks" },
    webhooks: [
      { ...one, name: "curious.seatrial.dev", reinvocationPolicy: "IfNeeded" },
      { ...one, name: "content.seatrial.dev" },
    ],
  });
  await call("POST", maps, { metadata: { name: "a" } });
  expect(asked).toEqual(["curious.seatrial.dev", "content.seatrial.dev", "curious.seatrial.dev"]);
});
