import { DescribeAvailabilityZonesCommand } from "@aws-sdk/client-ec2";
import type { AWSClusterSpecNetworkSubnet } from "../../api/generated/definitions.ts";
import { type ClusterScope, networkOf } from "../cluster-scope.ts";
import type { Zone } from "../plan-subnets.ts";

/** The zones of the region that everybody may use. */
export async function describeZones(scope: ClusterScope): Promise<readonly Zone[]> {
  const { AvailabilityZones = [] } = await scope.aws.ec2.send(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: "opt-in-status", Values: ["opt-in-not-required"] },
        { Name: "state", Values: ["available"] },
      ],
    }),
  );
  return AvailabilityZones.map(({ ZoneName = "", ZoneType = "availability-zone" }) => ({
    name: ZoneName,
    type: ZoneType,
  }));
}

/** Local and wavelength zones: no NAT gateway, no load balancer and no control plane there. */
export function isEdge({ zoneType }: AWSClusterSpecNetworkSubnet): boolean {
  return zoneType === "local-zone" || zoneType === "wavelength-zone";
}

/** Which kind of zone each subnet of the spec is in; asked once, since it never changes. */
export async function recordZoneTypes(scope: ClusterScope): Promise<void> {
  const { subnets = [] } = networkOf(scope);
  const unknown = subnets.filter(({ zoneType }) => zoneType === undefined);
  const names = new Set(unknown.flatMap(({ availabilityZone }) => availabilityZone ?? []));
  if (names.size === 0) return;
  const { AvailabilityZones = [] } = await scope.aws.ec2.send(
    new DescribeAvailabilityZonesCommand({ ZoneNames: [...names], AllAvailabilityZones: true }),
  );
  for (const subnet of unknown) {
    const zone = AvailabilityZones.find(({ ZoneName }) => ZoneName === subnet.availabilityZone);
    if (zone?.ZoneType === undefined) continue;
    subnet.zoneType = zone.ZoneType as NonNullable<AWSClusterSpecNetworkSubnet["zoneType"]>;
    if (zone.ParentZoneName !== undefined) subnet.parentZoneName = zone.ParentZoneName;
  }
}
