import { X509Certificate } from "node:crypto";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { createManagementCluster } from "../../../scenarios/runner/management-cluster.ts";
import { inProcessTransport } from "@seatrial/fakecloud/kubernetes/in-process.ts";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import type { KubeadmControlPlane } from "../../api/control-plane/v1beta2.ts";
import { Secret } from "../../api/kubernetes.ts";
import type { ClusterCertificate } from "../../bootstrap/certificates/cluster-certificates.ts";
import { createClient } from "../../runtime/dynamic-client.ts";
import { createCertificateAuthority } from "../../runtime/pki/certificates.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { ensureKubeconfig } from "./kubeconfig.ts";

const day = 86_400_000;
const key = { namespace: "default", name: "c-kubeconfig" };

function world() {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random, trace } = kernel;
  const server = createManagementCluster({ clock, random, trace });
  const user = { username: "t", groups: ["system:masters"] };
  const transport = inProcessTransport(server, { user, actor: "t", clock, random });
  const client = createClient({ transport, clock, random });
  const keyPairs = fixtureKeyPairs(random);
  let aheadMs = 0;
  const deps = {
    client,
    apiReader: client,
    random,
    keyPairs,
    clock: { now: () => clock.now() + aheadMs },
  } as unknown as ControlPlaneDeps;
  const authority = createCertificateAuthority(
    {
      purpose: "ca",
      commonName: "kubernetes",
      keyPair: keyPairs.next("ca"),
      notBeforeMs: clock.now() - day,
      notAfterMs: clock.now() + 3650 * day,
    },
    random,
  );
  const ca: ClusterCertificate = { purpose: "ca", ...authority };
  const kcp = {
    apiVersion: "controlplane.cluster.x-k8s.io/v1beta2",
    kind: "KubeadmControlPlane",
    metadata: { name: "kcp", namespace: "default", uid: "uid-1" },
  } as KubeadmControlPlane;
  const run = <T>(promise: Promise<T>) => kernel.complete(promise, { horizonMs: day });
  const cluster = { key: { namespace: "default", name: "c" }, endpoint: "lb.example:6443" };
  return {
    ca,
    ensure: () => run(ensureKubeconfig(deps, kcp, cluster, ca)),
    travel: (ms: number) => (aheadMs += ms),
    create: (secret: Secret) => run(client.create(Secret, secret)),
    read: async () => {
      const secret = await run(client.get(Secret, key));
      return Buffer.from(secret!.data!["value"]!, "base64").toString();
    },
  };
}

function adminOf(kubeconfig: string): X509Certificate {
  const { users } = parse(kubeconfig) as {
    users: { user: { "client-certificate-data": string } }[];
  };
  const data = users[0]!.user["client-certificate-data"];
  return new X509Certificate(Buffer.from(data, "base64").toString());
}

test("the kubeconfig names the endpoint and an administrator whom the cluster's CA has signed", async () => {
  const { ensure, read, ca } = world();
  await ensure();
  const text = await read();
  expect(parse(text)).toMatchObject({
    clusters: [{ name: "c", cluster: { server: "https://lb.example:6443" } }],
    contexts: [{ name: "c-admin@c", context: { cluster: "c", user: "c-admin" } }],
    "current-context": "c-admin@c",
  });
  const admin = adminOf(text);
  expect(admin.subject).toBe("O=system:masters\nCN=kubernetes-admin");
  expect(admin.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
});

test("it stays as it is for half a year and is renewed then", async () => {
  const { ensure, read, travel } = world();
  await ensure();
  const first = await read();
  travel(180 * day);
  await ensure();
  expect(await read()).toBe(first);
  travel(5 * day);
  await ensure();
  const second = await read();
  expect(second).not.toBe(first);
  expect(Date.parse(adminOf(second).validTo)).toBeGreaterThan(Date.parse(adminOf(first).validTo));
});

test("a kubeconfig that somebody else made is never touched", async () => {
  const { ensure, read, create, travel } = world();
  const value = Buffer.from("mine").toString("base64");
  await create({ apiVersion: "v1", kind: "Secret", metadata: key, data: { value } });
  travel(400 * day);
  await ensure();
  expect(await read()).toBe("mine");
});
