import { type ClusterScope, clusterTags, networkOf, ownedFilter } from "../cluster-scope.ts";
import { elasticIpName } from "../names.ts";
import { providerTag } from "../tags.ts";
import { allocateAddress, describeAddresses, releaseAddress } from "./allocate-address.ts";

/** What the addresses are for: NAT gateways, or the API server's load balancer. */
type AddressRole = "common" | "lb-apiserver";

/** Allocation IDs of addresses that nothing uses: those that earlier attempts left, then new ones. */
export async function ensureUnusedAddresses(
  scope: ClusterScope,
  count: number,
  role: AddressRole = "common",
): Promise<readonly string[]> {
  if (count === 0) return [];
  const ofRole = { Name: `tag:${providerTag}/role`, Values: [role] };
  const unused = (await describeAddresses(scope.aws, [ownedFilter(scope), ofRole]))
    .filter(({ AssociationId }) => AssociationId === undefined)
    .map(({ AllocationId = "" }) => AllocationId);
  const ids = unused.slice(0, count);
  const tags = clusterTags(scope, { name: elasticIpName(scope.clusterName, role), role });
  while (ids.length < count) {
    ids.push(await allocateAddress(scope.aws, tags, networkOf(scope).vpc.elasticIpPool));
  }
  return ids;
}

/** Addresses that a lagging list hid from an earlier attempt, which then took another one: each is paid for. */
export async function releaseSurplusAddresses(
  scope: ClusterScope,
  usedIds: readonly (string | undefined)[],
): Promise<void> {
  const ofRole = { Name: `tag:${providerTag}/role`, Values: ["common"] };
  for (const address of await describeAddresses(scope.aws, [ownedFilter(scope), ofRole])) {
    if (address.AssociationId !== undefined || usedIds.includes(address.AllocationId)) continue;
    await releaseAddress(scope.aws, address);
  }
}

export async function releaseAddresses(scope: ClusterScope): Promise<void> {
  for (const address of await describeAddresses(scope.aws, [ownedFilter(scope)])) {
    await releaseAddress(scope.aws, address);
  }
}
