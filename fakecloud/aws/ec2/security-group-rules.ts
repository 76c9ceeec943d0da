import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  IpPermission,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  TagSpecification,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, missingParameter, required } from "./errors.ts";
import {
  describeRule,
  explodePermission,
  ruleKey,
  type RuleDraft,
  ruleToWire,
} from "./permissions.ts";
import type { SecurityGroup } from "./records.ts";
import { tagsFor } from "./tag-rules.ts";

interface RulesInput {
  readonly GroupId?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly IpPermissions?: IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
  readonly SourceSecurityGroupName?: string | undefined;
  readonly SourceSecurityGroupOwnerId?: string | undefined;
}

function groupOf(region: Ec2Region, input: RulesInput): SecurityGroup {
  if (input.GroupId !== undefined || input.GroupName === undefined) {
    return region.securityGroups.require(required(input.GroupId, "groupId"));
  }
  const found = [...region.securityGroups.values()].find(
    (one) => one.groupName === input.GroupName,
  );
  if (found !== undefined) return found;
  throw ec2Error("InvalidGroup.NotFound", `The security group '${input.GroupName}' does not exist`);
}

/** The older form has one rule in the request itself. */
function draftsOf(region: Ec2Region, input: RulesInput, egress: boolean): readonly RuleDraft[] {
  const { SourceSecurityGroupName: name, SourceSecurityGroupOwnerId: owner } = input;
  const single: IpPermission[] =
    input.IpProtocol === undefined && name === undefined
      ? []
      : [
          {
            // A group alone as the source means everything that it sends.
            IpProtocol: input.IpProtocol ?? "-1",
            FromPort: input.FromPort,
            ToPort: input.ToPort,
            IpRanges: input.CidrIp === undefined ? [] : [{ CidrIp: input.CidrIp }],
            UserIdGroupPairs: name === undefined ? [] : [{ GroupName: name, UserId: owner }],
          },
        ];
  const permissions = input.IpPermissions ?? single;
  return permissions.flatMap((permission) => explodePermission(region, permission, egress));
}

export function authorizeIngress(
  region: Ec2Region,
  input: AuthorizeSecurityGroupIngressRequest,
): AuthorizeSecurityGroupIngressResult {
  return authorize(region, input, false);
}

export function authorizeEgress(
  region: Ec2Region,
  input: AuthorizeSecurityGroupEgressRequest,
): AuthorizeSecurityGroupIngressResult {
  return authorize(region, input, true);
}

/** All or nothing. When several errors apply, the first of these wins: group, rules, duplicate, quota. */
function authorize(
  region: Ec2Region,
  input: RulesInput & { readonly TagSpecifications?: TagSpecification[] | undefined },
  egress: boolean,
): AuthorizeSecurityGroupIngressResult {
  const group = groupOf(region, input);
  const drafts = draftsOf(region, input, egress);
  if (drafts.length === 0) throw missingParameter("ipPermissions");
  const keys = new Set(group.rules.map(ruleKey));
  for (const draft of drafts) {
    if (!keys.has(ruleKey(draft))) {
      keys.add(ruleKey(draft));
      continue;
    }
    const message = `the specified rule "${describeRule(draft)}" already exists`;
    throw ec2Error("InvalidPermission.Duplicate", message);
  }
  const count = group.rules.filter((rule) => rule.egress === egress).length + drafts.length - 1;
  const limit = region.settings.quotas?.rulesPerSecurityGroup;
  const message = "The maximum number of rules per security group has been reached.";
  region.checkQuota(count, limit, "RulesPerSecurityGroupLimitExceeded", message);
  const made = drafts.map((draft) => ({
    ...draft,
    ruleId: region.newId("sgr", `${group.groupId}/${ruleKey(draft)}`),
    tags: tagsFor(input.TagSpecifications, "security-group-rule"),
  }));
  group.rules = [...group.rules, ...made];
  return {
    Return: true,
    SecurityGroupRules: made.map((rule) => ruleToWire(region, group.groupId, rule)),
  };
}

export function revokeIngress(
  region: Ec2Region,
  input: RevokeSecurityGroupIngressRequest,
): RevokeSecurityGroupIngressResult {
  return revoke(region, input, false);
}

export function revokeEgress(
  region: Ec2Region,
  input: RevokeSecurityGroupEgressRequest,
): RevokeSecurityGroupIngressResult {
  return revoke(region, input, true);
}

/** All or nothing: a rule that is not there refuses the call. Descriptions do not matter. */
function revoke(
  region: Ec2Region,
  input: RulesInput & { readonly SecurityGroupRuleIds?: string[] | undefined },
  egress: boolean,
): RevokeSecurityGroupIngressResult {
  const group = groupOf(region, input);
  const ids = input.SecurityGroupRuleIds ?? [];
  const keys = draftsOf(region, input, egress);
  if (ids.length === 0 && keys.length === 0) throw missingParameter("ipPermissions");
  for (const id of ids) {
    if (group.rules.some((rule) => rule.ruleId === id)) continue;
    throw noRule(id);
  }
  const doomed = new Set(keys.map(ruleKey));
  for (const draft of keys) {
    if (group.rules.some((rule) => ruleKey(rule) === ruleKey(draft))) continue;
    const message = "The specified rule does not exist in this security group.";
    throw ec2Error("InvalidPermission.NotFound", message);
  }
  group.rules = group.rules.filter(
    (rule) => !ids.includes(rule.ruleId) && !doomed.has(ruleKey(rule)),
  );
  return { Return: true };
}

function noRule(id: string) {
  const message = `The specified rule does not exist in this security group: ${id}`;
  return ec2Error("InvalidSecurityGroupRuleId.NotFound", message);
}

type DescriptionsInput = RulesInput &
  Pick<UpdateSecurityGroupRuleDescriptionsIngressRequest, "SecurityGroupRuleDescriptions">;

export function updateIngressDescriptions(
  region: Ec2Region,
  input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
): UpdateSecurityGroupRuleDescriptionsIngressResult {
  return updateDescriptions(region, input, false);
}

export function updateEgressDescriptions(
  region: Ec2Region,
  input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
): UpdateSecurityGroupRuleDescriptionsIngressResult {
  return updateDescriptions(region, input, true);
}

function updateDescriptions(region: Ec2Region, input: DescriptionsInput, egress: boolean) {
  const group = groupOf(region, input);
  const byId = new Map(
    (input.SecurityGroupRuleDescriptions ?? []).map(
      ({ SecurityGroupRuleId: id = "", Description: text }) => [id, text],
    ),
  );
  for (const id of byId.keys()) {
    if (!group.rules.some((rule) => rule.ruleId === id)) throw noRule(id);
  }
  const drafts = new Map(draftsOf(region, input, egress).map((draft) => [ruleKey(draft), draft]));
  for (const key of drafts.keys()) {
    if (group.rules.some((rule) => ruleKey(rule) === key)) continue;
    const message = "The specified rule does not exist in this security group.";
    throw ec2Error("InvalidPermission.NotFound", message);
  }
  group.rules = group.rules.map((rule) => {
    if (byId.has(rule.ruleId)) return { ...rule, description: byId.get(rule.ruleId) };
    const draft = drafts.get(ruleKey(rule));
    return draft === undefined ? rule : { ...rule, description: draft.description };
  });
  return { Return: true };
}
