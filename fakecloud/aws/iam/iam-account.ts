import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import type { Credentials } from "./credentials.ts";
import { drawIamId } from "./credentials.ts";
import { iamError } from "./errors.ts";
import { awsManagedPolicies } from "./tables/aws-managed-policies.ts";

/** What roles, users, policies and instance profiles have in common. */
export interface IamEntity {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly tags: Map<string, string>;
}

/** Whatever permissions are attached to. */
export interface PolicyHolder extends IamEntity {
  /** ARNs of managed policies. */
  readonly attached: Set<string>;
  /** Documents by name. */
  readonly inline: Map<string, string>;
  boundaryArn: string | undefined;
}

export interface Role extends PolicyHolder {
  trustPolicy: string;
  description: string | undefined;
  maxSessionSeconds: number;
}

export interface User extends PolicyHolder {
  readonly accessKeyIds: Map<string, number>;
}

export interface InstanceProfile extends IamEntity {
  role: Role | undefined;
}

export interface PolicyVersion {
  readonly versionId: string;
  readonly document: string;
  readonly createdAtMs: number;
}

export interface ManagedPolicy extends IamEntity {
  readonly description: string | undefined;
  readonly versions: Map<string, PolicyVersion>;
  defaultVersionId: string;
  nextVersion: number;
}

export interface OidcProvider {
  readonly arn: string;
  readonly url: string;
  readonly createdAtMs: number;
  readonly clientIds: Set<string>;
  thumbprints: readonly string[];
  readonly tags: Map<string, string>;
}

const noun = {
  role: { type: "role", prefix: "AROA" },
  user: { type: "user", prefix: "AIDA" },
  instanceProfile: { type: "instance-profile", prefix: "AIPA" },
  policy: { type: "policy", prefix: "ANPA" },
} as const;

/** Identity and access of one account, the same in all regions. */
export class IamAccount {
  readonly accountId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: Credentials;
  readonly roles = new Map<string, Role>();
  readonly users = new Map<string, User>();
  readonly instanceProfiles = new Map<string, InstanceProfile>();
  /** By ARN. */
  readonly policies = new Map<string, ManagedPolicy>();
  readonly oidcProviders = new Map<string, OidcProvider>();

  constructor(options: {
    readonly accountId: string;
    readonly clock: Clock;
    readonly random: Random;
    readonly credentials: Credentials;
  }) {
    this.accountId = options.accountId;
    this.clock = options.clock;
    this.random = options.random;
    this.credentials = options.credentials;
  }

  newEntity(kind: keyof typeof noun, name: string, path = "/"): IamEntity {
    const { type, prefix } = noun[kind];
    if (!/^[\w+=,.@-]{1,128}$/.test(name)) {
      throw iamError(
        "ValidationError",
        `The name '${name}' must match [\\w+=,.@-]+ and have at most 128 characters`,
      );
    }
    if (!/^\/(?:[!-~]*\/)?$/.test(path)) {
      throw iamError("ValidationError", `The path '${path}' must begin and end with a slash`);
    }
    return {
      name,
      path,
      id: drawIamId(this.random, prefix, `${this.accountId}/${name}`),
      arn: `arn:aws:iam::${this.accountId}:${type}${path}${name}`,
      createdAtMs: this.clock.now(),
      tags: new Map(),
    };
  }

  role(name: string | undefined): Role {
    const found = this.roles.get(name ?? "");
    if (found !== undefined) return found;
    throw iamError("NoSuchEntity", `The role with name ${name} cannot be found.`);
  }

  user(name: string | undefined): User {
    const found = this.users.get(name ?? "");
    if (found !== undefined) return found;
    throw iamError("NoSuchEntity", `The user with name ${name} cannot be found.`);
  }

  instanceProfile(name: string | undefined): InstanceProfile {
    const found = this.instanceProfiles.get(name ?? "");
    if (found !== undefined) return found;
    throw iamError("NoSuchEntity", `Instance Profile ${name} cannot be found.`);
  }

  /** For EC2, which takes a name or an ARN; undefined if there is none. */
  findInstanceProfile(nameOrArn: string): InstanceProfile | undefined {
    const byName = this.instanceProfiles.get(nameOrArn);
    if (byName !== undefined) return byName;
    return [...this.instanceProfiles.values()].find((profile) => profile.arn === nameOrArn);
  }

  policy(arn: string | undefined): ManagedPolicy {
    const found = this.policies.get(arn ?? "") ?? awsManagedPolicy(arn ?? "");
    if (found !== undefined) return found;
    throw iamError("NoSuchEntity", `Policy ${arn} was not found.`);
  }
}

/** Policies that AWS keeps in every account. */
function awsManagedPolicy(arn: string): ManagedPolicy | undefined {
  const match = /^arn:aws:iam::aws:policy\/((?:.*\/)?)([^/]+)$/.exec(arn);
  const name = match?.[2] ?? "";
  const statements = awsManagedPolicies[name];
  if (statements === undefined) return undefined;
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return {
    name,
    path: `/${match?.[1] ?? ""}`,
    id: `ANPA${name
      .toUpperCase()
      .replace(/[^A-Z]/g, "")
      .slice(0, 17)}`,
    arn,
    createdAtMs: 0,
    tags: new Map(),
    description: undefined,
    versions: new Map([["v1", { versionId: "v1", document, createdAtMs: 0 }]]),
    defaultVersionId: "v1",
    nextVersion: 2,
  };
}
