import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { dateOf, parseTime } from "../clock.ts";
import type { Random } from "../random.ts";
import { contextTag, element, elementsOf, objectId, sequence, tags, time } from "./der.ts";
import type { KeyPair } from "./key-pairs.ts";
import { distinguishedName, type SubjectAltName, subjectAltNames } from "./names.ts";

/** A certificate and its key, both PEM. */
export interface CertifiedKey {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface CertificateRequest {
  /** Stable name of the certificate: the serial number is a keyed draw for it. */
  readonly purpose: string;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly altNames?: readonly SubjectAltName[];
  readonly usages: readonly ("client" | "server")[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly keyPair: KeyPair;
}

const sha256WithRsa = "1.2.840.113549.1.1.11";
const extendedUsages = { client: "1.3.6.1.5.5.7.3.2", server: "1.3.6.1.5.5.7.3.1" } as const;
const extensionIds = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
/** Version 3 is written as 2. */
const version = element(
  contextTag(0, { constructed: true }),
  element(tags.integer, Uint8Array.of(2)),
);
/** digitalSignature and keyEncipherment; an authority's also keyCertSign. The first byte counts the bits that are not used. */
const keyUsages = { usual: Uint8Array.of(5, 0xa0), authority: Uint8Array.of(2, 0xa4) } as const;
const yes = element(tags.boolean, Uint8Array.of(0xff));

/** A self-signed authority, as kubeadm makes its CAs: it may sign certificates and nothing else. */
export function createCertificateAuthority(
  request: Omit<CertificateRequest, "altNames" | "usages">,
  random: Random,
): CertifiedKey {
  return issue({ ...request, usages: [] }, random, undefined);
}

export function issueCertificate(
  request: CertificateRequest,
  authority: CertifiedKey,
  random: Random,
): CertifiedKey {
  return issue(request, random, authority);
}

/** Ms since the epoch until which a PEM certificate is valid. */
export function expiryOf(certificatePem: string): number {
  return parseTime(new X509Certificate(certificatePem).validTo) ?? 0;
}

function issue(
  request: CertificateRequest,
  random: Random,
  authority: CertifiedKey | undefined,
): CertifiedKey {
  const { keyPair } = request;
  const publicKey = bytesOf(keyPair.publicKeyPem);
  const subject = distinguishedName(request.commonName, request.organizations ?? []);
  const issuer =
    authority === undefined
      ? { subject, keyId: keyIdOf(publicKey) }
      : issuerOf(authority.certificatePem);
  const algorithm = sequence(objectId(sha256WithRsa), element(tags.null));
  const content = sequence(
    version,
    serialNumber(request.purpose, random),
    algorithm,
    issuer.subject,
    validity(request.notBeforeMs, request.notAfterMs),
    subject,
    publicKey,
    element(
      contextTag(3, { constructed: true }),
      sequence(
        ...extensionsOf(request, authority === undefined),
        extension("subjectKeyIdentifier", element(tags.octetString, keyIdOf(publicKey))),
        extension("authorityKeyIdentifier", sequence(element(contextTag(0), issuer.keyId))),
      ),
    ),
  );
  const signature = sign("sha256", content, privateKeyOf((authority ?? keyPair).privateKeyPem));
  const bits = element(tags.bitString, Uint8Array.of(0), signature);
  return {
    certificatePem: pem("CERTIFICATE", sequence(content, algorithm, bits)),
    privateKeyPem: keyPair.privateKeyPem,
  };
}

function extensionsOf(request: CertificateRequest, isAuthority: boolean): readonly Buffer[] {
  const usages = request.usages.map((usage) => objectId(extendedUsages[usage]));
  const { altNames = [] } = request;
  const keyUsage = isAuthority ? keyUsages.authority : keyUsages.usual;
  return [
    extension("keyUsage", element(tags.bitString, keyUsage), true),
    extension("basicConstraints", sequence(...(isAuthority ? [yes] : [])), true),
    ...(usages.length > 0 ? [extension("extendedKeyUsage", sequence(...usages))] : []),
    ...(altNames.length > 0 ? [extension("subjectAltName", subjectAltNames(altNames))] : []),
  ];
}

function extension(name: keyof typeof extensionIds, value: Buffer, critical = false): Buffer {
  const id = objectId(extensionIds[name]);
  return sequence(id, ...(critical ? [yes] : []), element(tags.octetString, value));
}

/** Subject and key identifier of an authority, read from its certificate: each is read once. */
function issuerOf(certificatePem: string): Issuer {
  const known = issuers.get(certificatePem);
  if (known !== undefined) return known;
  const [content] = partsOf(bytesOf(certificatePem));
  // Before them: version, serial number, algorithm, issuer, validity.
  const [subject, publicKey] = partsOf(content?.whole ?? Buffer.alloc(0)).slice(5);
  if (subject === undefined || publicKey === undefined) throw new TypeError("not a certificate");
  const issuer = { subject: subject.whole, keyId: keyIdOf(publicKey.whole) };
  return remember(issuers, certificatePem, issuer);
}

interface Issuer {
  readonly subject: Buffer;
  readonly keyId: Buffer;
}

/** What a sequence consists of. */
function partsOf(der: Buffer) {
  return elementsOf(elementsOf(der)[0]?.content ?? Buffer.alloc(0));
}

const issuers = new Map<string, Issuer>();
const privateKeys = new Map<string, KeyObject>();

function privateKeyOf(privateKeyPem: string): KeyObject {
  return (
    privateKeys.get(privateKeyPem) ??
    remember(privateKeys, privateKeyPem, createPrivateKey(privateKeyPem))
  );
}

/** A small memory: a manager of a thousand clusters must not keep every key that it ever saw. */
function remember<T>(memory: Map<string, T>, key: string, value: T): T {
  if (memory.size >= 256) memory.clear();
  memory.set(key, value);
  return value;
}

/** RFC 5280 4.2.1.2: SHA-1 over the public key bits, of which none are unused. */
function keyIdOf(publicKey: Buffer): Buffer {
  const bits = partsOf(publicKey)[1]?.content.subarray(1) ?? Buffer.alloc(0);
  return createHash("sha1").update(bits).digest();
}

function serialNumber(purpose: string, random: Random): Buffer {
  const bytes = random.bytes("certificate-serial", purpose, 16);
  // Positive and without a leading zero byte, so that every encoder writes it in the same way.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return element(tags.integer, bytes);
}

function validity(notBeforeMs: number, notAfterMs: number): Buffer {
  return sequence(time(dateOf(notBeforeMs)), time(dateOf(notAfterMs)));
}

function bytesOf(pemText: string): Buffer {
  return Buffer.from(pemText.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
