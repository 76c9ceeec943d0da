import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { invalidParameter } from "./errors.ts";
import { applyFilters } from "./filters.ts";
import { regionNames, type ZoneFacts } from "./tables/zones.ts";

const noTags = new Map<string, string>();

export function describeAvailabilityZones(
  region: Ec2Region,
  input: DescribeAvailabilityZonesRequest,
): DescribeAvailabilityZonesResult {
  const { ZoneNames: names = [], ZoneIds: ids = [] } = input;
  const unknown = [
    ...names.filter((name) => !region.zones.some((zone) => zone.zoneName === name)),
    ...ids.filter((id) => !region.zones.some((zone) => zone.zoneId === id)),
  ];
  if (unknown.length > 0) {
    throw invalidParameter(`Invalid availability zone: [${unknown.join(", ")}]`);
  }
  const named = names.length > 0 || ids.length > 0;
  const chosen = region.zones.filter((zone) =>
    named
      ? names.includes(zone.zoneName) || ids.includes(zone.zoneId)
      : // Zones that the account has not opted into are shown only when all are asked for.
        input.AllAvailabilityZones === true || zone.optInStatus !== "not-opted-in",
  );
  const items = applyFilters(
    chosen.map((zone) => ({ zone, tags: noTags })),
    input.Filters,
    {
      "group-name": ({ zone }) => zone.groupName,
      message: () => undefined,
      "opt-in-status": ({ zone }) => zone.optInStatus,
      "parent-zone-id": ({ zone }) => zone.parentZoneId,
      "parent-zone-name": ({ zone }) => zone.parentZoneName,
      "region-name": () => region.region,
      state: () => "available",
      "zone-id": ({ zone }) => zone.zoneId,
      "zone-name": ({ zone }) => zone.zoneName,
      "zone-type": ({ zone }) => zone.zoneType,
    },
  );
  return { AvailabilityZones: items.map(({ zone }) => toWire(region, zone)) };
}

function toWire(region: Ec2Region, zone: ZoneFacts): AvailabilityZone {
  return {
    ZoneName: zone.zoneName,
    ZoneId: zone.zoneId,
    ZoneType: zone.zoneType,
    State: "available",
    OptInStatus: zone.optInStatus,
    RegionName: region.region,
    GroupName: zone.groupName,
    NetworkBorderGroup: zone.networkBorderGroup,
    Messages: [],
    ...(zone.parentZoneName === undefined
      ? {}
      : { ParentZoneName: zone.parentZoneName, ParentZoneId: zone.parentZoneId }),
  };
}

export function describeRegions(
  _region: Ec2Region,
  input: DescribeRegionsRequest,
): DescribeRegionsResult {
  const names = input.RegionNames ?? regionNames;
  for (const name of names) {
    if (!regionNames.includes(name)) throw invalidParameter(`Invalid region: [${name}]`);
  }
  const items = applyFilters(
    names.map((name) => ({ name, tags: noTags })),
    input.Filters,
    {
      endpoint: ({ name }) => `ec2.${name}.amazonaws.com`,
      "opt-in-status": () => "opt-in-not-required",
      "region-name": ({ name }) => name,
    },
  );
  return {
    Regions: items.map(({ name }) => ({
      RegionName: name,
      Endpoint: `ec2.${name}.amazonaws.com`,
      OptInStatus: "opt-in-not-required",
    })),
  };
}
