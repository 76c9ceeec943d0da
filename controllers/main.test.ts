import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestServer,
  type TestServer,
} from "@seatrial/fakecloud/kubernetes/https/test-server.ts";
import { crds } from "./api/crds.ts";
import { startProduction } from "./main.ts";

let server: TestServer;
let folder: string;
let kubeconfig: string;
const user = { username: "t", groups: ["system:masters"] };

async function post(path: string, body: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  await server.core.handle({ method: "POST", path, query: {}, headers, body, user });
}

beforeAll(async () => {
  server = await startTestServer();
  for (const crd of crds) {
    // Without a converter the embedded server takes objects of one version only.
    const spec = { ...crd.spec, conversion: { strategy: "None" } };
    await post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", { ...crd, spec });
  }
  folder = mkdtempSync(join(tmpdir(), "seatrial-"));
  kubeconfig = join(folder, "kubeconfig");
  const { cert, key } = server.clientOf("manager", ["system:masters"]);
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const config = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [
      {
        name: "c",
        cluster: {
          server: server.https.url,
          "certificate-authority-data": base64(server.ca.certificatePem),
        },
      },
    ],
    users: [
      {
        name: "u",
        user: { "client-certificate-data": base64(cert), "client-key-data": base64(key) },
      },
    ],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

test("the production manager becomes leader and ready over HTTPS, reports both, and stops", async () => {
  const silent = { debug: () => {}, info: () => {}, error: () => {} };
  const production = await startProduction({
    kubeconfig,
    awsEndpoint: "http://127.0.0.1:1",
    leaderElectionNamespace: "default",
    healthPort: 0,
    logger: silent,
    onLeadershipLost: () => {},
  });
  await expect.poll(() => production.isReady(), { timeout: 20_000 }).toBe(true);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${production.healthPort}${path}`);
    return `${response.status} ${await response.text()}`;
  };
  expect(await ask("/readyz")).toBe("200 ok");
  expect(await ask("/metrics")).toContain(
    'leader_election_master_status{name="controller-leader-elect-seatrial"} 1',
  );
  await production.stop();
});

test("without a kubeconfig and outside of a pod the error says what to do", async () => {
  const silent = { debug: () => {}, info: () => {}, error: () => {} };
  const start = startProduction({ healthPort: 0, logger: silent, onLeadershipLost: () => {} });
  await expect(start).rejects.toThrow("no cluster: give --kubeconfig, or run inside a pod");
});
