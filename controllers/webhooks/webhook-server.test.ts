import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Agent, request } from "undici";
import { createCertificateAuthority, issueCertificate } from "../runtime/pki/certificates.ts";
import { generatedKeyPairs } from "../runtime/pki/key-pairs.ts";
import { altName } from "../runtime/pki/names.ts";
import { realRandom } from "../runtime/random.ts";
import { crdsWithWebhook, webhookConfigurations } from "./configurations.ts";
import { startWebhookServer, type WebhookServer } from "./webhook-server.ts";

const day = 86_400_000;
const dates = { notBeforeMs: Date.now() - day, notAfterMs: Date.now() + day };
const keyPair = generatedKeyPairs.next("webhook");
const authority = createCertificateAuthority(
  { purpose: "ca", commonName: "webhook-ca", keyPair, ...dates },
  realRandom,
);
const serving = issueCertificate(
  {
    purpose: "serving",
    commonName: "webhook",
    altNames: [altName("127.0.0.1")],
    usages: ["server"],
    keyPair,
    ...dates,
  },
  authority,
  realRandom,
);
const agent = new Agent({ connect: { ca: authority.certificatePem } });
let server: WebhookServer;

beforeAll(async () => {
  const { certificatePem: certificate, privateKeyPem: privateKey } = serving;
  server = await startWebhookServer({ certificate, privateKey, port: 0, host: "127.0.0.1" });
});

afterAll(async () => {
  await agent.destroy();
  await server.close();
});

interface Answer {
  readonly response: { readonly patch: string; readonly [field: string]: unknown };
  readonly message?: string;
}

async function post(path: string, body: unknown) {
  const url = `https://127.0.0.1:${server.port}${path}`;
  const response = await request(url, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    dispatcher: agent,
  });
  const text = await response.body.text();
  return {
    status: response.statusCode,
    body: JSON.parse(text) as Answer,
  }; // eslint-disable-line typescript/no-explicit-any
}

const group = "cluster.x-k8s.io";
const reference = { apiGroup: "g", kind: "K", name: "n" };
const deployment = {
  apiVersion: `${group}/v1beta2`,
  kind: "MachineDeployment",
  metadata: { name: "x", namespace: "default" },
  spec: {
    clusterName: "c",
    selector: {},
    template: {
      spec: { clusterName: "c", bootstrap: { configRef: reference }, infrastructureRef: reference },
    },
  },
};

function admissionReview(object: object, operation = "CREATE") {
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "u-1",
      kind: { group, version: "v1beta2", kind: "MachineDeployment" },
      operation,
      name: "x",
      object,
    },
  };
}

test("defaults come back as a JSON patch under the review's own uid", async () => {
  const { status, body } = await post("/mutate?timeout=10s", admissionReview(deployment));
  expect(status).toBe(200);
  expect(body.response).toMatchObject({ uid: "u-1", allowed: true, patchType: "JSONPatch" });
  const patch = JSON.parse(Buffer.from(body.response.patch, "base64").toString()) as {
    op: string;
    path: string;
    value: { replicas?: number };
  }[];
  expect(patch.map(({ op, path }) => `${op} ${path}`)).toEqual([
    "add /spec",
    "add /metadata/labels",
  ]);
  expect(patch[0]!.value.replicas).toBe(1);
});

test("what has its defaults already is not patched", async () => {
  const { body } = await post("/mutate", admissionReview(deployment));
  const patch = JSON.parse(Buffer.from(body.response.patch, "base64").toString()) as {
    value: object;
  }[];
  const labels = patch[1]!.value;
  const defaulted = {
    ...deployment,
    metadata: { ...deployment.metadata, labels },
    spec: patch[0]!.value,
  };
  expect((await post("/mutate", admissionReview(defaulted))).body.response).toEqual({
    uid: "u-1",
    allowed: true,
  });
});

test("an invalid object is refused with status, message and causes", async () => {
  const invalid = {
    ...deployment,
    spec: { ...deployment.spec, remediation: { maxInFlight: "x" } },
  };
  const { body } = await post("/validate", admissionReview(invalid));
  expect(body.response).toMatchObject({
    uid: "u-1",
    allowed: false,
    status: {
      code: 422,
      reason: "Invalid",
      message: expect.stringContaining("spec.remediation.maxInFlight: Invalid value") as string,
      details: { causes: [{ field: "spec.remediation.maxInFlight" }] },
    },
  });
});

test("objects are converted, or the failure is told", async () => {
  const conversionReview = (desiredAPIVersion: string) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "ConversionReview",
    request: { uid: "u-2", desiredAPIVersion, objects: [deployment] },
  });
  const good = await post("/convert", conversionReview(`${group}/v1beta1`));
  expect(good.body.response).toMatchObject({
    uid: "u-2",
    result: { status: "Success" },
    convertedObjects: [{ apiVersion: `${group}/v1beta1`, kind: "MachineDeployment" }],
  });
  const bad = await post("/convert", conversionReview(`${group}/v1alpha3`));
  expect(bad.body.response).toMatchObject({ uid: "u-2", result: { status: "Failed" } });
});

test("nonsense gets one clear error and no crash", async () => {
  expect(await post("/validate", "{")).toMatchObject({ status: 400 });
  expect((await post("/validate", {})).body.message).toBe(
    "the body is no review: it has no request",
  );
  expect(await post("/elsewhere", {})).toMatchObject({ status: 404 });
});

test("every kind is registered for defaults and validation, every converted CRD knows the address", () => {
  const address = { url: "https://127.0.0.1:9443", caPem: authority.certificatePem };
  const caBundle = Buffer.from(authority.certificatePem).toString("base64");
  for (const configuration of webhookConfigurations(address)) {
    const { webhooks } = configuration as { webhooks: { rules: { resources: string[] }[] }[] };
    const resources = webhooks.map(({ rules }) => rules[0]!.resources[0]);
    expect(resources).toContain("kubeadmcontrolplanes");
    expect(new Set(resources).size).toBe(webhooks.length);
  }
  const machines = crdsWithWebhook(address).find(
    ({ metadata }) => metadata.name === `machines.${group}`,
  )!;
  expect(machines.spec.conversion).toEqual({
    strategy: "Webhook",
    webhook: {
      conversionReviewVersions: ["v1"],
      clientConfig: { url: "https://127.0.0.1:9443/convert", caBundle },
    },
  });
});

// Turns red if the server closes only the connections that its HTTP knows of.
test("a server that is closed does not wait for a handshake that never ends", async () => {
  const { certificatePem: certificate, privateKeyPem: privateKey } = serving;
  const own = await startWebhookServer({ certificate, privateKey, port: 0, host: "127.0.0.1" });
  const silent = connect(own.port, "127.0.0.1");
  await once(silent, "connect");
  const over = once(silent, "close");
  silent.on("error", () => undefined).resume();
  await own.close();
  await over;
});
