/**
 * X.509 without sockets, files or asynchronous crypto: key pairs, dates and serial numbers come from the caller, so the same
 * inputs give the same certificate everywhere.
 */
import { createHash, createPrivateKey, createPublicKey, sign, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import { dateOf } from "./clock.ts";

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
  const keyId = keyIdOf(keyPair.publicKeyPem);
  const certificatePem = signCertificate(keyPair.privateKeyPem, {
    ...request,
    issuer: name,
    subject: name,
    publicKeyPem: keyPair.publicKeyPem,
    extensions: [
      extension(
        "2.5.29.15",
        true,
        new KeyUsage(
          KeyUsageFlags.digitalSignature |
            KeyUsageFlags.keyEncipherment |
            KeyUsageFlags.keyCertSign,
        ),
      ),
      extension("2.5.29.19", true, new BasicConstraints({ cA: true })),
      extension("2.5.29.14", false, new SubjectKeyIdentifier(keyId)),
      ...alternativeNames({ dnsNames: [subject.commonName] }),
    ],
  });
  return { certificatePem, privateKeyPem: keyPair.privateKeyPem };
}

/** A certificate for a server, a client or both, as PEM. */
export function issueCertificate(request: CertificateRequest): string {
  const authority = parseCertificate(request.ca.certificatePem);
  const { keyPair, usages } = request;
  return signCertificate(request.ca.privateKeyPem, {
    ...request,
    issuer: authority.tbsCertificate.subject,
    subject: nameOf(request.subject),
    publicKeyPem: keyPair.publicKeyPem,
    extensions: [
      extension(
        "2.5.29.15",
        true,
        new KeyUsage(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment),
      ),
      extension(
        "2.5.29.37",
        false,
        new ExtendedKeyUsage(
          usages.map((usage) => (usage === "server" ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")),
        ),
      ),
      extension("2.5.29.19", true, new BasicConstraints({ cA: false })),
      extension(
        "2.5.29.35",
        false,
        new AuthorityKeyIdentifier({
          keyIdentifier: new KeyIdentifier(
            keyIdOfInfo(authority.tbsCertificate.subjectPublicKeyInfo),
          ),
        }),
      ),
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
const rsaWithSha256 = "1.2.840.113549.1.1.11";

interface ToSign extends CertificateDates {
  readonly issuer: Name;
  readonly subject: Name;
  readonly publicKeyPem: string;
  readonly extensions: readonly Extension[];
}

function signCertificate(privateKeyPem: string, content: ToSign): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: rsaWithSha256, parameters: null });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: bufferOf(positive(content.serial)),
    signature: algorithm,
    issuer: content.issuer,
    validity: new Validity({
      notBefore: dateOf(content.notBefore),
      notAfter: dateOf(content.notAfter),
    }),
    subject: content.subject,
    subjectPublicKeyInfo: publicKeyInfoOf(content.publicKeyPem),
    extensions: new Extensions([...content.extensions]),
  });
  const signature = sign(
    "sha256",
    Buffer.from(AsnConvert.serialize(tbsCertificate)),
    privateKeyOf(privateKeyPem),
  );
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: bufferOf(signature),
  });
  return toPem("CERTIFICATE", new Uint8Array(AsnConvert.serialize(certificate)));
}

/** Serial numbers are positive and at most 20 bytes long. */
function positive(serial: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(serial.subarray(0, 20));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function nameOf({ commonName, organizations = [] }: CertificateSubject): Name {
  const parts: RelativeDistinguishedName[] = [];
  if (organizations.length > 0) {
    parts.push(
      new RelativeDistinguishedName(organizations.map((each) => attribute(organizationId, each))),
    );
  }
  parts.push(new RelativeDistinguishedName([attribute(commonNameId, commonName)]));
  return new Name(parts);
}

function attribute(type: string, text: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String: text }) });
}

function alternativeNames({ dnsNames = [], ipAddresses = [] }: SubjectNames): Extension[] {
  const names = [
    ...dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...ipAddresses
      .filter((each) => isIP(each) > 0)
      .map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  if (names.length === 0) return [];
  return [extension("2.5.29.17", false, new SubjectAlternativeName(names))];
}

function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({
    extnID,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

function publicKeyInfoOf(publicKeyPem: string): SubjectPublicKeyInfo {
  const der = createPublicKey(publicKeyPem).export({ format: "der", type: "spki" });
  return AsnConvert.parse(der, SubjectPublicKeyInfo);
}

function keyIdOf(publicKeyPem: string): ArrayBuffer {
  return keyIdOfInfo(publicKeyInfoOf(publicKeyPem));
}

function keyIdOfInfo(info: SubjectPublicKeyInfo): ArrayBuffer {
  const digest = createHash("sha1").update(new Uint8Array(info.subjectPublicKey)).digest();
  return bufferOf(digest);
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

function parseCertificate(pem: string): Certificate {
  return AsnConvert.parse(fromPem(pem), Certificate);
}

export function fromPem(pem: string): Uint8Array {
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

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
