import type { Random } from "../kernel/random.ts";

// Kubernetes leaves out vowels and the digits that look like letters, so that no words appear in names.
const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The five letters that a generated name ends with. */
export function nameSuffix(random: Random, family: string, key: string): string {
  let suffix = "";
  for (const byte of random.bytes(family, key, 20)) {
    // Bytes above the last whole multiple are dropped, so that each letter is equally likely.
    if (suffix.length < 5 && byte < 243) {
      suffix += suffixAlphabet.charAt(byte % suffixAlphabet.length);
    }
  }
  return suffix.padEnd(5, "x");
}
