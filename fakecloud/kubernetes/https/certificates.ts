/**
 * X.509 without sockets, files or asynchronous crypto: key pairs, dates and serial numbers come from the caller, so the same
 * inputs give the same certificate everywhere.
 */
import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { dateOf } from "./clock.ts";
import {
  bitString,
  contentOf,
  octets,
  oid,
  partsOf,
  sequenceOf,
  setOf,
  timeOf,
  tlv,
  truth,
  utf8,
} from "./der.ts";

/** A key pair as text; only its owner needs the private half. */
export interface KeyPair {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

export interface CertificateSubject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
}

export interface SubjectNames {
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

export interface CertificateAuthority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

interface CertificateDates {
  /** Ms since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Up to 20 bytes; the caller draws them. */
  readonly serial: Uint8Array;
}

export interface AuthorityRequest extends CertificateDates {
  readonly subject: CertificateSubject;
  readonly keyPair: KeyPair;
}

export interface CertificateRequest extends CertificateDates {
  readonly ca: CertificateAuthority;
  readonly subject: CertificateSubject;
  readonly sans?: SubjectNames;
  readonly usages: readonly ("client" | "server")[];
  readonly keyPair: Pick<KeyPair, "publicKeyPem">;
}

/** A self-signed certificate that may sign others. */
export function createCertificateAuthority(request: AuthorityRequest): CertificateAuthority {
  const { keyPair, subject } = request;
  const name = nameOf(subject);
  const keyId = keyIdOf(fromPem(keyPair.publicKeyPem));
  const certificatePem = signCertificate(keyPair.privateKeyPem, {
    ...request,
    issuer: name,
    subject: name,
    publicKeyPem: keyPair.publicKeyPem,
    extensions: [
      extension("keyUsage", bitString(2, keyUsage.signCertificates), true),
      extension("basicConstraints", sequenceOf(truth), true),
      extension("subjectKeyIdentifier", octets(keyId)),
      ...alternativeNames({ dnsNames: [subject.commonName] }),
    ],
  });
  return { certificatePem, privateKeyPem: keyPair.privateKeyPem };
}

/** A certificate for a server, a client or both, as PEM. */
export function issueCertificate(request: CertificateRequest): string {
  const authority = authorityOf(request.ca.certificatePem);
  const { keyPair, usages } = request;
  return signCertificate(request.ca.privateKeyPem, {
    ...request,
    issuer: authority.subject,
    subject: nameOf(request.subject),
    publicKeyPem: keyPair.publicKeyPem,
    extensions: [
      extension("keyUsage", bitString(5, keyUsage.talk), true),
      extension("extendedKeyUsage", sequenceOf(...usages.map((usage) => oid(usageIds[usage])))),
      extension("basicConstraints", sequenceOf(), true),
      extension("authorityKeyIdentifier", sequenceOf(tlv(0x80, authority.keyId))),
      ...alternativeNames(request.sans ?? {}),
    ],
  });
}

/** Who a client certificate says that its owner is. */
export function subjectOf(certificatePem: string): CertificateSubject {
  const { subject } = new X509Certificate(certificatePem).toLegacyObject();
  const { CN, O } = subject as Readonly<Record<string, string | readonly string[] | undefined>>;
  return { commonName: [CN ?? ""].flat()[0] ?? "", organizations: [O ?? []].flat() };
}

/** Whether a certificate was signed by the authority and is valid at `now`. */
export function isIssuedBy(certificatePem: string, authorityPem: string, now: number): boolean {
  const validity = validityOf(certificatePem, authorityPem);
  return validity !== undefined && validity.notBefore <= now && now <= validity.notAfter;
}

/** When a certificate is valid; undefined if the authority did not sign it. */
export function validityOf(
  certificatePem: string,
  authorityPem: string,
): { readonly notBefore: number; readonly notAfter: number } | undefined {
  const certificate = new X509Certificate(certificatePem);
  const authority = new X509Certificate(authorityPem);
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) {
    return undefined;
  }
  const { validFromDate, validToDate } = certificate;
  return { notBefore: validFromDate.getTime(), notAfter: validToDate.getTime() };
}

const commonNameId = "2.5.4.3";
const organizationId = "2.5.4.10";
const rsaWithSha256 = sequenceOf(oid("1.2.840.113549.1.1.11"), tlv(0x05));
/** Version 3 is written as 2. */
const version = tlv(0xa0, tlv(0x02, Buffer.of(2)));
const extensionIds = {
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeNames: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;
/** Bits 0 and 2 are digitalSignature and keyEncipherment; bit 5 is keyCertSign. */
const keyUsage = {
  talk: Buffer.of(0b1010_0000),
  signCertificates: Buffer.of(0b1010_0100),
} as const;
const usageIds = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;

interface ToSign extends CertificateDates {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKeyPem: string;
  readonly extensions: readonly Buffer[];
}

function signCertificate(privateKeyPem: string, content: ToSign): string {
  const toBeSigned = sequenceOf(
    version,
    tlv(0x02, positive(content.serial)),
    rsaWithSha256,
    content.issuer,
    sequenceOf(timeOf(dateOf(content.notBefore)), timeOf(dateOf(content.notAfter))),
    content.subject,
    fromPem(content.publicKeyPem),
    tlv(0xa3, sequenceOf(...content.extensions)),
  );
  const signature = sign("sha256", toBeSigned, privateKeyOf(privateKeyPem));
  return toPem("CERTIFICATE", sequenceOf(toBeSigned, rsaWithSha256, bitString(0, signature)));
}

/** Serial numbers are positive and at most 20 bytes long. */
function positive(serial: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(serial.subarray(0, 20));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function nameOf({ commonName, organizations = [] }: CertificateSubject): Buffer {
  const all = organizations.map((each) => attribute(organizationId, each));
  const parts = [...(all.length === 0 ? [] : [all]), [attribute(commonNameId, commonName)]];
  return sequenceOf(...parts.map((part) => setOf(...part)));
}

function attribute(type: string, text: string): Buffer {
  return sequenceOf(oid(type), utf8(text));
}

function alternativeNames({ dnsNames = [], ipAddresses = [] }: SubjectNames): readonly Buffer[] {
  const names = [
    ...dnsNames.map((name) => tlv(0x82, Buffer.from(name, "latin1"))),
    ...ipAddresses
      .filter((each) => isIP(each) > 0)
      .map((address) => tlv(0x87, Buffer.from(ipaddr.parse(address).toByteArray()))),
  ];
  return names.length === 0 ? [] : [extension("alternativeNames", sequenceOf(...names))];
}

function extension(name: keyof typeof extensionIds, value: Buffer, critical = false): Buffer {
  return sequenceOf(oid(extensionIds[name]), ...(critical ? [truth] : []), octets(value));
}

/** Whose name its certificates bear, and by which key. */
function authorityOf(certificatePem: string): { subject: Buffer; keyId: Buffer } {
  const [toBeSigned] = partsOf(fromPem(certificatePem));
  // Version, serial number, algorithm, issuer and validity come before.
  const [subject, publicKey] = partsOf(toBeSigned ?? Buffer.of()).slice(5);
  if (subject === undefined || publicKey === undefined) throw new TypeError("not a certificate");
  return { subject, keyId: keyIdOf(publicKey) };
}

/** SHA-1 of the bits of a public key, without the count of unused ones (RFC 5280 4.2.1.2). */
function keyIdOf(publicKeyInfo: Buffer): Buffer {
  const [, bits = Buffer.of(3, 0)] = partsOf(publicKeyInfo);
  return createHash("sha1").update(contentOf(bits).subarray(1)).digest();
}

const privateKeys = new Map<string, KeyObject>();

/** Reading a key from its text costs more than signing with it, and a simulation uses the same few all the time. */
function privateKeyOf(pem: string): KeyObject {
  let key = privateKeys.get(pem);
  if (key === undefined) {
    key = createPrivateKey(pem);
    if (privateKeys.size < 1000) privateKeys.set(pem, key);
  }
  return key;
}

export function fromPem(pem: string): Buffer {
  const body = /-----BEGIN [^-]+-----([^-]*)-----END/.exec(pem)?.[1];
  if (body === undefined) throw new TypeError("not PEM");
  return Buffer.from(body, "base64");
}

export function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
