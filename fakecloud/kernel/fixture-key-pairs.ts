import { createPrivateKey, createPublicKey } from "node:crypto";
import { fixtureKeys } from "./generated/fixture-keys.ts";
import type { Random } from "./random.ts";

export interface KeyPair {
  /** PKCS #1, as kubeadm writes its keys. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyPem: string;
}

export interface KeyPairSource {
  /** `purpose` names the key stably: "default/my-cluster/ca". */
  next(purpose: string): KeyPair;
}

const parsed = new Map<number, KeyPair>();

function fixtureKeyPair(index: number): KeyPair {
  const known = parsed.get(index);
  if (known !== undefined) return known;
  const der = Buffer.from(fixtureKeys[index] ?? "", "base64");
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const pair: KeyPair = {
    privateKeyPem: privateKey.export({ type: "pkcs1", format: "pem" }),
    publicKeyPem: createPublicKey(privateKey).export({ type: "spki", format: "pem" }),
  };
  parsed.set(index, pair);
  return pair;
}

/**
 * Key pairs of a simulation: a keyed draw from a committed pool, because real key generation is slow and can't be seeded.
 * Two purposes may share a key; nothing in a simulation depends on keys being secret.
 */
export function fixtureKeyPairs(random: Random): KeyPairSource {
  return {
    next: (purpose) =>
      fixtureKeyPair(Math.floor(random.next("key-pair", purpose) * fixtureKeys.length)),
  };
}
