import type {
  IpPermission,
  SecurityGroupRule as WireRule,
  UserIdGroupPair,
} from "@aws-sdk/client-ec2";
import { parseCidr } from "./cidr.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import type { SecurityGroup, SecurityGroupRule } from "./records.ts";
import { tagsToWire } from "./tag-rules.ts";

/** One rule with one source, before it has an id. */
export type RuleDraft = Omit<SecurityGroupRule, "ruleId" | "tags">;

const protocolNames: Readonly<Record<string, string>> = {
  "1": "icmp",
  "6": "tcp",
  "17": "udp",
  "58": "icmpv6",
  all: "-1",
};

const withPorts = new Set(["icmp", "icmpv6", "tcp", "udp"]);

/** Takes a permission apart into rules with one source each, as EC2 keeps them. */
export function explodePermission(
  region: Ec2Region,
  permission: IpPermission,
  egress: boolean,
): readonly RuleDraft[] {
  const given = required(permission.IpProtocol, "ipProtocol").toLowerCase();
  const protocol = protocolNames[given] ?? given;
  const ports = withPorts.has(protocol) ? portsOf(permission, protocol) : {};
  const base = { egress, protocol, ...ports };
  const rules: RuleDraft[] = [];
  for (const range of permission.IpRanges ?? []) {
    const cidr = parseCidr(required(range.CidrIp, "cidrIp"), "cidrIp").text;
    rules.push({ ...base, cidr, description: range.Description });
  }
  for (const range of permission.Ipv6Ranges ?? []) {
    const cidr = required(range.CidrIpv6, "cidrIpv6");
    rules.push({ ...base, cidr, description: range.Description });
  }
  for (const pair of permission.UserIdGroupPairs ?? []) {
    const { groupId } = groupOf(region, pair);
    rules.push({ ...base, groupId, description: pair.Description });
  }
  for (const list of permission.PrefixListIds ?? []) {
    const prefixListId = required(list.PrefixListId, "prefixListId");
    rules.push({ ...base, prefixListId, description: list.Description });
  }
  return rules;
}

/** Groups of other accounts are reached through VPC peering, which is not here: they are unknown. */
function groupOf(region: Ec2Region, pair: UserIdGroupPair): SecurityGroup {
  const { GroupId: id, GroupName: name, UserId: owner, VpcId: vpcId } = pair;
  const mine = owner === undefined || owner === region.accountId;
  if (id === undefined) required(name, "groupId");
  const found =
    id === undefined
      ? region.securityGroups
          .visible()
          .find((one) => one.groupName === name && (vpcId === undefined || one.vpcId === vpcId))
      : region.securityGroups.require(id);
  if (mine && found !== undefined && (vpcId === undefined || found.vpcId === vpcId)) return found;
  const message = `The security group '${id ?? name ?? ""}' does not exist`;
  throw ec2Error("InvalidGroup.NotFound", message);
}

function portsOf(permission: IpPermission, protocol: string) {
  const { FromPort: from, ToPort: to } = permission;
  if (from === undefined || to === undefined) {
    throw invalidParameter(
      `Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`,
    );
  }
  const isPort = (port: number) => port >= -1 && port <= 65_535;
  const ordered = protocol === "icmp" || protocol === "icmpv6" || from <= to;
  if (!isPort(from) || !isPort(to) || !ordered) {
    throw invalidParameter(`Invalid value '${from}-${to}' for portRange.`);
  }
  // -1 means all ports of the protocol.
  return from === -1 && protocol !== "icmp" && protocol !== "icmpv6"
    ? { fromPort: 0, toPort: 65_535 }
    : { fromPort: from, toPort: to };
}

/** What makes two rules the same: everything but description and id. */
export function ruleKey(rule: RuleDraft): string {
  const source = rule.cidr ?? rule.groupId ?? rule.prefixListId;
  return `${rule.egress} ${rule.protocol} ${rule.fromPort} ${rule.toPort} ${source}`;
}

export function describeRule(rule: RuleDraft): string {
  const source = rule.cidr ?? rule.groupId ?? rule.prefixListId;
  const protocol = rule.protocol === "-1" ? "ALL" : rule.protocol.toUpperCase();
  const ports =
    rule.fromPort === undefined ? "" : `, from port: ${rule.fromPort}, to port: ${rule.toPort}`;
  return `peer: ${source}, ${protocol}${ports}, ALLOW`;
}

/** Puts rules with the same protocol and ports into one permission, as Describe shows them. */
export function permissionsToWire(
  region: Ec2Region,
  rules: readonly SecurityGroupRule[],
): IpPermission[] {
  const permissions = new Map<string, IpPermission>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.fromPort} ${rule.toPort}`;
    const permission = permissions.get(key) ?? {
      IpProtocol: rule.protocol,
      ...(rule.fromPort === undefined ? {} : { FromPort: rule.fromPort, ToPort: rule.toPort }),
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    permissions.set(key, permission);
    addSource(region, permission, rule);
  }
  return [...permissions.values()];
}

function addSource(region: Ec2Region, permission: IpPermission, rule: SecurityGroupRule): void {
  const { cidr, groupId, prefixListId } = rule;
  const description = rule.description === undefined ? {} : { Description: rule.description };
  if (groupId !== undefined) {
    const pair = { GroupId: groupId, UserId: region.accountId, ...description };
    permission.UserIdGroupPairs?.push(pair);
  } else if (prefixListId !== undefined) {
    permission.PrefixListIds?.push({ PrefixListId: prefixListId, ...description });
  } else if (cidr?.includes(":") === true) {
    permission.Ipv6Ranges?.push({ CidrIpv6: cidr, ...description });
  } else if (cidr !== undefined) {
    permission.IpRanges?.push({ CidrIp: cidr, ...description });
  }
}

export function ruleToWire(region: Ec2Region, groupId: string, rule: SecurityGroupRule): WireRule {
  const { cidr } = rule;
  return {
    SecurityGroupRuleId: rule.ruleId,
    GroupId: groupId,
    GroupOwnerId: region.accountId,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort ?? -1,
    ToPort: rule.toPort ?? -1,
    ...(cidr === undefined ? {} : cidr.includes(":") ? { CidrIpv6: cidr } : { CidrIpv4: cidr }),
    ...(rule.prefixListId === undefined ? {} : { PrefixListId: rule.prefixListId }),
    ...(rule.groupId === undefined
      ? {}
      : { ReferencedGroupInfo: { GroupId: rule.groupId, UserId: region.accountId } }),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: tagsToWire(rule.tags),
  };
}
