import type { FailureDomain } from "../../api/generated/definitions.ts";
import { type ClusterScope, networkOf, networkStatusOf } from "../cluster-scope.ts";

/** One per zone that has a private subnet; control planes fit where the load balancer has a leg. */
export function failureDomains(scope: ClusterScope): Record<string, FailureDomain> {
  const balanced = networkStatusOf(scope).apiServerElb?.availabilityZones ?? [];
  const zones = (networkOf(scope).subnets ?? [])
    .filter(({ isPublic }) => isPublic !== true)
    .map(({ availabilityZone = "" }) => availabilityZone);
  return Object.fromEntries(
    [...new Set(zones)].map((zone) => [zone, { controlPlane: balanced.includes(zone) }]),
  );
}
