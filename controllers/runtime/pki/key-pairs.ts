import { generateKeyPairSync } from "node:crypto";

export interface KeyPair {
  /** PKCS #1, as kubeadm writes its keys. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyPem: string;
}

/** Where private keys come from: generated in production, a fixture pool in a simulation. */
export interface KeyPairSource {
  /** `purpose` names the key stably: "default/my-cluster/ca". */
  next(purpose: string): KeyPair;
}

/** RSA 2048, as upstream generates. */
export const generatedKeyPairs: KeyPairSource = {
  next: () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    return { privateKeyPem: privateKey, publicKeyPem: publicKey };
  },
};
