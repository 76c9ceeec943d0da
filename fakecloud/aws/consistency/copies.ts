import { Ec2Region } from "../ec2/ec2-region.ts";
import { IamAccount } from "../iam/iam-account.ts";

/** Published images are the same for everybody at all times, and there are many. */
const shared: ReadonlySet<string> = new Set(["ami"]);

/** For reading: whoever asks it is told what was there when it was made. */
export function copyRegion(region: Ec2Region): Ec2Region {
  const copy = new Ec2Region(region.cloud, region.accountId, region.region);
  copy.encryptsByDefault = region.encryptsByDefault;
  for (const [prefix, table] of region.tables) {
    if (shared.has(prefix)) continue;
    const target = copy.tables.get(prefix);
    for (const [id, { item, visibleFromMs }] of table.saved()) {
      target?.add(id, structuredClone(item), visibleFromMs ?? 0);
    }
  }
  return copy;
}

export function copyAccount(account: IamAccount): IamAccount {
  const copy = new IamAccount(account);
  const { roles, users, instanceProfiles, policies, oidcProviders } = account;
  // At once: a profile knows its role itself, and the copy of the profile the copy of the role.
  const parts = structuredClone({ roles, users, instanceProfiles, policies, oidcProviders });
  for (const [key, one] of parts.roles) copy.roles.set(key, one);
  for (const [key, one] of parts.users) copy.users.set(key, one);
  for (const [key, one] of parts.instanceProfiles) copy.instanceProfiles.set(key, one);
  for (const [key, one] of parts.policies) copy.policies.set(key, one);
  for (const [key, one] of parts.oidcProviders) copy.oidcProviders.set(key, one);
  return copy;
}
