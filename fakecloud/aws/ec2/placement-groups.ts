import type {
  CreatePlacementGroupRequest,
  CreatePlacementGroupResult,
  DeletePlacementGroupRequest,
  DescribePlacementGroupsRequest,
  DescribePlacementGroupsResult,
  PlacementGroup as WireGroup,
  RunInstancesRequest,
} from "@aws-sdk/client-ec2";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import type { PlacementGroup } from "./records.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

const strategies: readonly string[] = ["cluster", "partition", "spread"];
const maxPartitions = 7;

function findGroup(region: Ec2Region, name: string): PlacementGroup {
  const found = region.placementGroups.visible().find((one) => one.name === name);
  if (found !== undefined) return found;
  const message = `The Placement Group '${name}' is unknown.`;
  throw ec2Error("InvalidPlacementGroup.Unknown", message);
}

export function createPlacementGroup(
  region: Ec2Region,
  input: CreatePlacementGroupRequest,
): CreatePlacementGroupResult {
  const name = required(input.GroupName, "groupName");
  const strategy: string = input.Strategy ?? "cluster";
  const { PartitionCount: partitionCount } = input;
  if (!strategies.includes(strategy)) {
    throw invalidParameter(`Value (${strategy}) for parameter strategy is invalid.`);
  }
  if (
    partitionCount !== undefined &&
    (strategy !== "partition" || partitionCount > maxPartitions)
  ) {
    throw invalidParameter(`Value (${partitionCount}) for parameter partitionCount is invalid.`);
  }
  if (region.placementGroups.some((one) => one.name === name)) {
    const message = `The Placement Group '${name}' already exists.`;
    throw ec2Error("InvalidPlacementGroup.Duplicate", message);
  }
  const placementGroupId = region.newId("pg", name);
  const group: PlacementGroup = {
    placementGroupId,
    name,
    strategy: strategy as PlacementGroup["strategy"],
    partitionCount: strategy === "partition" ? (partitionCount ?? maxPartitions) : undefined,
    spreadLevel: strategy === "spread" ? (input.SpreadLevel ?? "rack") : undefined,
    tags: tagsFor(input.TagSpecifications, "placement-group"),
  };
  region.placementGroups.add(placementGroupId, group);
  return { PlacementGroup: toWire(region, group) };
}

function toWire(region: Ec2Region, group: PlacementGroup): WireGroup {
  return {
    GroupName: group.name,
    GroupId: group.placementGroupId,
    GroupArn: region.arn("placement-group", group.name),
    State: "available",
    Strategy: group.strategy,
    ...(group.partitionCount === undefined ? {} : { PartitionCount: group.partitionCount }),
    ...(group.spreadLevel === undefined ? {} : { SpreadLevel: group.spreadLevel as "rack" }),
    Tags: tagsToWire(group.tags),
  };
}

export function describePlacementGroups(
  region: Ec2Region,
  input: DescribePlacementGroupsRequest,
): DescribePlacementGroupsResult {
  const named = (input.GroupNames ?? []).map((name) => findGroup(region, name).placementGroupId);
  const { items } = describe(
    region.placementGroups,
    { ids: [...(input.GroupIds ?? []), ...named], filters: input.Filters },
    {
      "group-arn": ({ name }) => region.arn("placement-group", name),
      "group-name": ({ name }) => name,
      "spread-level": ({ spreadLevel }) => spreadLevel,
      state: () => "available",
      strategy: ({ strategy }) => strategy,
    },
  );
  return { PlacementGroups: items.map((one) => toWire(region, one)) };
}

export function deletePlacementGroup(region: Ec2Region, input: DeletePlacementGroupRequest) {
  const group = findGroup(region, required(input.GroupName, "groupName"));
  const isUsed = region.instances.some(
    (one) => one.state !== "terminated" && one.extra.Placement?.GroupName === group.name,
  );
  if (isUsed) {
    const message = `The placement group '${group.name}' is in use and may not be deleted.`;
    throw ec2Error("InvalidPlacementGroup.InUse", message);
  }
  region.placementGroups.delete(group.placementGroupId);
  return {};
}

const spreadPerZone = 7;

/** A group must be there, and one that spreads over racks takes seven running instances in each zone. */
export function checkPlacement(region: Ec2Region, input: RunInstancesRequest, zone: string): void {
  const { GroupName: name } = input.Placement ?? {};
  if (name === undefined || name === "") return;
  const group = findGroup(region, name);
  if (group.spreadLevel !== "rack") return;
  const here = region.instances.filter(
    (one) =>
      one.zone === zone &&
      one.extra.Placement?.GroupName === name &&
      (one.state === "pending" || one.state === "running"),
  );
  if (here.length + (input.MinCount ?? 1) <= spreadPerZone) return;
  const message = `The maximum number of running instances per availability zone in a spread placement group is ${spreadPerZone}.`;
  throw ec2Error("InstanceLimitExceeded", message);
}
