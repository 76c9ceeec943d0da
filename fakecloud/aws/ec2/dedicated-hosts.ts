import type {
  AllocateHostsRequest,
  AllocateHostsResult,
  DescribeHostsRequest,
  DescribeHostsResult,
  Host,
  ReleaseHostsRequest,
  ReleaseHostsResult,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import type { DedicatedHost } from "./records.ts";
import { instanceTypes } from "./tables/instance-types.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function allocateHosts(region: Ec2Region, input: AllocateHostsRequest): AllocateHostsResult {
  const zone = required(input.AvailabilityZone, "availabilityZone");
  if (!region.zones.some((one) => one.zoneName === zone)) {
    throw ec2Error("InvalidZone.NotFound", `The zone '${zone}' does not exist.`);
  }
  const { InstanceType: type, InstanceFamily: family, Quantity: quantity = 1 } = input;
  if ((type === undefined) === (family === undefined)) {
    const message = "Specify either an instance type or an instance family, but not both.";
    throw ec2Error("InvalidParameterCombination", message);
  }
  if (type !== undefined && !instanceTypes.has(type)) {
    throw invalidParameter(`Invalid value '${type}' for InstanceType.`);
  }
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("AllocateHosts", token, asked, () =>
    Array.from({ length: quantity }, () => {
      const tags = tagsFor(input.TagSpecifications, "dedicated-host");
      const hostId = region.newId("h", tags.get("Name") ?? `${zone}/${type ?? family}`);
      const autoPlacement = input.AutoPlacement ?? "on";
      region.hosts.add(hostId, {
        hostId,
        zone,
        instanceType: type,
        instanceFamily: family,
        autoPlacement,
        allocatedAtMs: region.now(),
        tags,
      });
      return hostId;
    }).join(","),
  );
  return { HostIds: id.split(",") };
}

function instancesOn(region: Ec2Region, hostId: string) {
  return region.instances.filter(
    (one) => one.extra.Placement?.HostId === hostId && one.state !== "terminated",
  );
}

function toWire(region: Ec2Region, host: DedicatedHost): Host {
  return {
    HostId: host.hostId,
    State: "available",
    AvailabilityZone: host.zone,
    AutoPlacement: host.autoPlacement as "on",
    HostRecovery: "off",
    HostMaintenance: "off",
    HostProperties: {
      ...(host.instanceType === undefined ? {} : { InstanceType: host.instanceType }),
      ...(host.instanceFamily === undefined ? {} : { InstanceFamily: host.instanceFamily }),
    },
    AllocationTime: toDate(host.allocatedAtMs),
    Instances: instancesOn(region, host.hostId).map(({ instanceId, instanceType }) => ({
      InstanceId: instanceId,
      InstanceType: instanceType,
      OwnerId: region.accountId,
    })),
    OwnerId: region.accountId,
    Tags: tagsToWire(host.tags),
  };
}

export function describeHosts(region: Ec2Region, input: DescribeHostsRequest): DescribeHostsResult {
  const { items, ...token } = describe(
    region.hosts,
    {
      ids: input.HostIds,
      filters: input.Filter,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "auto-placement": (one) => one.autoPlacement,
      "availability-zone": (one) => one.zone,
      "instance-type": (one) => one.instanceType,
      state: () => "available",
    },
    { min: 5, max: 500 },
  );
  return { Hosts: items.map((one) => toWire(region, one)), ...token };
}

/** Each host succeeds or fails by itself; one with instances stays. */
export function releaseHosts(region: Ec2Region, input: ReleaseHostsRequest): ReleaseHostsResult {
  const ids = input.HostIds ?? [];
  const problems = ids.map((id) => ({ id, problem: problemOf(region, id) }));
  const free = problems.filter(({ problem }) => problem === undefined).map(({ id }) => id);
  for (const id of free) region.hosts.delete(id);
  return {
    Successful: free,
    Unsuccessful: problems.flatMap(({ id, problem }) =>
      problem === undefined ? [] : [{ ResourceId: id, Error: problem }],
    ),
  };
}

function problemOf(region: Ec2Region, id: string) {
  if (region.hosts.get(id) === undefined) {
    return { Code: "Client.InvalidHost.NotFound", Message: `The host '${id}' does not exist.` };
  }
  if (instancesOn(region, id).length === 0) return undefined;
  return { Code: "Client.InvalidHost.Occupied", Message: `The host '${id}' is occupied.` };
}
