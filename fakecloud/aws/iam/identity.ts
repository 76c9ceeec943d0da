import type { Clock } from "../../kernel/clock.ts";
import type { Random } from "../../kernel/random.ts";
import { Credentials, drawIamId, type IssuedCredentials } from "./credentials.ts";
import { type AccessRequest, evaluate, type Verdict } from "./evaluate.ts";
import { IamAccount } from "./iam-account.ts";
import { type Principal, roleSession, rootOf } from "./principal.ts";

export interface IdentityOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly defaultAccountId: string;
  /**
   * True: only issued credentials are known, and policies decide. False: any credentials are an administrator's, and any
   * role can be assumed.
   */
  readonly enforce: boolean;
}

export type KnownCaller =
  | { readonly known: false; readonly reason: "expired" | "inactive" | "unknown" | "wrongToken" }
  | { readonly known: true; readonly principal: Principal; readonly secretAccessKey?: string };

const instanceSessionMs = 6 * 3_600_000;

/** Who is who and who may do what, over all accounts of a fake cloud. */
export class Identity {
  readonly clock: Clock;
  readonly random: Random;
  readonly enforce: boolean;
  readonly credentials: Credentials;
  readonly #defaultAccountId: string;
  readonly #accounts = new Map<string, IamAccount>();

  constructor(options: IdentityOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.enforce = options.enforce;
    this.#defaultAccountId = options.defaultAccountId;
    this.credentials = new Credentials(options.clock, options.random);
  }

  account(accountId: string): IamAccount {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const { clock, random, credentials } = this;
    const account = new IamAccount({ accountId, clock, random, credentials });
    this.#accounts.set(accountId, account);
    return account;
  }

  accountIds(): readonly string[] {
    return [...this.#accounts.keys()].toSorted();
  }

  /**
   * The caller behind an access key. Where nothing is enforced, a key that nobody issued stands for the administrator of
   * the default account, or of the account whose twelve digits it is.
   */
  caller(accessKeyId: string, sessionToken?: string): KnownCaller {
    const issued = this.credentials.find(accessKeyId);
    if (issued === undefined) {
      if (this.enforce) return { known: false, reason: "unknown" };
      const accountId = /^\d{12}$/.test(accessKeyId) ? accessKeyId : this.#defaultAccountId;
      return { known: true, principal: rootOf(accountId) };
    }
    if (this.credentials.isExpired(issued)) return { known: false, reason: "expired" };
    if (!issued.active) return { known: false, reason: "inactive" };
    // Calls past the wire have no token; where everybody is let in, the key alone says who calls.
    const isToken = issued.sessionToken === sessionToken;
    if (!isToken && (this.enforce || sessionToken !== undefined)) {
      return { known: false, reason: "wrongToken" };
    }
    const { principal, secretAccessKey } = issued;
    return { known: true, principal, secretAccessKey };
  }

  evaluate(request: AccessRequest): Verdict {
    if (!this.enforce) return { allowed: true };
    return evaluate(this.#accounts.get(request.principal.accountId), request);
  }

  /** What the metadata service of an instance hands out; undefined if the profile has no role. */
  instancePrincipal(
    accountId: string,
    profileNameOrArn: string,
    instanceId: string,
  ): Principal | undefined {
    const role = this.#accounts.get(accountId)?.findInstanceProfile(profileNameOrArn)?.role;
    if (role !== undefined) {
      return roleSession({
        accountId,
        roleName: role.name,
        roleId: role.id,
        sessionName: instanceId,
      });
    }
    if (this.enforce) return undefined;
    // Nobody made the profile, and nobody checks: the instance may do what its profile is named after.
    const roleName = profileNameOrArn.split("/").at(-1) ?? profileNameOrArn;
    const roleId = drawIamId(this.random, "AROA", `${accountId}/${roleName}`);
    return roleSession({ accountId, roleName, roleId, sessionName: instanceId });
  }

  instanceCredentials(principal: Principal): IssuedCredentials {
    return this.credentials.issue(principal, instanceSessionMs);
  }
}
