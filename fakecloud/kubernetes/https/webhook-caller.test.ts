import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { administrator, type Body } from "../test-world.ts";
import { createApiServer, type EmbeddedApiServer } from "../api-server.ts";
import { realClock } from "../../kernel/clock.ts";
import { KeyedRandom } from "../../kernel/random.ts";
import { inProcessTransport } from "../in-process.ts";
import { createCertificateAuthority, issueCertificate } from "./certificates.ts";
import { testKeyPair } from "./test-server.ts";
import { httpsWebhookCaller } from "./webhook-caller.ts";

const keyPair = testKeyPair();
const dates = {
  notBefore: realClock.now() - 3_600_000,
  notAfter: realClock.now() + 3_600_000,
  serial: Uint8Array.of(1, 2),
};
const ca = createCertificateAuthority({ subject: { commonName: "authority" }, keyPair, ...dates });
const cert = issueCertificate({
  ca,
  subject: { commonName: "hooks" },
  sans: { dnsNames: ["hooks.default.svc"], ipAddresses: ["127.0.0.1"] },
  usages: ["server"],
  keyPair,
  ...dates,
});
const caBundle = Buffer.from(ca.certificatePem).toString("base64");
const maps = "/api/v1/namespaces/default/configmaps";

/** A webhook that lets through what is called "good". */
const hooks = createServer({ cert, key: keyPair.privateKeyPem }, (request, response) => {
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    if (request.url?.startsWith("/silent") === true) return;
    if (request.url?.startsWith("/missing") === true) response.writeHead(404);
    const { request: asked, ...review } = JSON.parse(text);
    const { uid, name } = asked;
    const status = { message: `${name} is not good` };
    const answer = { uid, allowed: name === "good", status };
    response.end(JSON.stringify({ ...review, response: answer }));
  });
});
let server: EmbeddedApiServer;
let port = 0;

beforeAll(async () => {
  hooks.listen(0, "127.0.0.1");
  await once(hooks, "listening");
  ({ port } = hooks.address() as AddressInfo);
});

afterAll(() => {
  server.close();
  hooks.closeAllConnections();
  hooks.close();
});

/** An API server of its own with one webhook, and the answer to the creation of a map. */
async function world(clientConfig: object, more: object = {}) {
  server = createApiServer({
    clock: realClock,
    random: new KeyedRandom("hooks"),
    name: "hooks",
    version: "v1.36.0",
    callWebhook: httpsWebhookCaller(() => server.store),
  });
  const transport = inProcessTransport(server, { user: administrator });
  const post = async (path: string, body: unknown) => {
    const { status, body: answer } = await transport.request({ method: "POST", path, body });
    return { status, message: (answer as Body).message as string };
  };
  const rules = [
    { operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["configmaps"] },
  ];
  const made = await post("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {
    metadata: { name: "hooks" },
    webhooks: [
      {
        name: "hook.seatrial.dev",
        clientConfig,
        rules,
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        ...more,
      },
    ],
  });
  expect(made.status).toBe(201);
  return { post, create: (name: string) => post(maps, { metadata: { name } }) };
}

const failing =
  'Internal error occurred: failed calling webhook "hook.seatrial.dev": failed to call webhook: ';

test("a webhook behind a URL is asked over HTTPS, and its authority is checked", async () => {
  const url = `https://127.0.0.1:${port}/x`;
  const { create } = await world({ url, caBundle });
  expect((await create("good")).status).toBe(201);
  expect(await create("bad")).toEqual({
    status: 400,
    message: 'admission webhook "hook.seatrial.dev" denied the request: bad is not good',
  });
  const stranger = await world({ url });
  expect(await stranger.create("good")).toEqual({
    status: 500,
    message: `${failing}Post "${url}?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
  });
});

test("a webhook that is not there, knows nothing of it or never answers fails in the words of Go", async () => {
  const missing = await world({ url: `https://127.0.0.1:${port}/missing`, caBundle });
  expect((await missing.create("good")).message).toBe(
    `${failing}the server could not find the requested resource`,
  );
  const silent = await world(
    { url: `https://127.0.0.1:${port}/silent`, caBundle },
    { timeoutSeconds: 1 },
  );
  expect((await silent.create("good")).message).toBe(
    `${failing}Post "https://127.0.0.1:${port}/silent?timeout=1s": context deadline exceeded`,
  );
  const refused = await world({ url: "https://127.0.0.1:1/x", caBundle });
  expect((await refused.create("good")).message).toBe(
    `${failing}Post "https://127.0.0.1:1/x?timeout=10s": dial tcp 127.0.0.1:1: connect: connection refused`,
  );
});

test("a webhook behind a Service is found by its endpoints", async () => {
  const service = { name: "hooks", namespace: "default", path: "/x" };
  const url = "https://hooks.default.svc:443/x?timeout=10s";
  const { post, create } = await world({ service, caBundle });
  expect((await create("good")).message).toBe(`${failing}Post "${url}": service "hooks" not found`);
  await post("/api/v1/namespaces/default/services", {
    metadata: { name: "hooks" },
    spec: { ports: [{ port: 443 }] },
  });
  expect((await create("good")).message).toBe(
    `${failing}Post "${url}": no endpoints available for service "hooks"`,
  );
  await post("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
    metadata: { name: "hooks-1", labels: { "kubernetes.io/service-name": "hooks" } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["127.0.0.1"] }],
    ports: [{ port }],
  });
  expect((await create("good")).status).toBe(201);
});
