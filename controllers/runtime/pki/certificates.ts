import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Time,
  Validity,
  Version,
} from "@peculiar/asn1-x509";
import { dateOf, parseTime } from "../clock.ts";
import type { Random } from "../random.ts";
import { distinguishedName, type SubjectAltName, subjectAltNames } from "./names.ts";
import type { KeyPair } from "./key-pairs.ts";

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
  const publicKeyDer = derOf(keyPair.publicKeyPem);
  const publicKey = AsnConvert.parse(publicKeyDer, SubjectPublicKeyInfo);
  const subject = distinguishedName(request.commonName, request.organizations ?? []);
  const issuer =
    authority === undefined
      ? { subject, keyId: keyIdOf(publicKey) }
      : issuerOf(authority.certificatePem);
  const signature = new AlgorithmIdentifier({ algorithm: sha256WithRsa, parameters: null });
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(request.purpose, random),
    signature,
    issuer: issuer.subject,
    validity: validity(request.notBeforeMs, request.notAfterMs),
    subject,
    subjectPublicKeyInfo: publicKey,
    extensions: new Extensions([
      ...extensionsOf(request, authority === undefined),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdOf(publicKey))),
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(issuer.keyId) }),
      ),
    ]),
  });
  const signingKey = privateKeyOf((authority ?? keyPair).privateKeyPem);
  const signed = sign("sha256", Buffer.from(AsnConvert.serialize(tbs)), signingKey);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: signature,
    signatureValue: arrayBuffer(signed),
  });
  const certificatePem = pem("CERTIFICATE", Buffer.from(AsnConvert.serialize(certificate)));
  // The first that it signs comes soon, and there is nothing that its certificate would have to be asked for.
  if (authority === undefined) remember(issuers, certificatePem, issuer);
  return { certificatePem, privateKeyPem: keyPair.privateKeyPem };
}

function extensionsOf(request: CertificateRequest, isAuthority: boolean): readonly Extension[] {
  const flags = isAuthority
    ? KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign
    : KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
  const extensions = [
    extension(id_ce_keyUsage, new KeyUsage(flags), true),
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: isAuthority }), true),
  ];
  if (request.usages.length > 0) {
    const usages = request.usages.map((usage) => extendedUsages[usage]);
    extensions.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage(usages)));
  }
  if (request.altNames !== undefined && request.altNames.length > 0) {
    extensions.push(extension(id_ce_subjectAltName, subjectAltNames(request.altNames)));
  }
  return extensions;
}

function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({
    extnID,
    critical,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });
}

/** Subject and key identifier of an authority, read from its certificate. Parsing is dear: each is parsed once. */
function issuerOf(certificatePem: string) {
  const known = issuers.get(certificatePem);
  if (known !== undefined) return known;
  const { tbsCertificate } = AsnConvert.parse(derOf(certificatePem), Certificate);
  const issuer = {
    subject: tbsCertificate.subject,
    keyId: keyIdOf(tbsCertificate.subjectPublicKeyInfo),
  };
  return remember(issuers, certificatePem, issuer);
}

const issuers = new Map<string, { subject: TBSCertificate["subject"]; keyId: ArrayBuffer }>();
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

/** RFC 5280 4.2.1.2: SHA-1 over the public key bits. */
function keyIdOf(publicKey: SubjectPublicKeyInfo): ArrayBuffer {
  const bits = Buffer.from(publicKey.subjectPublicKey);
  return arrayBuffer(createHash("sha1").update(bits).digest());
}

function serialNumber(purpose: string, random: Random): ArrayBuffer {
  const bytes = random.bytes("certificate-serial", purpose, 16);
  // Positive and without a leading zero byte, so that every encoder writes it in the same way.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return arrayBuffer(bytes);
}

function validity(notBeforeMs: number, notAfterMs: number): Validity {
  // Whole seconds: X.509 knows no finer time.
  const time = (ms: number) => new Time(dateOf(Math.floor(ms / 1000) * 1000));
  const result = new Validity();
  result.notBefore = time(notBeforeMs);
  result.notAfter = time(notAfterMs);
  return result;
}

function derOf(pemText: string): ArrayBuffer {
  return arrayBuffer(Buffer.from(pemText.replaceAll(/-----[^-]+-----|\s/g, ""), "base64"));
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
