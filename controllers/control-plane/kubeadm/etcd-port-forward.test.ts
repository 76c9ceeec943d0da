import { once } from "node:events";
import { connect, type Server } from "node:net";
import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PodBackend } from "@seatrial/fakecloud/kubernetes/https/pod-backend.ts";
import {
  startTestServer,
  type TestServer,
} from "@seatrial/fakecloud/kubernetes/https/test-server.ts";
import { realClock } from "../../runtime/clock.ts";
import { createCertificateAuthority, issueCertificate } from "../../runtime/pki/certificates.ts";
import { generatedKeyPairs } from "../../runtime/pki/key-pairs.ts";
import { realRandom } from "../../runtime/random.ts";
import { apiServerCertificatesOverPortForward } from "./api-server-certificates.ts";
import { etcdOverPortForward } from "./etcd-port-forward.ts";

const day = 86_400_000;
const dates = { notBeforeMs: Date.now() - day, notAfterMs: Date.now() + day };
const keyPair = generatedKeyPairs.next("etcd");
const authority = createCertificateAuthority(
  { purpose: "etcd", commonName: "etcd-ca", keyPair, ...dates },
  realRandom,
);
const certificate = (usages: readonly ("client" | "server")[]) =>
  issueCertificate(
    { purpose: "x", commonName: "cluster-api.x-k8s.io", usages, keyPair, ...dates },
    authority,
    realRandom,
  );

const big = "18446744073709551557";
const asked: { path: string; body: unknown; client: string }[] = [];
const answers: Readonly<Record<string, readonly [status: number, body: object]>> = {
  "/v3/maintenance/status": [
    200,
    { header: { member_id: big, raft_term: "2" }, leader: big, version: "3.6.4" },
  ],
  "/v3/cluster/member/list": [
    200,
    {
      header: {},
      members: [
        {
          ID: big,
          name: "node-a",
          peerURLs: ["https://10.0.0.1:2380"],
          clientURLs: ["https://10.0.0.1:2379"],
        },
        { ID: "7", peerURLs: ["https://10.0.0.2:2380"], isLearner: true },
      ],
    },
  ],
  "/v3/cluster/member/remove": [
    404,
    { code: 5, message: "etcdserver: member not found", details: [] },
  ],
  "/v3/maintenance/transfer-leadership": [200, { header: {} }],
  "/v3/maintenance/alarm": [200, { header: {}, alarms: [{ memberID: "7", alarm: "NOSPACE" }] }],
};

let etcd: Server;
let server: TestServer;
const pods = new Map<string, PodBackend>();

beforeAll(async () => {
  const { certificatePem, privateKeyPem } = certificate(["server"]);
  etcd = createServer(
    {
      cert: certificatePem,
      key: privateKeyPem,
      ca: authority.certificatePem,
      requestCert: true,
      // An API server asks for a certificate, too, and takes clients without.
      rejectUnauthorized: false,
    },
    (request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        const path = request.url ?? "";
        const socket = request.socket as TLSSocket;
        const { subject } = socket.getPeerCertificate();
        const client = socket.authorized ? String(subject.CN) : "nobody";
        asked.push({ path, body: JSON.parse(text), client });
        const [status, body] = answers[path] ?? [404, {}];
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
    },
  );
  etcd.listen(0, "127.0.0.1");
  await once(etcd, "listening");
  const { port: etcdPort } = etcd.address() as { port: number };
  pods.set("kube-system/etcd-node-a", {
    portForward: (port, stream) => {
      expect([2379, 6443]).toContain(port);
      const socket = connect(etcdPort, "127.0.0.1");
      socket.on("data", (data) => stream.write(data));
      socket.on("close", () => stream.end());
      stream.onData((data) => socket.write(data));
      stream.onEnd(() => socket.end());
    },
  });
  pods.set("kube-system/kube-apiserver-node-a", pods.get("kube-system/etcd-node-a")!);
  server = await startTestServer({
    podBackend: (namespace, pod) => pods.get(`${namespace}/${pod}`),
  });
  await createPod("etcd-node-a");
  await createPod("kube-apiserver-node-a");
});

async function createPod(name: string): Promise<void> {
  await server.core.handle({
    method: "POST",
    path: "/api/v1/namespaces/kube-system/pods",
    query: {},
    headers: { "content-type": "application/json" },
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "kube-system" },
      spec: { nodeName: "node-a", containers: [{ name: "etcd", image: "etcd" }] },
    },
    user: { username: "t", groups: ["system:masters"] },
  });
}

afterAll(async () => {
  await server.close();
  etcd.close();
});

function target(nodeName: string) {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const admin = server.clientOf("kubernetes-admin", ["system:masters"]);
  const client = certificate(["client"]);
  return {
    cluster: { namespace: "default", name: "c" },
    nodeName,
    kubeconfig: JSON.stringify({
      clusters: [
        {
          cluster: {
            server: server.https.url,
            "certificate-authority-data": base64(server.ca.certificatePem),
          },
        },
      ],
      users: [
        {
          user: {
            "client-certificate-data": base64(admin.cert),
            "client-key-data": base64(admin.key),
          },
        },
      ],
    }),
    caPem: authority.certificatePem,
    certificatePem: client.certificatePem,
    privateKeyPem: client.privateKeyPem,
  };
}

test("every call goes through the API server and mutual TLS to the member's JSON gateway", async () => {
  const client = await etcdOverPortForward(realClock).connect(target("node-a"));
  expect(await client.status()).toEqual({
    memberId: big,
    leaderId: big,
    version: "3.6.4",
    isLearner: false,
    errors: [],
  });
  expect(await client.memberList()).toEqual([
    {
      id: big,
      name: "node-a",
      peerUrls: ["https://10.0.0.1:2380"],
      clientUrls: ["https://10.0.0.1:2379"],
      isLearner: false,
    },
    { id: "7", name: "", peerUrls: ["https://10.0.0.2:2380"], clientUrls: [], isLearner: true },
  ]);
  await client.moveLeader("7");
  expect(await client.alarms()).toEqual([{ memberId: "7", type: "NOSPACE" }]);
  await expect(client.memberRemove(big)).rejects.toThrow("etcdserver: member not found");
  client.close();
  expect(asked.map(({ path, body }) => [path, body])).toEqual([
    ["/v3/maintenance/status", {}],
    ["/v3/cluster/member/list", { linearizable: true }],
    ["/v3/maintenance/transfer-leadership", { targetID: "7" }],
    ["/v3/maintenance/alarm", { action: "GET", memberID: "0", alarm: "NONE" }],
    ["/v3/cluster/member/remove", { ID: big }],
  ]);
  expect(new Set(asked.map((each) => each.client))).toEqual(new Set(["cluster-api.x-k8s.io"]));
});

test("a pod that does not exist is an unreachable member, not a hang", async () => {
  await expect(etcdOverPortForward(realClock).connect(target("node-b"))).rejects.toMatchObject({
    name: "UnreachableError",
  });
});

test("an authority that did not sign the member's certificate is not trusted", async () => {
  const other = createCertificateAuthority(
    { purpose: "o", commonName: "other", keyPair: generatedKeyPairs.next("o"), ...dates },
    realRandom,
  );
  const wrong = { ...target("node-a"), caPem: other.certificatePem };
  await expect(etcdOverPortForward(realClock).connect(wrong)).rejects.toMatchObject({
    name: "UnreachableError",
  });
});

test("the expiry of an API server's certificate is read in the same way", async () => {
  const { cluster, kubeconfig, nodeName, caPem } = target("node-a");
  const expiryMs = await apiServerCertificatesOverPortForward(realClock).expiryMs({
    cluster,
    kubeconfig,
    nodeName,
    caPem,
  });
  expect(expiryMs).toBe(Math.floor(dates.notAfterMs / 1000) * 1000);
});
