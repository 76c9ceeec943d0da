import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestServer,
  type TestServer,
} from "@seatrial/fakecloud/kubernetes/https/test-server.ts";
import { ConfigMap } from "../api/kubernetes.ts";
import { realClock } from "./clock.ts";
import { type Controller, done, watch } from "./controller.ts";
import { createClient } from "./dynamic-client.ts";
import { isUnreachable } from "./errors.ts";
import type { HttpsTransport } from "./https-transport.ts";
import { KubeconfigError, transportFromKubeconfig } from "./kubeconfig.ts";
import { createManager } from "./manager.ts";
import { PrometheusMetrics } from "./metrics.ts";
import { startHealthServer } from "./health-server.ts";
import { keyOf } from "./client.ts";
import { realRandom } from "./random.ts";

let server: TestServer;
let transport: HttpsTransport;
const options = { clock: realClock, random: realRandom };
const base64 = (text: string) => Buffer.from(text).toString("base64");

function kubeconfig(url: string): string {
  const { cert, key } = server.clientOf("admin", ["system:masters"]);
  return JSON.stringify({
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [
      {
        name: "test",
        cluster: { server: url, "certificate-authority-data": base64(server.ca.certificatePem) },
      },
    ],
    users: [
      {
        name: "test",
        user: { "client-certificate-data": base64(cert), "client-key-data": base64(key) },
      },
    ],
  });
}

beforeAll(async () => {
  server = await startTestServer();
  transport = transportFromKubeconfig(kubeconfig(server.https.url));
});
afterAll(async () => {
  await transport.close();
  await server.close();
});

async function eventually(condition: () => boolean, mostMs = 5_000): Promise<void> {
  const endMs = Date.now() + mostMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function map(name: string) {
  return {
    apiVersion: "v1" as const,
    kind: "ConfigMap" as const,
    metadata: { namespace: "default", name },
  };
}

test("a kubeconfig with client certificates leads to the API server, and what comes out is frozen", async () => {
  const client = createClient({ transport, ...options });
  const created = await client.create(ConfigMap, { ...map("a"), data: { a: "1" } });
  expect(created.metadata.uid).toBeDefined();
  expect(Object.isFrozen(created.data)).toBe(true);
  await expect(client.create(ConfigMap, map("a"))).rejects.toThrow('configmaps "a" already exists');
  expect(await client.get(ConfigMap, { namespace: "default", name: "missing" })).toBeUndefined();
});

test("the same manager works over HTTPS, counts what it does and answers a kubelet", async () => {
  const seen: string[] = [];
  const metrics = new PrometheusMetrics();
  const controllers = (): Controller[] => [
    {
      name: "configmap",
      for: watch({ kind: ConfigMap, toRequests: (object) => [keyOf(object)] }),
      reconciler: {
        reconcile: async ({ name }) => {
          seen.push(name);
          if (name === "bad") throw new Error("bad");
          return done;
        },
      },
    },
  ];
  const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
  const manager = createManager({ transport, ...options, logger: silent, controllers, metrics });
  const health = await startHealthServer({
    port: 0,
    host: "127.0.0.1",
    metrics: metrics.registry,
    isReady: () => manager.ready,
  });
  const { port } = health.address() as { port: number };
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  expect((await ask("/readyz")).status).toBe(500);
  manager.start();
  await eventually(() => manager.ready);
  const client = createClient({ transport, ...options });
  await client.create(ConfigMap, map("good"));
  await client.create(ConfigMap, map("bad"));
  await eventually(() => seen.includes("good") && seen.includes("bad"));
  expect((await ask("/readyz")).status).toBe(200);
  expect((await ask("/healthz")).status).toBe(200);
  const text = await (await ask("/metrics")).text();
  expect(text).toMatch(
    /controller_runtime_reconcile_total{controller="configmap",result="success"} \d/,
  );
  expect(text).toMatch(/controller_runtime_reconcile_errors_total{controller="configmap"} [1-9]/);
  expect(text).toMatch(
    /rest_client_requests_total{code="200",method="GET",host="management"} [1-9]/,
  );
  await manager.stop();
  health.close();
});

test("an API server that is not there is unreachable, and a kubeconfig that leads nowhere says so", async () => {
  const nowhere = transportFromKubeconfig(kubeconfig("https://127.0.0.1:1"));
  const client = createClient({ transport: nowhere, ...options, maxRetries: 0 });
  const error = await client.list(ConfigMap).catch((reason: unknown) => reason);
  expect(isUnreachable(error)).toBe(true);
  await nowhere.close();
  expect(() => transportFromKubeconfig("{}")).toThrow(KubeconfigError);
});
