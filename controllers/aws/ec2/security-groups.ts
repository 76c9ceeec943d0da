import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup,
} from "@aws-sdk/client-ec2";
import {
  type ClusterScope,
  clusterTags,
  isManagedNetwork,
  networkOf,
  networkStatusOf,
  ownedFilter,
  requireVpcId,
} from "../cluster-scope.ts";
import { errorCode, ignoreNotFound } from "../errors.ts";
import { securityGroupName } from "../names.ts";
import {
  diffIngressRules,
  type IngressRule,
  planIngressRules,
  type SecurityGroupRole,
} from "../plan-security-groups.ts";
import { securityGroupPlanInput } from "../security-group-input.ts";
import { isCollected, isExternalGroup } from "../external-resources/collection-scope.ts";
import { cloudProviderTagKey, tagMap } from "../tags.ts";
import { ensureTags, tagSpecification } from "./tags.ts";

export async function reconcileSecurityGroups(scope: ClusterScope): Promise<void> {
  const existing = await describeGroups(scope, [
    { Name: "vpc-id", Values: [requireVpcId(scope)] },
    ownedFilter(scope),
  ]);
  const overrides = networkOf(scope).securityGroupOverrides ?? {};
  const groups = new Map<SecurityGroupRole, SecurityGroup>();
  for (const role of rolesOf(scope)) {
    const override = overrides[role];
    if (override !== undefined && !isManagedNetwork(scope)) {
      recordGroup(scope, role, { GroupId: override, GroupName: override });
      continue; // The user's own group: its rules and tags are the user's.
    }
    const name = securityGroupName(scope.clusterName, role);
    const found = existing.find(({ GroupName }) => GroupName === name);
    const group = found ?? (await createGroup(scope, role, name));
    if (found !== undefined) {
      await ensureTags(
        scope.aws.ec2,
        found.GroupId ?? "",
        found.Tags,
        groupTags(scope, role, name),
      );
    }
    recordGroup(scope, role, group);
    groups.set(role, group);
  }
  const input = securityGroupPlanInput(scope);
  for (const [role, group] of groups) {
    await applyRules(scope, group, planIngressRules(role, input));
  }
}

function rolesOf(scope: ClusterScope): readonly SecurityGroupRole[] {
  const roles: SecurityGroupRole[] = ["apiserver-lb", "lb", "controlplane", "node"];
  return scope.draft.spec?.bastion?.enabled === true ? ["bastion", ...roles] : roles;
}

function groupTags(scope: ClusterScope, role: SecurityGroupRole, name: string) {
  const extra = role === "lb" ? { [cloudProviderTagKey(scope.clusterName)]: "owned" } : {};
  return clusterTags(scope, { name, role, extra });
}

async function createGroup(
  scope: ClusterScope,
  role: SecurityGroupRole,
  name: string,
): Promise<SecurityGroup> {
  const { GroupId } = await scope.aws.ec2.send(
    new CreateSecurityGroupCommand({
      VpcId: requireVpcId(scope),
      GroupName: name,
      Description: `Kubernetes cluster ${scope.clusterName}: ${role}`,
      TagSpecifications: [tagSpecification("security-group", groupTags(scope, role, name))],
    }),
  );
  return { GroupId, GroupName: name };
}

function recordGroup(scope: ClusterScope, role: SecurityGroupRole, group: SecurityGroup): void {
  const status = networkStatusOf(scope);
  status.securityGroups = {
    ...status.securityGroups,
    [role]: { id: group.GroupId ?? "", name: group.GroupName ?? "" },
  };
}

async function applyRules(
  scope: ClusterScope,
  group: SecurityGroup,
  desired: readonly IngressRule[],
): Promise<void> {
  const { ec2 } = scope.aws;
  const { GroupId } = group;
  const { revoke, authorize } = diffIngressRules(currentRules(group), desired);
  if (revoke.length > 0) {
    const IpPermissions = revoke.map(toPermission);
    await ignoreNotFound(
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
    );
  }
  if (authorize.length > 0) {
    const IpPermissions = authorize.map(toPermission);
    await authorizeAll(scope, { GroupId, IpPermissions });
  }
}

async function authorizeAll(
  scope: ClusterScope,
  request: { readonly GroupId: string | undefined; readonly IpPermissions: IpPermission[] },
): Promise<void> {
  try {
    await scope.aws.ec2.send(new AuthorizeSecurityGroupIngressCommand(request));
  } catch (error) {
    if (errorCode(error) !== "InvalidPermission.Duplicate") throw error;
    // A lost answer or a lagging read: some rules are there already, so each is asked for on its own.
    for (const permission of request.IpPermissions) {
      await authorizeOne(scope, request.GroupId, permission);
    }
  }
}

async function authorizeOne(
  scope: ClusterScope,
  GroupId: string | undefined,
  permission: IpPermission,
): Promise<void> {
  try {
    await scope.aws.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }),
    );
  } catch (error) {
    if (errorCode(error) !== "InvalidPermission.Duplicate") throw error;
  }
}

/** The rules of an answer, one per source. */
function currentRules(group: SecurityGroup): readonly IngressRule[] {
  return (group.IpPermissions ?? []).flatMap((permission) => {
    const { IpProtocol = "", FromPort = -1, ToPort = -1 } = permission;
    const base = { protocol: IpProtocol, fromPort: FromPort, toPort: ToPort };
    return [
      ...(permission.IpRanges ?? []).map(({ CidrIp = "", Description = "" }) => ({
        ...base,
        description: Description,
        cidrBlock: CidrIp,
      })),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 = "", Description = "" }) => ({
        ...base,
        description: Description,
        ipv6CidrBlock: CidrIpv6,
      })),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId = "", Description = "" }) => ({
        ...base,
        description: Description,
        sourceSecurityGroupId: GroupId,
      })),
    ];
  });
}

function toPermission(rule: IngressRule): IpPermission {
  const { protocol, fromPort, toPort, description: Description } = rule;
  const hasPorts = protocol !== "-1";
  return {
    IpProtocol: protocol === "icmpv6" ? "58" : protocol,
    ...(hasPorts ? { FromPort: fromPort, ToPort: toPort } : {}),
    ...(rule.cidrBlock === undefined
      ? {}
      : { IpRanges: [{ CidrIp: rule.cidrBlock, Description }] }),
    ...(rule.ipv6CidrBlock === undefined
      ? {}
      : { Ipv6Ranges: [{ CidrIpv6: rule.ipv6CidrBlock, Description }] }),
    ...(rule.sourceSecurityGroupId === undefined
      ? {}
      : { UserIdGroupPairs: [{ GroupId: rule.sourceSecurityGroupId, Description }] }),
  };
}

async function describeGroups(
  scope: ClusterScope,
  Filters: { Name: string; Values: string[] }[],
): Promise<readonly SecurityGroup[]> {
  const { SecurityGroups = [] } = await scope.aws.ec2.send(
    new DescribeSecurityGroupsCommand({ Filters }),
  );
  return SecurityGroups;
}

/** The provider's own groups, and those that the cloud controller manager has made for Services. */
export async function groupsToDelete(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly SecurityGroup[]> {
  const vpc = { Name: "vpc-id", Values: [vpcId] };
  const own = await describeGroups(scope, [vpc, ownedFilter(scope)]);
  if (!isCollected(scope, "security-group")) return own;
  const key = cloudProviderTagKey(scope.clusterName);
  const ofServices = await describeGroups(scope, [vpc, { Name: `tag:${key}`, Values: ["owned"] }]);
  const external = ofServices.filter(
    ({ GroupId, Tags }) =>
      isExternalGroup(scope, tagMap(Tags)) && !own.some((group) => group.GroupId === GroupId),
  );
  return [...own, ...external];
}

/** First all rules, then the groups: groups that name each other in rules could not be deleted otherwise. */
export async function deleteSecurityGroups(
  scope: ClusterScope,
  groups: readonly SecurityGroup[],
): Promise<void> {
  const { ec2 } = scope.aws;
  for (const { GroupId, IpPermissions = [] } of groups) {
    if (IpPermissions.length === 0) continue;
    await ignoreNotFound(
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
    );
  }
  for (const { GroupId } of groups) {
    await ignoreNotFound(ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
  }
}
