import { generateKeyPair as generateKeyPairCallback } from "node:crypto";
import { promisify } from "node:util";
import {
  type CertifiedKey,
  createCertificateAuthority,
  issueCertificate,
} from "@seatrial/controllers/runtime/pki/certificates.ts";
import type { KeyPair } from "@seatrial/controllers/runtime/pki/key-pairs.ts";
import { altName } from "@seatrial/controllers/runtime/pki/names.ts";
import { realRandom } from "@seatrial/controllers/runtime/random.ts";
import { stringify } from "yaml";
import type { DataDirectory } from "./data-directory.ts";

const generateKeyPair = promisify(generateKeyPairCallback);
const day = 86_400_000;
const tenYears = 3650 * day;

export interface ManagementPki {
  readonly ca: CertifiedKey;
  readonly serving: CertifiedKey;
  readonly administrator: CertifiedKey;
}

/**
 * The authority of the management cluster and the key of what it signs are made once and kept; certificates are made anew at
 * every start. Making keys takes a while, on another core: begin early, await late.
 */
export async function managementPki(data: DataDirectory, nowMs: number): Promise<ManagementPki> {
  const dates = { notBeforeMs: nowMs - day, notAfterMs: nowMs + tenYears };
  const [caKey, keyPair] = await Promise.all([
    keptKeyPair(data, "authority-key.json"),
    keptKeyPair(data, "leaf-key.json"),
  ]);
  const ca = JSON.parse(
    data.keep("authority.json", () => {
      const request = { purpose: "ca", commonName: "seatrial", keyPair: caKey, ...dates };
      return JSON.stringify(createCertificateAuthority(request, realRandom));
    }),
  ) as CertifiedKey;
  const serving = issueCertificate(
    {
      purpose: "serving",
      commonName: "kube-apiserver",
      usages: ["server"],
      altNames: ["127.0.0.1", "::1", "localhost", "kubernetes", "kubernetes.default.svc"].map(
        altName,
      ),
      keyPair,
      ...dates,
    },
    ca,
    realRandom,
  );
  const administrator = issueCertificate(
    {
      purpose: "administrator",
      commonName: "kubernetes-admin",
      organizations: ["system:masters"],
      usages: ["client"],
      keyPair,
      ...dates,
    },
    ca,
    realRandom,
  );
  return { ca, serving, administrator };
}

async function keptKeyPair(data: DataDirectory, name: string): Promise<KeyPair> {
  const known = data.read(name);
  if (known !== undefined) return JSON.parse(known) as KeyPair;
  const { privateKey, publicKey } = await generateKeyPair("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const made: KeyPair = { privateKeyPem: privateKey, publicKeyPem: publicKey };
  data.write(name, JSON.stringify(made));
  return made;
}

/** What kubectl and the controllers log in with. */
export function kubeconfig(server: string, pki: ManagementPki): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "seatrial",
          cluster: { server, "certificate-authority-data": base64(pki.ca.certificatePem) },
        },
      ],
      users: [
        {
          name: "seatrial-admin",
          user: {
            "client-certificate-data": base64(pki.administrator.certificatePem),
            "client-key-data": base64(pki.administrator.privateKeyPem),
          },
        },
      ],
      contexts: [{ name: "seatrial", context: { cluster: "seatrial", user: "seatrial-admin" } }],
      "current-context": "seatrial",
    },
    { lineWidth: 0 },
  );
}
