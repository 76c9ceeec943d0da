import { hash } from "node:crypto";

/**
 * Keyed randomness: the nth draw of a (family, key) pair depends on nothing but the seed, the pair and n, so leaving one
 * step of a scenario out leaves every other decision alone. `family` names the decision ("latency/RunInstances"), `key`
 * the stable name of the object that it is made for ("default/md-0-7x2").
 */
export interface Random {
  /** A number in [0, 1). */
  next(family: string, key: string): number;
  bytes(family: string, key: string, length: number): Uint8Array;
}

/** The same seed gives the same draws on every machine. */
export class KeyedRandom implements Random {
  readonly #seed: string;
  readonly #occurrences = new Map<string, number>();

  constructor(seed: string) {
    this.#seed = seed;
  }

  next(family: string, key: string): number {
    const digest = this.#digest(family, key, "");
    // 52 bits: as many as a double holds exactly.
    return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
  }

  bytes(family: string, key: string, length: number): Uint8Array {
    let hex = "";
    for (let block = 0; hex.length < length * 2; block += 1) {
      hex += this.#digest(family, key, `/${block}`, block > 0);
    }
    return new Uint8Array(Buffer.from(hex.slice(0, length * 2), "hex"));
  }

  #digest(family: string, key: string, suffix: string, sameOccurrence = false): string {
    const name = `${family}\u0000${key}`;
    const before = this.#occurrences.get(name) ?? 0;
    const occurrence = sameOccurrence ? before : before + 1;
    this.#occurrences.set(name, occurrence);
    return hash("sha256", `${this.#seed}\u0000${name}\u0000${occurrence}${suffix}`, "hex");
  }
}

/** A whole number in [min, max]. */
export function between(
  random: Random,
  range: { readonly min: number; readonly max: number },
  family: string,
  key: string,
): number {
  return range.min + Math.floor(random.next(family, key) * (range.max - range.min + 1));
}

export function randomHex(random: Random, family: string, key: string, length: number): string {
  const bytes = random.bytes(family, key, Math.ceil(length / 2));
  return Buffer.from(bytes).toString("hex").slice(0, length);
}

/** A version 4 UUID from a keyed draw: object UIDs and request IDs. */
export function randomUuid(random: Random, family: string, key: string): string {
  const bytes = random.bytes(family, key, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
