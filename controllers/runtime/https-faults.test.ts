import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  startTestServer,
  type TestServer,
} from "@seatrial/fakecloud/kubernetes/https/test-server.ts";
import { ConfigMap } from "../api/kubernetes.ts";
import { keyOf } from "./client.ts";
import { realClock } from "./clock.ts";
import { type Controller, type ControllerDeps, done, watch } from "./controller.ts";
import { createClient } from "./dynamic-client.ts";
import type { HttpsTransport } from "./https-transport.ts";
import { transportFromFile, transportInCluster } from "./kubeconfig.ts";
import { createManager } from "./manager.ts";
import { realRandom } from "./random.ts";

const full = process.env["SEATRIAL_FULL"] !== undefined;
const options = { clock: realClock, random: realRandom };
const folder = mkdtempSync(join(tmpdir(), "seatrial-"));
const accepted = new Set<string>();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    authenticateToken: (token) =>
      accepted.has(token) ? { username: "manager", groups: ["system:masters"] } : undefined,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function kubeconfig(name: string, user: object): string {
  const certificate = Buffer.from(server.ca.certificatePem).toString("base64");
  const cluster = { server: server.https.url, "certificate-authority-data": certificate };
  const file = join(folder, `${name}.kubeconfig`);
  const config = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

const map = (name: string) => ({
  apiVersion: "v1" as const,
  kind: "ConfigMap" as const,
  metadata: { namespace: "default", name },
});

async function withTransport(
  transport: HttpsTransport,
  use: (transport: HttpsTransport) => Promise<void>,
): Promise<void> {
  try {
    await use(transport);
  } finally {
    await transport.close();
  }
}

test("a manager whose token expires goes on with the one that the file holds next", async () => {
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "first\n");
  accepted.add("first");
  await withTransport(
    transportFromFile(kubeconfig("file", { tokenFile: "token" })),
    async (transport) => {
      const seen = new Set<string>();
      const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
      const controllers = ({ client }: ControllerDeps): Controller[] => [
        {
          name: "writer",
          for: watch({
            kind: ConfigMap,
            toRequests: (object) => [keyOf(object)],
            predicate: ({ metadata }) => metadata.namespace === "default",
          }),
          reconciler: {
            reconcile: async (key) => {
              await client.mergePatch(ConfigMap, key, { data: { seen: "yes" } });
              seen.add(key.name);
              return done;
            },
          },
        },
      ];
      const manager = createManager({ transport, ...options, logger: silent, controllers });
      manager.start();
      await expect.poll(() => manager.ready, { timeout: 10_000 }).toBe(true);
      accepted.delete("first");
      server.core.closeWatches();
      const people = server.core;
      await people.handle({
        method: "POST",
        path: "/api/v1/namespaces/default/configmaps",
        query: {},
        headers: { "content-type": "application/json" },
        body: map("after"),
        user: { username: "people", groups: ["system:masters"] },
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(seen.has("after")).toBe(false);
      accepted.add("second");
      writeFileSync(tokenFile, "second\n");
      await expect.poll(() => seen.has("after"), { timeout: 20_000 }).toBe(true);
      await manager.stop();
    },
  );
});

test("a credential plug-in is asked once, and again when its token has expired or is refused", async () => {
  const [state, script] = [join(folder, "calls"), join(folder, "plugin.cjs")];
  writeFileSync(state, "0");
  writeFileSync(
    script,
    `const { readFileSync, writeFileSync } = require("node:fs");
     const count = Number(readFileSync(${JSON.stringify(state)}, "utf8")) + 1;
     writeFileSync(${JSON.stringify(state)}, String(count));
     const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
     const lifeMs = count === 2 ? 10_500 : 3_600_000;
     console.log(JSON.stringify({
       apiVersion: info.apiVersion,
       kind: "ExecCredential",
       status: {
         token: [process.argv[2], process.env.WHERE, new URL(info.spec.cluster.server).hostname, count].join("-"),
         expirationTimestamp: new Date(Date.now() + lifeMs).toISOString(),
       },
     }));`,
  );
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: [script, "token"],
    env: [{ name: "WHERE", value: "here" }],
    provideClusterInfo: true,
  };
  const calls = () => Number(readFileSync(state, "utf8"));
  for (const count of [1, 2, 3]) accepted.add(`token-here-127.0.0.1-${count}`);
  await withTransport(transportFromFile(kubeconfig("exec", { exec })), async (transport) => {
    const client = createClient({ transport, ...options });
    await Promise.all(Array.from({ length: 5 }, () => client.list(ConfigMap)));
    await client.create(ConfigMap, map("by-plugin"));
    expect(calls()).toBe(1);
    // Refused: one more call of the plug-in, and the request is sent again without anybody noticing.
    accepted.delete("token-here-127.0.0.1-1");
    await client.mergePatch(ConfigMap, keyOf(map("by-plugin")), { data: { a: "1" } });
    expect(calls()).toBe(2);
    // That token ends in half a second.
    await new Promise((resolve) => setTimeout(resolve, 700));
    await client.list(ConfigMap);
    expect(calls()).toBe(3);
    accepted.clear();
    await expect(client.list(ConfigMap)).rejects.toThrow("Unauthorized");
  });
});

test("a plug-in that is not there, fails or gives nothing is named with its hint", async () => {
  const attempt = async (exec: object) => {
    let message = "";
    await withTransport(transportFromFile(kubeconfig("bad", { exec })), async (transport) => {
      const client = createClient({ transport, ...options, maxRetries: 0 });
      await client.list(ConfigMap).catch((error: unknown) => (message = (error as Error).message));
    });
    return message;
  };
  expect(
    await attempt({ command: "/no/such/plugin", installHint: "get it from your administrator" }),
  ).toMatch(/credential plug-in \/no\/such\/plugin has failed: .*ENOENT.*get it from your admin/);
  const node = { command: process.execPath };
  expect(
    await attempt({ ...node, args: ["-e", "console.error('sign in'); process.exit(1)"] }),
  ).toMatch(/has failed: sign in/);
  expect(await attempt({ ...node, args: ["-e", "console.log('{}')"] })).toMatch(/gives neither/);
});

test("a plug-in may give a client certificate, and the next one is used when the first is refused", async () => {
  const [state, script] = [join(folder, "certificates"), join(folder, "certificates.cjs")];
  writeFileSync(state, "0");
  const answers = [
    { cert: "", key: "" },
    server.clientOf("one", ["system:masters"]),
    server.clientOf("two", ["system:masters"]),
  ];
  writeFileSync(
    script,
    `const { readFileSync, writeFileSync } = require("node:fs");
     const count = Number(readFileSync(${JSON.stringify(state)}, "utf8")) + 1;
     writeFileSync(${JSON.stringify(state)}, String(count));
     const { cert, key } = ${JSON.stringify(answers)}[count];
     const status = { clientCertificateData: cert, clientKeyData: key };
     console.log(JSON.stringify({ kind: "ExecCredential", status }));`,
  );
  const exec = { command: process.execPath, args: [script] };
  const { handle } = server.core;
  const users: string[] = [];
  await withTransport(transportFromFile(kubeconfig("pair", { exec })), async (transport) => {
    const client = createClient({ transport, ...options });
    server.core.handle = (request) => {
      users.push(request.user.username);
      return request.user.username === "one" && users.length > 1
        ? Promise.resolve({
            kind: "answer",
            status: 401,
            headers: { "content-type": "application/json" },
            body: { kind: "Status", code: 401, reason: "Unauthorized", message: "Unauthorized" },
          })
        : handle(request);
    };
    await client.list(ConfigMap);
    await client.list(ConfigMap);
    expect(users).toEqual(["one", "one", "two"]);
    expect(readFileSync(state, "utf8")).toBe("2");
  }).finally(() => {
    server.core.handle = handle;
  });
});

test("inside of a pod the token of the service account is read anew for every call", async () => {
  writeFileSync(join(folder, "ca.crt"), server.ca.certificatePem);
  writeFileSync(join(folder, "token"), "pod-1\n");
  accepted.add("pod-1");
  const { hostname, port } = new URL(server.https.url);
  const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  await withTransport(transportInCluster(environment, folder)!, async (transport) => {
    const client = createClient({ transport, ...options });
    await client.list(ConfigMap);
    accepted.clear();
    accepted.add("pod-2");
    writeFileSync(join(folder, "token"), "pod-2\n");
    await client.list(ConfigMap);
  });
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const sockets = () =>
  process.getActiveResourcesInfo().filter((name) => /TCPSocketWrap|TLSWrap/.test(name)).length;

test("sockets and memory stay flat however often watches are closed by either side", async () => {
  const { cert, key } = server.clientOf("admin", ["system:masters"]);
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const user = { "client-certificate-data": base64(cert), "client-key-data": base64(key) };
  await withTransport(transportFromFile(kubeconfig("certificate", user)), async (transport) => {
    await createClient({ transport, ...options }).create(ConfigMap, map("watched"));
    const path = "/api/v1/namespaces/default/configmaps";
    const once = (closedByServer: boolean) =>
      new Promise<void>((resolve, reject) => {
        const cancel = transport.watch(
          { method: "GET", path },
          {
            onEvent: () => {
              if (closedByServer) server.core.closeWatches();
              else {
                cancel();
                resolve();
              }
            },
            onClose: (error) => (error === undefined ? resolve() : reject(error)),
          },
        );
      });
    const storm = async (times: number) => {
      for (let n = 0; n < times; n += 1) await once(n % 2 === 0);
      // What was cancelled is closed in the turns after.
      await new Promise((resolve) => setTimeout(resolve, 50));
      collectGarbage();
      return { sockets: sockets(), heap: process.memoryUsage().heapUsed };
    };
    const before = await storm(50);
    const after = await storm(full ? 10_000 : 300);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets + 4);
    expect(after.heap - before.heap).toBeLessThan(10_000_000);
  });
});
