import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
} from "@aws-sdk/client-ec2";
import { paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, missingParameter } from "./errors.ts";
import { applyFilters } from "./filters.ts";
import type { Resource, ResourceTable } from "./resource-table.ts";
import { checkTags, setTags } from "./tag-rules.ts";

/** Tables by what their resources are called in tag specifications and descriptions. */
export function taggableTables(
  region: Ec2Region,
): readonly (readonly [type: string, table: ResourceTable<Resource>])[] {
  return [
    ["vpc", region.vpcs],
    ["subnet", region.subnets],
    ["internet-gateway", region.internetGateways],
    ["egress-only-internet-gateway", region.egressOnlyGateways],
    ["carrier-gateway", region.carrierGateways],
    ["natgateway", region.natGateways],
    ["elastic-ip", region.addresses],
    ["route-table", region.routeTables],
    ["network-acl", region.networkAcls],
    ["security-group", region.securityGroups],
    ["network-interface", region.networkInterfaces],
    ["instance", region.instances],
    ["volume", region.volumes],
    ["image", region.images],
    ["key-pair", region.keyPairs],
    ["dhcp-options", region.dhcpOptions],
    ["vpc-endpoint", region.vpcEndpoints],
    ["prefix-list", region.prefixLists],
    ["launch-template", region.launchTemplates],
    ["spot-instances-request", region.spotRequests],
    ["placement-group", region.placementGroups],
    ["snapshot", region.snapshots],
    ["dedicated-host", region.hosts],
  ] as unknown as readonly (readonly [string, ResourceTable<Resource>])[];
}

function findTags(region: Ec2Region, id: string): Map<string, string> {
  const prefix = id.slice(0, id.lastIndexOf("-"));
  const table = taggableTables(region).find(([, one]) => one.kind.prefix === prefix)?.[1];
  if (table !== undefined) return table.require(id).tags;
  for (const group of region.securityGroups.values()) {
    const rule = group.rules.find((one) => one.ruleId === id);
    if (rule !== undefined) return rule.tags;
  }
  throw ec2Error("InvalidID", `The ID '${id}' is not valid`);
}

/** All or nothing over the resources. */
export function createTags(region: Ec2Region, input: CreateTagsRequest) {
  const { Resources: ids = [], Tags: tags = [] } = input;
  if (ids.length === 0) throw missingParameter("resourceIdSet");
  if (tags.length === 0) throw missingParameter("tagSet");
  checkTags(tags);
  const targets = ids.map((id) => findTags(region, id));
  for (const target of targets) setTags(target, tags);
  return {};
}

/** A value that is given must match; without tags all of them go. */
export function deleteTags(region: Ec2Region, input: DeleteTagsRequest) {
  const { Resources: ids = [], Tags: tags } = input;
  if (ids.length === 0) throw missingParameter("resourceIdSet");
  const targets = ids.map((id) => findTags(region, id));
  for (const target of targets) {
    const doomed = tags ?? [...target.keys()].map((Key) => ({ Key, Value: undefined }));
    for (const { Key: key = "", Value: value } of doomed) {
      if (value === undefined || target.get(key) === value) target.delete(key);
    }
  }
  return {};
}

export function describeTags(region: Ec2Region, input: DescribeTagsRequest): DescribeTagsResult {
  const all = taggableTables(region).flatMap(([type, table]) =>
    table.visible().flatMap((resource) =>
      [...resource.tags].map(([key, value]) => ({
        type,
        id: idOf(table, resource),
        key,
        value,
        tags: resource.tags,
      })),
    ),
  );
  const filtered = applyFilters(all, input.Filters, {
    key: ({ key }) => key,
    "resource-id": ({ id }) => id,
    "resource-type": ({ type }) => type,
    value: ({ value }) => value,
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page);
  return {
    Tags: items.map(({ type, id, key, value }) => ({
      ResourceType: type as "vpc",
      ResourceId: id,
      Key: key,
      Value: value,
    })),
    ...token,
  };
}

export function idOf(table: ResourceTable<Resource>, resource: Resource): string {
  const prefix = `${table.kind.prefix}-`;
  const ids = Object.values(resource).filter(
    (value): value is string => typeof value === "string" && value.startsWith(prefix),
  );
  return ids[0] ?? "";
}
