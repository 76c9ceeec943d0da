import type { Random } from "../../kernel/random.ts";

const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The random end of a generated name: no vowels, so that no words appear. */
export function nameSuffix(random: Random, family: string, key: string, length = 5): string {
  return [...random.bytes(family, key, length)]
    .map((byte) => alphabet.charAt(byte % alphabet.length))
    .join("");
}
