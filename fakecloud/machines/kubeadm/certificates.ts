import { createPrivateKey, X509Certificate } from "node:crypto";
import { parseTime } from "../../kernel/clock.ts";
import type { KeyPairSource } from "../../kernel/fixture-key-pairs.ts";
import {
  createCertificateAuthority,
  issueCertificate,
} from "../../kubernetes/https/certificates.ts";
import type { Host } from "../host.ts";
import type { CertificateAuthorityPem } from "../workload/workload-cluster.ts";
import { type ClusterConfiguration, KubeadmError } from "./documents.ts";
import { hostAndPort } from "./reach.ts";
import { serviceAddress } from "./service-addresses.ts";

const yearMs = 365 * 86_400_000;
/** kubeadm backdates, so that a clock that is a little slow does not refuse a new certificate. */
const backdatedMs = 5 * 60_000;

/** Reads the CA that cloud-init wrote, or makes one as kubeadm does where nobody gave it any. */
export function readOrCreateAuthority(
  host: Host,
  cluster: ClusterConfiguration,
  keyPairs: KeyPairSource,
): CertificateAuthorityPem {
  for (const name of ["ca", "etcd/ca", "front-proxy-ca"]) checkAuthority(host, cluster, name);
  const certificatePem = host.files.get(`${cluster.certificatesDir}/ca.crt`);
  const privateKeyPem = host.files.get(`${cluster.certificatesDir}/ca.key`);
  if (certificatePem !== undefined && privateKeyPem !== undefined) {
    return { certificatePem, privateKeyPem };
  }
  const { clock, random, instance } = host;
  const name = `${instance.instanceId}/ca`;
  return createCertificateAuthority({
    subject: { commonName: "kubernetes" },
    keyPair: keyPairs.next(name),
    notBefore: clock.now() - backdatedMs,
    notAfter: clock.now() + 10 * yearMs,
    serial: random.bytes("certificate-serial", name, 16),
  });
}

/** A certificate authority that was brought along must be whole, valid now, and belong together. */
function checkAuthority(host: Host, { certificatesDir }: ClusterConfiguration, name: string): void {
  const certificatePem = host.files.get(`${certificatesDir}/${name}.crt`);
  const privateKeyPem = host.files.get(`${certificatesDir}/${name}.key`);
  if (certificatePem === undefined && privateKeyPem === undefined) return;
  const problem = problemOf(certificatePem, privateKeyPem, host.clock.now());
  if (problem === undefined) return;
  throw new KubeadmError(
    `error execution phase certs/${name.replace("/", "-")}: failure loading ${certificatesDir}/${name}: ${problem}`,
  );
}

function problemOf(
  certificatePem: string | undefined,
  privateKeyPem: string | undefined,
  nowMs: number,
): string | undefined {
  if (certificatePem === undefined) return "the certificate file is missing";
  if (privateKeyPem === undefined) {
    return "the key file is missing, and an external CA would need every certificate it signs";
  }
  try {
    const certificate = new X509Certificate(certificatePem);
    if (nowMs < (parseTime(certificate.validFrom) ?? 0)) return "certificate is not valid yet";
    if (nowMs > (parseTime(certificate.validTo) ?? 0)) return "certificate has expired";
    const matches = certificate.checkPrivateKey(createPrivateKey(privateKeyPem));
    return matches ? undefined : "the certificate and the key do not belong together";
  } catch {
    return "couldn't be parsed as a PEM certificate and key";
  }
}

/** The API server's certificate, signed by the cluster's CA for every name that clients may call it by. */
export function issueServingCertificate(
  host: Host,
  cluster: ClusterConfiguration,
  authority: {
    readonly ca: CertificateAuthorityPem;
    readonly keyPairs: KeyPairSource;
    readonly nodeName: string;
  },
): { readonly servingCertificatePem: string; readonly servingKeyPem: string } {
  const { ca, keyPairs, nodeName } = authority;
  const { instance, clock, random } = host;
  const name = `${instance.instanceId}/apiserver`;
  const names = [
    nodeName,
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    `kubernetes.default.svc.${cluster.dnsDomain}`,
    "localhost",
    "127.0.0.1",
    instance.privateIp,
    serviceAddress(cluster.serviceSubnet, 1),
    hostAndPort(cluster.controlPlaneEndpoint).host,
    ...cluster.apiServerCertSans,
  ];
  const unique = [...new Set(names)].filter((each) => each !== "");
  const keyPair = keyPairs.next(name);
  const servingCertificatePem = issueCertificate({
    ca,
    subject: { commonName: "kube-apiserver" },
    sans: {
      dnsNames: unique.filter((each) => !isAddress(each)),
      ipAddresses: unique.filter(isAddress),
    },
    usages: ["server"],
    keyPair,
    notBefore: clock.now() - backdatedMs,
    notAfter: clock.now() + yearMs,
    serial: random.bytes("certificate-serial", name, 16),
  });
  return { servingCertificatePem, servingKeyPem: keyPair.privateKeyPem };
}

function isAddress(name: string): boolean {
  return /^[0-9.]+$/.test(name) || name.includes(":");
}
