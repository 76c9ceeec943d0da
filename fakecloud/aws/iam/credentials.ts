import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Principal } from "./principal.ts";

export interface IssuedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Absent for access keys of users, which do not expire. */
  readonly sessionToken?: string;
  readonly expiresAtMs?: number;
  readonly principal: Principal;
  active: boolean;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An identifier as IAM makes them: a prefix that tells the kind ("AROA", "ASIA"), then 16 or 17 base-32 characters. */
export function drawIamId(random: Random, prefix: string, key: string, length = 17): string {
  const bytes = random.bytes(`iam/id/${prefix}`, key, length);
  return prefix + [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("");
}

/** Every key that was issued, over all accounts. */
export class Credentials {
  readonly #clock: Clock;
  readonly #random: Random;
  /** By access key id. */
  readonly issued = new Map<string, IssuedCredentials>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** `durationMs` makes them temporary. */
  issue(principal: Principal, durationMs?: number): IssuedCredentials {
    const key = principal.arn;
    const temporary = durationMs !== undefined;
    const secret = Buffer.from(this.#random.bytes("iam/secret", key, 30)).toString("base64");
    const issued: IssuedCredentials = {
      accessKeyId: drawIamId(this.#random, temporary ? "ASIA" : "AKIA", key, 16),
      secretAccessKey: secret,
      ...(temporary
        ? {
            sessionToken: Buffer.from(this.#random.bytes("iam/token", key, 96)).toString("base64"),
            expiresAtMs: this.#clock.now() + durationMs,
          }
        : {}),
      principal,
      active: true,
    };
    this.issued.set(issued.accessKeyId, issued);
    return issued;
  }

  find(accessKeyId: string): IssuedCredentials | undefined {
    return this.issued.get(accessKeyId);
  }

  isExpired(issued: IssuedCredentials): boolean {
    return issued.expiresAtMs !== undefined && issued.expiresAtMs <= this.#clock.now();
  }

  revoke(accessKeyId: string): void {
    this.issued.delete(accessKeyId);
  }
}
