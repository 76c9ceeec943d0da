import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  SecurityGroup as WireGroup,
} from "@aws-sdk/client-ec2";
import { describe, paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { dependencyViolation, ec2Error, invalidParameter, required } from "./errors.ts";
import { applyFilters, type FilterTable } from "./filters.ts";
import { permissionsToWire, ruleToWire } from "./permissions.ts";
import type { SecurityGroup, SecurityGroupRule, Vpc } from "./records.ts";
import { securityGroupPaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function addDefaultGroup(region: Ec2Region, vpc: Vpc): void {
  const group = add(region, vpc, {
    groupName: "default",
    description: "default VPC security group",
    tags: new Map(),
  });
  const self: SecurityGroupRule = {
    ruleId: region.newId("sgr", group.groupId),
    egress: false,
    protocol: "-1",
    groupId: group.groupId,
    description: undefined,
    tags: new Map(),
  };
  group.rules = [self, ...group.rules];
}

/** New groups let everything out and nothing in. */
function add(
  region: Ec2Region,
  vpc: Vpc,
  options: Pick<SecurityGroup, "description" | "groupName" | "tags">,
): SecurityGroup {
  const groupId = region.newId("sg", `${vpc.vpcId}/${options.groupName}`);
  const out: SecurityGroupRule = {
    ruleId: region.newId("sgr", groupId),
    egress: true,
    protocol: "-1",
    cidr: "0.0.0.0/0",
    description: undefined,
    tags: new Map(),
  };
  const group: SecurityGroup = {
    groupId,
    arn: region.arn("security-group", groupId),
    vpcId: vpc.vpcId,
    rules: [out],
    ...options,
  };
  return region.securityGroups.add(groupId, group);
}

/** When several errors apply, the first of these wins: name, description, VPC, duplicate, quota. */
export function createSecurityGroup(
  region: Ec2Region,
  input: CreateSecurityGroupRequest,
): CreateSecurityGroupResult {
  const groupName = required(input.GroupName, "groupName");
  const description = required(input.Description, "groupDescription");
  if (groupName.startsWith("sg-") || groupName.length > 255) {
    const message = `Value (${groupName}) for parameter groupName is invalid. Group names may not be in the format sg-*, and have at most 255 characters.`;
    throw invalidParameter(message);
  }
  const vpc = input.VpcId === undefined ? defaultVpc(region) : region.vpcs.require(input.VpcId);
  const taken = region.securityGroups
    .inVpc(vpc.vpcId)
    .some((group) => group.groupName === groupName);
  if (taken) {
    const message = `The security group '${groupName}' already exists for VPC '${vpc.vpcId}'`;
    throw ec2Error("InvalidGroup.Duplicate", message);
  }
  const limit = region.settings.quotas?.securityGroups;
  const message = "The maximum number of security groups has been reached.";
  region.checkQuota(region.securityGroups.size, limit, "SecurityGroupLimitExceeded", message);
  const tags = tagsFor(input.TagSpecifications, "security-group");
  const group = add(region, vpc, { groupName, description, tags });
  return { GroupId: group.groupId, SecurityGroupArn: group.arn, Tags: tagsToWire(tags) };
}

function defaultVpc(region: Ec2Region): Vpc {
  const found = [...region.vpcs.values()].find((vpc) => vpc.isDefault);
  if (found !== undefined) return found;
  throw ec2Error("VPCIdNotSpecified", "No default VPC for this user");
}

function toWire(region: Ec2Region, group: SecurityGroup): WireGroup {
  return {
    GroupId: group.groupId,
    GroupName: group.groupName,
    Description: group.description,
    SecurityGroupArn: group.arn,
    VpcId: group.vpcId,
    OwnerId: region.accountId,
    IpPermissions: permissionsToWire(
      region,
      group.rules.filter((rule) => !rule.egress),
    ),
    IpPermissionsEgress: permissionsToWire(
      region,
      group.rules.filter((rule) => rule.egress),
    ),
    Tags: tagsToWire(group.tags),
  };
}

const ingress = (group: SecurityGroup) => group.rules.filter((rule) => !rule.egress);
const egress = (group: SecurityGroup) => group.rules.filter((rule) => rule.egress);

const filters: FilterTable<SecurityGroup> = {
  description: (group) => group.description,
  "egress.ip-permission.cidr": (group) => egress(group).map((rule) => rule.cidr),
  "egress.ip-permission.group-id": (group) => egress(group).map((rule) => rule.groupId),
  "group-id": (group) => group.groupId,
  "group-name": (group) => group.groupName,
  "ip-permission.cidr": (group) => ingress(group).map((rule) => rule.cidr),
  "ip-permission.from-port": (group) => ingress(group).map((rule) => portText(rule.fromPort)),
  "ip-permission.group-id": (group) => ingress(group).map((rule) => rule.groupId),
  "ip-permission.protocol": (group) => ingress(group).map((rule) => rule.protocol),
  "ip-permission.to-port": (group) => ingress(group).map((rule) => portText(rule.toPort)),
  "vpc-id": (group) => group.vpcId,
};

function portText(port: number | undefined): string | undefined {
  return port === undefined ? undefined : `${port}`;
}

export function describeSecurityGroups(
  region: Ec2Region,
  input: DescribeSecurityGroupsRequest,
): DescribeSecurityGroupsResult {
  const names = input.GroupNames ?? [];
  const { items, ...token } = describe(
    region.securityGroups,
    {
      ids: input.GroupIds,
      filters: input.Filters,
      wire: { show: (group) => toWire(region, group), paths: securityGroupPaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    { ...filters, "owner-id": () => region.accountId },
  );
  for (const name of names) {
    if (items.some((group) => group.groupName === name)) continue;
    throw ec2Error("InvalidGroup.NotFound", `The security group '${name}' does not exist`);
  }
  const chosen = names.length === 0 ? items : items.filter((one) => names.includes(one.groupName));
  return { SecurityGroups: chosen.map((group) => toWire(region, group)), ...token };
}

export function describeSecurityGroupRules(
  region: Ec2Region,
  input: DescribeSecurityGroupRulesRequest,
): DescribeSecurityGroupRulesResult {
  const all = region.securityGroups
    .visible()
    .flatMap((group) => group.rules.map((rule) => ({ group, rule, tags: rule.tags })));
  const ids = input.SecurityGroupRuleIds ?? [];
  for (const id of ids) {
    if (all.some(({ rule }) => rule.ruleId === id)) continue;
    const message = `The security group rule ID '${id}' does not exist`;
    throw ec2Error("InvalidSecurityGroupRuleId.NotFound", message);
  }
  const chosen = ids.length === 0 ? all : all.filter(({ rule }) => ids.includes(rule.ruleId));
  const filtered = applyFilters(chosen, input.Filters, {
    "group-id": ({ group }) => group.groupId,
    "security-group-rule-id": ({ rule }) => rule.ruleId,
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page);
  return {
    SecurityGroupRules: items.map(({ group, rule }) => ruleToWire(region, group.groupId, rule)),
    ...token,
  };
}

/** Interfaces that use the group and rules of other groups that name it keep it alive. */
export function deleteSecurityGroup(
  region: Ec2Region,
  input: DeleteSecurityGroupRequest,
): DeleteSecurityGroupResult {
  const group = findGroup(region, input);
  const { groupId } = group;
  if (group.groupName === "default") {
    const message = `the specified group: "${groupId}" name: "default" cannot be deleted by a user`;
    throw ec2Error("CannotDelete", message);
  }
  const used =
    region.networkInterfaces.some((node) => node.securityGroupIds.includes(groupId)) ||
    region.securityGroups.some(
      (other) => other !== group && other.rules.some((rule) => rule.groupId === groupId),
    );
  if (used) throw dependencyViolation(`resource ${groupId} has a dependent object`);
  region.securityGroups.delete(groupId);
  return { Return: true, GroupId: groupId };
}

function findGroup(
  region: Ec2Region,
  input: { GroupId?: string | undefined; GroupName?: string | undefined },
): SecurityGroup {
  const { GroupId: groupId, GroupName: name } = input;
  if (groupId !== undefined || name === undefined) {
    return region.securityGroups.require(required(groupId, "groupId"));
  }
  const found = [...region.securityGroups.values()].find((group) => group.groupName === name);
  if (found !== undefined) return found;
  throw ec2Error("InvalidGroup.NotFound", `The security group '${name}' does not exist`);
}
