import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { KeyedRandom } from "@seatrial/fakecloud/kernel/random.ts";
import type { Cluster } from "../../api/core/v1beta2.ts";
import type { Secret } from "../../api/kubernetes.ts";
import { createCertificateAuthority } from "../../runtime/pki/certificates.ts";
import type { ControlPlaneDeps } from "./deps.ts";
import { EtcdAccess } from "./etcd-access.ts";
import type { EtcdTarget } from "./etcd-client.ts";

const minute = 60_000;
const hour = 60 * minute;
const startMs = Date.parse("2026-01-05T08:00:00Z");
const random = new KeyedRandom("1");
const keyPairs = fixtureKeyPairs(random);
const cluster: Cluster = {
  apiVersion: "cluster.x-k8s.io/v1beta2",
  kind: "Cluster",
  metadata: { name: "c", namespace: "default" },
  spec: {},
};

function newAuthority(purpose: string) {
  const dates = { notBeforeMs: startMs - hour, notAfterMs: startMs + 3650 * 24 * hour };
  const keyPair = keyPairs.next(purpose);
  return createCertificateAuthority(
    { purpose, commonName: "kubernetes", keyPair, ...dates },
    random,
  );
}

function world() {
  let nowMs = startMs;
  let authority = newAuthority("etcd");
  let keysMade = 0;
  const seen: EtcdTarget[] = [];
  const secretOf = (name: string): Secret => {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const data = name.endsWith("-etcd")
      ? {
          "tls.crt": base64(authority.certificatePem),
          "tls.key": base64(authority.privateKeyPem),
        }
      : { value: base64("kubeconfig") };
    return { apiVersion: "v1", kind: "Secret", metadata: { name }, data };
  };
  const deps = {
    client: { get: async (_kind: unknown, { name }: { name: string }) => secretOf(name) },
    clock: { now: () => nowMs },
    random,
    keyPairs: { next: (purpose: string) => ((keysMade += 1), keyPairs.next(purpose)) },
    etcd: {
      connect: async (target: EtcdTarget) => {
        seen.push(target);
        return { close: () => {} };
      },
    },
  } as unknown as ControlPlaneDeps;
  const access = new EtcdAccess(deps);
  return {
    seen,
    ask: () => access.with(cluster, "node-a", async () => undefined),
    wait: (ms: number) => (nowMs += ms),
    rotate: () => (authority = newAuthority("etcd-2")),
    keysMade: () => keysMade,
  };
}

test("one key serves a cluster for a day, however often etcd is asked (D35)", async () => {
  const { ask, wait, keysMade } = world();
  for (let minutes = 0; minutes < 23 * 60; minutes += 10) {
    await ask();
    wait(10 * minute);
  }
  expect(keysMade()).toBe(1);
  wait(2 * hour);
  await ask();
  expect(keysMade()).toBe(2);
});

test("a member whose clock is ten minutes behind accepts the certificate (D34)", async () => {
  const { ask, seen } = world();
  await ask();
  const { validFrom } = new X509Certificate(seen[0]!.certificatePem);
  expect(Date.parse(validFrom)).toBeLessThanOrEqual(startMs - 10 * minute);
});

test("a new authority of etcd makes a new certificate at once", async () => {
  const { ask, rotate, seen } = world();
  await ask();
  rotate();
  await ask();
  const [first, second] = seen.map((target) => new X509Certificate(target.certificatePem));
  const authorities = seen.map((target) => new X509Certificate(target.caPem).publicKey);
  expect([first!.verify(authorities[0]!), second!.verify(authorities[1]!)]).toEqual([true, true]);
  expect(seen[0]!.caPem).not.toBe(seen[1]!.caPem);
});
