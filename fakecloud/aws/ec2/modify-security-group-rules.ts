import type {
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  SecurityGroupRuleRequest,
} from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, missingParameter, required } from "./errors.ts";
import { describeRule, explodePermission, ruleKey } from "./permissions.ts";
import type { SecurityGroupRule } from "./records.ts";

/** Rules keep their ids, tags and direction. All or nothing. */
export function modifySecurityGroupRules(
  region: Ec2Region,
  input: ModifySecurityGroupRulesRequest,
): ModifySecurityGroupRulesResult {
  const group = region.securityGroups.require(required(input.GroupId, "groupId"));
  const updates = input.SecurityGroupRules ?? [];
  if (updates.length === 0) throw missingParameter("securityGroupRule");
  const changed = new Map<string, SecurityGroupRule>();
  for (const { SecurityGroupRuleId, SecurityGroupRule: wanted = {} } of updates) {
    const id = required(SecurityGroupRuleId, "securityGroupRuleId");
    const rule = group.rules.find(({ ruleId }) => ruleId === id);
    if (rule === undefined) {
      const message = `The security group rule ID '${id}' does not exist`;
      throw ec2Error("InvalidSecurityGroupRuleId.NotFound", message);
    }
    changed.set(id, rewrite(region, rule, wanted));
  }
  const rules = group.rules.map((rule) => changed.get(rule.ruleId) ?? rule);
  const keys = rules.map(ruleKey);
  const twin = rules.find((rule, index) => keys.indexOf(ruleKey(rule)) !== index);
  if (twin !== undefined) {
    const message = `the specified rule "${describeRule(twin)}" already exists`;
    throw ec2Error("InvalidPermission.Duplicate", message);
  }
  group.rules = rules;
  return { Return: true };
}

function rewrite(
  region: Ec2Region,
  rule: SecurityGroupRule,
  wanted: SecurityGroupRuleRequest,
): SecurityGroupRule {
  const { CidrIpv4, CidrIpv6, ReferencedGroupId, PrefixListId, Description } = wanted;
  const [draft] = explodePermission(
    region,
    {
      IpProtocol: wanted.IpProtocol,
      FromPort: wanted.FromPort,
      ToPort: wanted.ToPort,
      IpRanges: CidrIpv4 === undefined ? [] : [{ CidrIp: CidrIpv4, Description }],
      Ipv6Ranges: CidrIpv6 === undefined ? [] : [{ CidrIpv6, Description }],
      UserIdGroupPairs:
        ReferencedGroupId === undefined ? [] : [{ GroupId: ReferencedGroupId, Description }],
      PrefixListIds: PrefixListId === undefined ? [] : [{ PrefixListId, Description }],
    },
    rule.egress,
  );
  if (draft === undefined) throw missingParameter("cidrIpv4");
  return { ...draft, ruleId: rule.ruleId, tags: rule.tags };
}
