import { randomBytes } from "node:crypto";

/**
 * Keyed randomness: the nth draw of a (family, key) pair depends on nothing but the seed, the pair and n. `family` names
 * the decision ("machine-name"), `key` the stable name of the object that it is made for ("default/md-0").
 */
export interface Random {
  /** A number in [0, 1). */
  next(family: string, key: string): number;
  bytes(family: string, key: string, length: number): Uint8Array;
}

export const realRandom: Random = {
  next: () => Math.random(),
  bytes: (_family, _key, length) => randomBytes(length),
};

// Kubernetes leaves out vowels and the digits that look like letters, so that no words appear in names.
const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The random suffix that Kubernetes appends to generated names. */
export function nameSuffix(random: Random, family: string, key: string, length = 5): string {
  let suffix = "";
  for (const byte of random.bytes(family, key, length * 4)) {
    // Bytes above the last whole multiple are dropped, so that each letter is equally likely.
    if (suffix.length < length && byte < 243) {
      suffix += suffixAlphabet.charAt(byte % suffixAlphabet.length);
    }
  }
  return suffix.padEnd(length, "x");
}
