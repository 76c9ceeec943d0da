import { createHash, X509Certificate } from "node:crypto";
import { ClusterNameLabel, ClusterSecretType } from "../../api/constants.ts";
import type { KubeadmConfigSpec } from "../../api/generated/definitions.ts";
import { Secret } from "../../api/kubernetes.ts";
import type { Client, KubeObject, ObjectKey, Reader } from "../../runtime/client.ts";
import type { Clock } from "../../runtime/clock.ts";
import { createCertificateAuthority } from "../../runtime/pki/certificates.ts";
import type { KeyPairSource } from "../../runtime/pki/key-pairs.ts";
import type { Random } from "../../runtime/random.ts";
import { ownerReferenceTo } from "../objects/owners.ts";

/** The Secret of a purpose is called `<cluster>-<purpose>`. */
export type CertificatePurpose = "apiserver-etcd-client" | "ca" | "etcd" | "proxy" | "sa";

/** One Secret of the cluster: certificate (for `sa` the public key) and private key, PEM. */
export interface ClusterCertificate {
  readonly purpose: CertificatePurpose;
  readonly certificatePem: string;
  /** Absent where only the certificate is known here: an external etcd's CA. */
  readonly privateKeyPem?: string;
}

export type ClusterCertificates = ReadonlyMap<CertificatePurpose, ClusterCertificate>;

export interface CertificateDeps {
  readonly client: Client;
  readonly apiReader: Reader;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyPairs: KeyPairSource;
}

const tenYearsMs = 3650 * 86_400_000;
/** Nodes whose clock is behind must accept what was signed a moment ago. */
export const backdateMs = 15 * 60_000;

type ClusterConfiguration = KubeadmConfigSpec["clusterConfiguration"];

/** With an external etcd its Secrets come from the user; everything else is generated. */
export function certificatePurposes(
  configuration: ClusterConfiguration,
): readonly CertificatePurpose[] {
  return configuration?.etcd?.external === undefined
    ? ["ca", "etcd", "proxy", "sa"]
    : ["ca", "etcd", "apiserver-etcd-client", "proxy", "sa"];
}

function isGenerated(purpose: CertificatePurpose, configuration: ClusterConfiguration): boolean {
  const isExternalEtcd = configuration?.etcd?.external !== undefined;
  return !(isExternalEtcd && (purpose === "etcd" || purpose === "apiserver-etcd-client"));
}

export function secretKey(cluster: ObjectKey, purpose: string): ObjectKey {
  return { namespace: cluster.namespace, name: `${cluster.name}-${purpose}` };
}

/** The certificates that exist, and the names of the Secrets that don't. */
export async function lookupCertificates(
  deps: Pick<CertificateDeps, "apiReader" | "client">,
  cluster: ObjectKey,
  configuration: ClusterConfiguration,
  purposes: readonly CertificatePurpose[] = certificatePurposes(configuration),
): Promise<{ readonly certificates: ClusterCertificates; readonly missing: readonly string[] }> {
  const certificates = new Map<CertificatePurpose, ClusterCertificate>();
  const missing: string[] = [];
  for (const purpose of purposes) {
    const key = secretKey(cluster, purpose);
    // A Secret that somebody has just created may not be in the cache yet.
    const secret = (await deps.client.get(Secret, key)) ?? (await deps.apiReader.get(Secret, key));
    if (secret === undefined) missing.push(key.name);
    else certificates.set(purpose, parseCertificate(purpose, secret, configuration));
  }
  return { certificates, missing };
}

/** Looks every certificate up and generates what may be generated; what exists is never touched. */
export async function ensureCertificates(
  deps: CertificateDeps,
  cluster: ObjectKey,
  configuration: ClusterConfiguration,
  owner: KubeObject,
): Promise<ClusterCertificates> {
  const { certificates } = await lookupCertificates(deps, cluster, configuration);
  const all = new Map(certificates);
  for (const purpose of certificatePurposes(configuration)) {
    if (all.has(purpose)) continue;
    const { name } = secretKey(cluster, purpose);
    if (!isGenerated(purpose, configuration)) {
      throw new Error(`Secret ${cluster.namespace}/${name} for the external etcd does not exist`);
    }
    const certificate = generate(deps, cluster, purpose);
    await deps.client.create(Secret, toSecret(certificate, cluster, owner));
    all.set(purpose, certificate);
  }
  return all;
}

function generate(
  deps: CertificateDeps,
  cluster: ObjectKey,
  purpose: CertificatePurpose,
): ClusterCertificate {
  const name = `${cluster.namespace}/${cluster.name}/${purpose}`;
  const keyPair = deps.keyPairs.next(name);
  if (purpose === "sa") {
    const { publicKeyPem: certificatePem, privateKeyPem } = keyPair;
    return { purpose, certificatePem, privateKeyPem };
  }
  const notBeforeMs = deps.clock.now() - backdateMs;
  const notAfterMs = deps.clock.now() + tenYearsMs;
  const authority = createCertificateAuthority(
    { purpose: name, commonName: "kubernetes", keyPair, notBeforeMs, notAfterMs },
    deps.random,
  );
  return { purpose, ...authority };
}

function toSecret(certificate: ClusterCertificate, cluster: ObjectKey, owner: KubeObject): Secret {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...secretKey(cluster, certificate.purpose),
      labels: { [ClusterNameLabel]: cluster.name },
      ownerReferences: [ownerReferenceTo(owner, true)],
    },
    type: ClusterSecretType,
    data: {
      "tls.crt": toBase64(certificate.certificatePem),
      "tls.key": toBase64(certificate.privateKeyPem ?? ""),
    },
  };
}

function parseCertificate(
  purpose: CertificatePurpose,
  secret: Secret,
  configuration: ClusterConfiguration,
): ClusterCertificate {
  const { namespace = "", name } = secret.metadata;
  const certificatePem = fromBase64(secret.data?.["tls.crt"]);
  const privateKeyPem = fromBase64(secret.data?.["tls.key"]);
  if (certificatePem === "")
    throw new Error(`Secret ${namespace}/${name} has no value for tls.crt`);
  if (privateKeyPem !== "") return { purpose, certificatePem, privateKeyPem };
  if (isGenerated(purpose, configuration) || purpose === "apiserver-etcd-client") {
    throw new Error(`Secret ${namespace}/${name} has no value for tls.key`);
  }
  return { purpose, certificatePem };
}

export function toBase64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

export function fromBase64(text: string | undefined): string {
  return Buffer.from(text ?? "", "base64").toString("utf8");
}

/** "sha256:<hex>" of the public key, as kubeadm pins a cluster's CA. */
export function caCertificateHash(certificatePem: string): string {
  const known = hashes.get(certificatePem);
  if (known !== undefined) return known;
  const { publicKey } = new X509Certificate(certificatePem);
  const der = publicKey.export({ type: "spki", format: "der" });
  const hash = `sha256:${createHash("sha256").update(der).digest("hex")}`;
  if (hashes.size >= 256) hashes.clear();
  hashes.set(certificatePem, hash);
  return hash;
}

/** Parsing a certificate costs more than everything else here; a cluster's CA doesn't change. */
const hashes = new Map<string, string>();
