import { expect } from "vitest";
import type { ConformanceCase, Step } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const VpcId = "{vpc.Vpc.VpcId}";
const api = (operation: string) => `EC2 API reference, ${operation}`;
const make: readonly Step[] = [
  makeVpc,
  { call: "CreateSecurityGroup", input: { VpcId, GroupName: "g", Description: "d" }, as: "group" },
];
const GroupId = "{group.GroupId}";
const ssh = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] };
const allow = (permission: object): Step => ({
  call: "AuthorizeSecurityGroupIngress",
  input: { GroupId, IpPermissions: [permission] },
});

const badPorts: readonly ConformanceCase[] = [
  [22, 21],
  [0, 65_536],
  [-2, 5],
].map(([FromPort, ToPort]) => ({
  title: `a rule for ports ${FromPort} to ${ToPort} is refused`,
  source: api("AuthorizeSecurityGroupIngress"),
  steps: [...make, { ...allow({ ...ssh, FromPort, ToPort }), fails: "InvalidParameterValue" }],
}));

const badNames: readonly ConformanceCase[] = ["sg-mine", "x".repeat(256)].map((GroupName) => ({
  title: `a security group of the name ${GroupName.slice(0, 10)} (${GroupName.length} characters) is refused`,
  source: api("CreateSecurityGroup"),
  steps: [
    makeVpc,
    {
      call: "CreateSecurityGroup",
      input: { VpcId, GroupName, Description: "d" },
      fails: "InvalidParameterValue",
    },
  ],
}));

export const securityGroups: readonly ConformanceCase[] = [
  ...badPorts,
  ...badNames,
  {
    title: "a new security group lets everything out and nothing in",
    source: "VPC user guide, Security group basics",
    steps: [
      ...make,
      {
        call: "DescribeSecurityGroups",
        input: { GroupIds: [GroupId] },
        gives: {
          SecurityGroups: [
            {
              GroupName: "g",
              Description: "d",
              VpcId,
              IpPermissions: [],
              IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
            },
          ],
        },
      },
    ],
  },
  {
    title: "a second group of one name in a VPC is refused, in another VPC it is not",
    source: api("CreateSecurityGroup"),
    steps: [
      ...make,
      {
        call: "CreateSecurityGroup",
        input: { VpcId, GroupName: "g", Description: "d" },
        fails: "InvalidGroup.Duplicate",
        says: "The security group 'g' already exists for VPC",
      },
      { call: "CreateVpc", input: { CidrBlock: "10.1.0.0/16" }, as: "second" },
      {
        call: "CreateSecurityGroup",
        input: { VpcId: "{second.Vpc.VpcId}", GroupName: "g", Description: "d" },
      },
    ],
  },
  {
    title: "a rule has an id and stands in the group; a second one of the same kind is a duplicate",
    source: api("AuthorizeSecurityGroupIngress"),
    steps: [
      ...make,
      {
        ...allow(ssh),
        gives: {
          Return: true,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: expect.stringMatching(/^sgr-[0-9a-f]{17}$/),
              IsEgress: false,
              IpProtocol: "tcp",
              FromPort: 22,
              ToPort: 22,
              CidrIpv4: "10.0.0.0/8",
            },
          ],
        },
      },
      {
        ...allow({ ...ssh, IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "other words" }] }),
        fails: "InvalidPermission.Duplicate",
      },
      {
        call: "DescribeSecurityGroups",
        input: { GroupIds: [GroupId] },
        gives: { SecurityGroups: [{ IpPermissions: [ssh] }] },
      },
    ],
  },
  {
    title: "one duplicate among several rules refuses them all",
    source: api("AuthorizeSecurityGroupIngress"),
    steps: [
      ...make,
      allow(ssh),
      {
        call: "AuthorizeSecurityGroupIngress",
        input: { GroupId, IpPermissions: [{ ...ssh, FromPort: 443, ToPort: 443 }, ssh] },
        fails: "InvalidPermission.Duplicate",
      },
      {
        call: "DescribeSecurityGroups",
        input: { GroupIds: [GroupId] },
        gives: { SecurityGroups: [{ IpPermissions: [ssh] }] },
      },
    ],
  },
  {
    title: "rules of the same ports are shown as one permission",
    source: api("DescribeSecurityGroups"),
    steps: [
      ...make,
      allow(ssh),
      allow({ ...ssh, IpRanges: [{ CidrIp: "192.168.0.0/16" }] }),
      {
        call: "DescribeSecurityGroups",
        input: { GroupIds: [GroupId] },
        gives: {
          SecurityGroups: [
            {
              IpPermissions: [
                { IpRanges: [{ CidrIp: "10.0.0.0/8" }, { CidrIp: "192.168.0.0/16" }] },
              ],
            },
          ],
        },
      },
      {
        call: "DescribeSecurityGroupRules",
        input: { Filters: [{ Name: "group-id", Values: [GroupId] }] },
        gives: { SecurityGroupRules: [{}, {}, {}] },
      },
    ],
  },
  {
    title: "a rule that is not there cannot be revoked",
    source: api("RevokeSecurityGroupIngress"),
    steps: [
      ...make,
      {
        call: "RevokeSecurityGroupIngress",
        input: { GroupId, IpPermissions: [ssh] },
        fails: "InvalidPermission.NotFound",
      },
      allow(ssh),
      { call: "RevokeSecurityGroupIngress", input: { GroupId, IpPermissions: [ssh] } },
      {
        call: "DescribeSecurityGroups",
        input: { GroupIds: [GroupId] },
        gives: { SecurityGroups: [{ IpPermissions: [] }] },
      },
    ],
  },
  {
    title: "rules can be revoked by their id",
    source: api("RevokeSecurityGroupIngress"),
    steps: [
      ...make,
      { ...allow(ssh), as: "rule" },
      {
        call: "RevokeSecurityGroupIngress",
        input: {
          GroupId,
          SecurityGroupRuleIds: ["{rule.SecurityGroupRules.0.SecurityGroupRuleId}"],
        },
      },
      {
        call: "RevokeSecurityGroupIngress",
        input: {
          GroupId,
          SecurityGroupRuleIds: ["{rule.SecurityGroupRules.0.SecurityGroupRuleId}"],
        },
        fails: "InvalidSecurityGroupRuleId.NotFound",
      },
    ],
  },
  {
    title: "a group that another group's rule names cannot be deleted",
    source: api("DeleteSecurityGroup"),
    steps: [
      ...make,
      {
        call: "CreateSecurityGroup",
        input: { VpcId, GroupName: "h", Description: "d" },
        as: "other",
      },
      allow({
        IpProtocol: "tcp",
        FromPort: 1,
        ToPort: 2,
        UserIdGroupPairs: [{ GroupId: "{other.GroupId}" }],
      }),
      {
        call: "DeleteSecurityGroup",
        input: { GroupId: "{other.GroupId}" },
        fails: "DependencyViolation",
        says: "has a dependent object",
      },
      { call: "DeleteSecurityGroup", input: { GroupId } },
      { call: "DeleteSecurityGroup", input: { GroupId: "{other.GroupId}" } },
    ],
  },
  {
    title: "a rule may name its own group, and does not keep it alive",
    source: api("DeleteSecurityGroup"),
    steps: [
      ...make,
      allow({ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId }] }),
      { call: "DeleteSecurityGroup", input: { GroupId } },
    ],
  },
  {
    title: "a rule that names a group that does not exist is refused",
    source: api("AuthorizeSecurityGroupIngress"),
    steps: [
      ...make,
      {
        ...allow({ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "sg-0123456789abcdef0" }] }),
        fails: "InvalidGroup.NotFound",
      },
    ],
  },
  {
    title: "IPv6 sources are kept as such",
    source: api("IpPermission"),
    steps: [
      ...make,
      allow({ IpProtocol: "tcp", FromPort: 80, ToPort: 80, Ipv6Ranges: [{ CidrIpv6: "::/0" }] }),
      {
        call: "DescribeSecurityGroups",
        input: { GroupIds: [GroupId] },
        gives: { SecurityGroups: [{ IpPermissions: [{ Ipv6Ranges: [{ CidrIpv6: "::/0" }] }] }] },
      },
    ],
  },
  {
    title: "the sixty-first rule of a direction is refused",
    source: "VPC user guide, Amazon VPC quotas",
    profile: "faithful",
    steps: [
      ...make,
      {
        call: "AuthorizeSecurityGroupIngress",
        input: {
          GroupId,
          IpPermissions: Array.from({ length: 60 }, (_, port) => ({
            ...ssh,
            FromPort: port + 1,
            ToPort: port + 1,
          })),
        },
      },
      {
        ...allow({ ...ssh, FromPort: 100, ToPort: 100 }),
        fails: "RulesPerSecurityGroupLimitExceeded",
      },
    ],
  },
];
