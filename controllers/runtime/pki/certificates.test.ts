import { X509Certificate } from "node:crypto";
import { connect, createServer, type TLSSocket } from "node:tls";
import { once } from "node:events";
import { expect, test } from "vitest";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { KeyedRandom } from "@seatrial/fakecloud/kernel/random.ts";
import { createCertificateAuthority, expiryOf, issueCertificate } from "./certificates.ts";
import { generatedKeyPairs, type KeyPairSource } from "./key-pairs.ts";
import { altName } from "./names.ts";

const day = 86_400_000;
const notBeforeMs = 1_767_600_000_000;

function chain(keyPairs: KeyPairSource, startMs = notBeforeMs) {
  const random = new KeyedRandom("1");
  const validity = { notBeforeMs: startMs, notAfterMs: startMs + 365 * day };
  const ca = createCertificateAuthority(
    { purpose: "ca", commonName: "kubernetes", keyPair: keyPairs.next("ca"), ...validity },
    random,
  );
  const client = issueCertificate(
    {
      purpose: "admin",
      commonName: "kubernetes-admin",
      organizations: ["system:masters"],
      usages: ["client"],
      keyPair: keyPairs.next("admin"),
      ...validity,
    },
    ca,
    random,
  );
  const server = issueCertificate(
    {
      purpose: "apiserver",
      commonName: "kube-apiserver",
      usages: ["server"],
      altNames: [altName("localhost"), altName("127.0.0.1")],
      keyPair: keyPairs.next("apiserver"),
      ...validity,
    },
    ca,
    random,
  );
  return { ca, client, server };
}

test("a client certificate names its user and groups and verifies against its authority", () => {
  const { ca, client } = chain(fixtureKeyPairs(new KeyedRandom("1")));
  const certificate = new X509Certificate(client.certificatePem);
  const authority = new X509Certificate(ca.certificatePem);
  expect(certificate.subject).toBe("O=system:masters\nCN=kubernetes-admin");
  expect(certificate.verify(authority.publicKey)).toBe(true);
  expect(certificate.checkIssued(authority)).toBe(true);
  expect([authority.ca, certificate.ca]).toEqual([true, false]);
  expect(expiryOf(client.certificatePem)).toBe(notBeforeMs + 365 * day);
});

test("the same seed, key and dates give the same certificate, byte for byte", () => {
  const make = () => chain(fixtureKeyPairs(new KeyedRandom("1")));
  expect(make()).toEqual(make());
});

test("a TLS handshake with both certificates succeeds", async () => {
  const { ca, client, server } = chain(generatedKeyPairs, Date.now() - day);
  const listener = createServer({
    cert: server.certificatePem,
    key: server.privateKeyPem,
    ca: ca.certificatePem,
    requestCert: true,
    rejectUnauthorized: true,
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  const accepted = once(listener, "secureConnection") as Promise<[TLSSocket]>;
  const socket = connect({
    port,
    host: "127.0.0.1",
    ca: ca.certificatePem,
    cert: client.certificatePem,
    key: client.privateKeyPem,
  });
  await once(socket, "secureConnect");
  const [peer] = await accepted;
  expect(peer.getPeerCertificate().subject).toMatchObject({ CN: "kubernetes-admin" });
  socket.destroy();
  listener.close();
});
