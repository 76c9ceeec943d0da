import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";

export interface SecretVersion {
  readonly versionId: string;
  readonly createdAtMs: number;
  readonly binary: Uint8Array | undefined;
  readonly text: string | undefined;
  stages: readonly string[];
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  changedAtMs: number;
  description: string | undefined;
  kmsKeyId: string | undefined;
  /** Set while a deletion with a recovery window waits. */
  deletedAtMs: number | undefined;
  /** When a pending deletion becomes final. */
  goneAtMs: number | undefined;
  policy: string | undefined;
  readonly tags: Map<string, string>;
  readonly versions: Map<string, SecretVersion>;
}

/** The secrets of one account in one region. */
export class SecretStore {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets = new Map<string, Secret>();

  constructor(options: {
    readonly accountId: string;
    readonly region: string;
    readonly clock: Clock;
    readonly random: Random;
  }) {
    this.accountId = options.accountId;
    this.region = options.region;
    this.clock = options.clock;
    this.random = options.random;
  }

  /** By name, ARN, or ARN without the six random characters. */
  find(secretId: string): Secret | undefined {
    const byName = this.secrets.get(secretId) ?? this.#byArn(secretId);
    if (byName?.goneAtMs === undefined || byName.goneAtMs > this.clock.now()) return byName;
    // A pending deletion whose window is over became final without anybody looking.
    this.secrets.delete(byName.name);
    return undefined;
  }

  #byArn(secretId: string): Secret | undefined {
    const match = /:secret:(.+?)(?:-[A-Za-z0-9]{6})?$/.exec(secretId);
    const whole = secretId.split(":secret:")[1];
    if (match === null || whole === undefined) return undefined;
    const found = this.secrets.get(match[1] ?? "") ?? this.secrets.get(whole);
    const matches = found?.arn === secretId || found?.arn.slice(0, -7) === secretId;
    return matches ? found : undefined;
  }
}
