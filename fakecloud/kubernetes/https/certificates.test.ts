import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { connect, createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { KeyedRandom } from "../../kernel/random.ts";
import { fixtureKeyPairs } from "../../kernel/fixture-key-pairs.ts";
import {
  createCertificateAuthority,
  isIssuedBy,
  issueCertificate,
  subjectOf,
} from "./certificates.ts";

const keys = fixtureKeyPairs(new KeyedRandom("certificates"));
function realKeys() {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    privateKeyPem: privateKey.export({ type: "pkcs1", format: "pem" }),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
  };
}

const dates = {
  notBefore: Date.UTC(2026, 0, 1),
  notAfter: Date.UTC(2126, 0, 1),
  serial: Uint8Array.of(1, 2, 3),
};
const caKeys = realKeys();
const ca = createCertificateAuthority({
  subject: { commonName: "kubernetes" },
  keyPair: caKeys,
  ...dates,
});
// OpenSSL refuses the short keys of the fixture pool.
const serverKeys = realKeys();
const server = issueCertificate({
  ca,
  subject: { commonName: "kube-apiserver" },
  sans: { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"] },
  usages: ["server"],
  keyPair: serverKeys,
  ...dates,
});
const clientKeys = realKeys();
const client = issueCertificate({
  ca,
  subject: { commonName: "jane", organizations: ["system:masters", "devs"] },
  usages: ["client"],
  keyPair: clientKeys,
  ...dates,
});

test("the same inputs give the same certificate", () => {
  const again = createCertificateAuthority({
    subject: { commonName: "kubernetes" },
    keyPair: caKeys,
    ...dates,
  });
  expect(again).toEqual(ca);
});

test("a client certificate carries the user and its groups, and its issuer can be checked", () => {
  expect(subjectOf(client)).toEqual({
    commonName: "jane",
    organizations: ["system:masters", "devs"],
  });
  expect(isIssuedBy(client, ca.certificatePem, Date.UTC(2026, 5, 1))).toBe(true);
  expect(isIssuedBy(client, ca.certificatePem, Date.UTC(2025, 5, 1))).toBe(false);
  const other = createCertificateAuthority({
    subject: { commonName: "kubernetes" },
    keyPair: keys.next("x"),
    ...dates,
  });
  expect(isIssuedBy(client, other.certificatePem, Date.UTC(2026, 5, 1))).toBe(false);
});

test("a serving certificate names its hosts and addresses", () => {
  const { subjectAltName } = new X509Certificate(server);
  expect(subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
});

test("a TLS handshake with both certificates succeeds", async () => {
  const seen = Promise.withResolvers<string>();
  const listener = createServer(
    { key: serverKeys.privateKeyPem, cert: server, ca: ca.certificatePem, requestCert: true },
    (socket) => {
      seen.resolve(`${socket.authorized} ${String(socket.getPeerCertificate().subject.CN)}`);
      socket.end();
    },
  );
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  const socket = connect({
    port,
    host: "127.0.0.1",
    ca: ca.certificatePem,
    key: clientKeys.privateKeyPem,
    cert: client,
  });
  expect(await seen.promise).toBe("true jane");
  socket.destroy();
  listener.close();
});
