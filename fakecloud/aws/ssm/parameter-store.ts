import type { ParameterTier, ParameterType } from "@aws-sdk/client-ssm";
import type { Clock } from "../../kernel/clock.ts";

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly description: string | undefined;
  readonly keyId: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly dataType: string;
  readonly modifiedAtMs: number;
  readonly modifiedBy: string;
  labels: readonly string[];
}

export interface ParameterRecord {
  readonly name: string;
  /** Oldest first; at least one. */
  versions: readonly ParameterVersion[];
  readonly tags: Map<string, string>;
}

/** What AWS itself publishes below `/aws/service/`: names and values, without anybody having put them there. */
export interface PublicParameters {
  find(name: string): string | undefined;
  /** Names below a path. */
  below(path: string): readonly string[];
}

/** The parameters of one account in one region. */
export class ParameterStore {
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  readonly published: PublicParameters;
  readonly parameters = new Map<string, ParameterRecord>();

  constructor(options: {
    readonly accountId: string;
    readonly region: string;
    readonly clock: Clock;
    readonly published: PublicParameters;
  }) {
    this.accountId = options.accountId;
    this.region = options.region;
    this.clock = options.clock;
    this.published = options.published;
  }

  arn(name: string): string {
    return `arn:aws:ssm:${this.region}:${this.accountId}:parameter/${name.replace(/^\//, "")}`;
  }
}
