import { expect } from "vitest";
import type { ConformanceCase, Step } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const api = (operation: string) => `EC2 API reference, ${operation}`;
const VpcId = "{vpc.Vpc.VpcId}";
const SubnetId = "{subnet.Subnet.SubnetId}";
const tagged = (ResourceType: string) => [{ ResourceType, Tags: [{ Key: "k", Value: "v" }] }];
const makeVpcWithIpv6: Step = {
  call: "CreateVpc",
  input: { CidrBlock: "10.0.0.0/16", Ipv6CidrBlock: "2001:db8:1234:1a00::/56" },
  as: "vpc",
};
const makeSubnet: Step = {
  call: "CreateSubnet",
  input: { VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "eu-west-1a" },
  as: "subnet",
};
const makeTable: Step = {
  call: "CreateRouteTable",
  input: { VpcId, TagSpecifications: tagged("route-table") },
  as: "table",
};
const RouteTableId = "{table.RouteTable.RouteTableId}";
const makeGroup: Step = {
  call: "CreateSecurityGroup",
  input: { GroupName: "g", Description: "d", VpcId },
  as: "group",
};
const GroupId = "{group.GroupId}";
const makeNode: Step = {
  call: "CreateNetworkInterface",
  input: { SubnetId, TagSpecifications: tagged("network-interface") },
  as: "node",
};
const NetworkInterfaceId = "{node.NetworkInterface.NetworkInterfaceId}";
const launch: Step = {
  call: "RunInstances",
  input: {
    ImageId: "ami-12c6146b",
    InstanceType: "t3.micro",
    MinCount: 1,
    MaxCount: 1,
    SubnetId,
  },
  as: "run",
};
const InstanceId = "{run.Instances.0.InstanceId}";

const ruleOf = (source: object) => ({ IpProtocol: "tcp", FromPort: 80, ToPort: 80, ...source });

type Way = "Egress" | "Ingress";

const describingRules = (way: Way): readonly Step[] => [
  makeVpc,
  makeGroup,
  {
    call: `AuthorizeSecurityGroup${way}`,
    input: {
      GroupId,
      IpPermissions: [
        ruleOf({
          IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "a" }],
          Ipv6Ranges: [{ CidrIpv6: "2001:db8::/32", Description: "b" }],
          UserIdGroupPairs: [{ GroupId, UserId: "123456789012", VpcId, Description: "c" }],
          PrefixListIds: [{ PrefixListId: "pl-6da54004", Description: "d" }],
        }),
      ],
      TagSpecifications: tagged("security-group-rule"),
    },
    as: "made",
    gives: { SecurityGroupRules: expect.toSatisfy((rules: unknown[]) => rules.length === 4) },
  },
  {
    call: `UpdateSecurityGroupRuleDescriptions${way}`,
    input: {
      GroupId,
      IpPermissions: [
        ruleOf({
          IpRanges: [{ CidrIp: "10.0.0.0/8" }],
          UserIdGroupPairs: [{ GroupId, Description: "e" }],
        }),
      ],
    },
  },
  {
    call: `UpdateSecurityGroupRuleDescriptions${way}`,
    input: {
      GroupId,
      SecurityGroupRuleDescriptions: [
        {
          SecurityGroupRuleId: "{made.SecurityGroupRules.0.SecurityGroupRuleId}",
          Description: "new",
        },
      ],
    },
  },
  {
    call: "DescribeSecurityGroupRules",
    input: { SecurityGroupRuleIds: ["{made.SecurityGroupRules.0.SecurityGroupRuleId}"] },
    gives: { SecurityGroupRules: [{ Description: "new" }] },
  },
  {
    call: `UpdateSecurityGroupRuleDescriptions${way}`,
    input: {
      GroupId,
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: "sgr-0123456789abcdef0" }],
    },
    fails: "InvalidSecurityGroupRuleId.NotFound",
  },
];

const revokingRules = (way: Way): readonly Step[] => [
  {
    call: `AuthorizeSecurityGroup${way}`,
    input: {
      GroupId,
      IpPermissions: [
        ruleOf({ ToPort: 81, UserIdGroupPairs: [{ GroupId, UserId: "999999999999" }] }),
      ],
    },
    fails: "InvalidGroup.NotFound",
  },
  {
    call: `RevokeSecurityGroup${way}`,
    input: {
      GroupId,
      IpPermissions: [
        ruleOf({
          IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "no part of a rule's identity" }],
          UserIdGroupPairs: [{ GroupId, UserId: "123456789012", VpcId }],
          PrefixListIds: [{ PrefixListId: "pl-6da54004" }],
        }),
      ],
    },
  },
  {
    call: `RevokeSecurityGroup${way}`,
    input: {
      GroupId,
      SecurityGroupRuleIds: ["{made.SecurityGroupRules.1.SecurityGroupRuleId}"],
    },
  },
  {
    call: `AuthorizeSecurityGroup${way}`,
    input: { GroupId, IpProtocol: "udp", FromPort: 53, ToPort: 53, CidrIp: "10.1.0.0/16" },
  },
  {
    call: `RevokeSecurityGroup${way}`,
    input: { GroupId, IpProtocol: "udp", FromPort: 53, ToPort: 53, CidrIp: "10.1.0.0/16" },
  },
  {
    call: `AuthorizeSecurityGroup${way}`,
    input: {
      GroupId,
      SourceSecurityGroupName: "g",
      SourceSecurityGroupOwnerId: "123456789012",
    },
    gives: { SecurityGroupRules: [{ IpProtocol: "-1", ReferencedGroupInfo: { GroupId } }] },
  },
];

/** Both directions take rules, descriptions and revocations in the same words. */
const ruleLives: readonly ConformanceCase[] = (["Ingress", "Egress"] as const).map((way) => ({
  title: `${way.toLowerCase()} rules are authorized, described anew and revoked in every form`,
  source: api(`AuthorizeSecurityGroup${way}`),
  steps: [...describingRules(way), ...revokingRules(way)],
}));

export const richNetworking: readonly ConformanceCase[] = [
  ...ruleLives,
  {
    title: "a group of the default VPC takes rules by its name",
    source: api("AuthorizeSecurityGroupIngress"),
    steps: [
      { call: "CreateSecurityGroup", input: { GroupName: "named", Description: "d" }, as: "group" },
      ...["Authorize", "Revoke"].map((verb) => ({
        call: `${verb}SecurityGroupIngress`,
        input: {
          GroupName: "named",
          IpProtocol: "tcp",
          FromPort: 22,
          ToPort: 22,
          CidrIp: "0.0.0.0/0",
        },
      })),
      ...["Ingress", "Egress"].map((way) => ({
        call: `UpdateSecurityGroupRuleDescriptions${way}`,
        input: { GroupName: "named", SecurityGroupRuleDescriptions: [] },
      })),
      { call: "DeleteSecurityGroup", input: { GroupName: "named" } },
    ],
  },
  {
    title: "entries of a network ACL are made, replaced, and say which ICMP messages they mean",
    source: api("CreateNetworkAclEntry"),
    steps: [
      makeVpc,
      makeSubnet,
      {
        call: "CreateNetworkAcl",
        input: { VpcId, ClientToken: "t", TagSpecifications: tagged("network-acl") },
        as: "acl",
      },
      {
        call: "CreateNetworkAcl",
        input: { VpcId, ClientToken: "t", TagSpecifications: tagged("network-acl") },
        gives: { NetworkAcl: { NetworkAclId: "{acl.NetworkAcl.NetworkAclId}" } },
      },
      {
        call: "CreateNetworkAcl",
        input: { VpcId, ClientToken: "t" },
        fails: "IdempotentParameterMismatch",
      },
      {
        call: "CreateNetworkAclEntry",
        input: {
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
          RuleNumber: 5,
          Protocol: "1",
          RuleAction: "allow",
          Egress: false,
          CidrBlock: "0.0.0.0/0",
          IcmpTypeCode: { Type: 8, Code: -1 },
        },
      },
      {
        call: "CreateNetworkAclEntry",
        input: {
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
          RuleNumber: 6,
          Protocol: "6",
          RuleAction: "allow",
          Egress: false,
          Ipv6CidrBlock: "::/0",
          PortRange: { From: 22, To: 22 },
        },
      },
      {
        call: "ReplaceNetworkAclEntry",
        input: {
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
          RuleNumber: 5,
          Protocol: "6",
          RuleAction: "deny",
          Egress: false,
          CidrBlock: "10.0.0.0/8",
          PortRange: { From: 1, To: 9 },
        },
      },
      {
        call: "ReplaceNetworkAclEntry",
        input: {
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
          RuleNumber: 6,
          Protocol: "58",
          RuleAction: "allow",
          Egress: false,
          Ipv6CidrBlock: "::/0",
          IcmpTypeCode: { Type: 128, Code: 0 },
        },
      },
      {
        call: "DescribeNetworkAcls",
        input: { NetworkAclIds: ["{acl.NetworkAcl.NetworkAclId}"] },
        gives: {
          NetworkAcls: [
            {
              Entries: expect.arrayContaining([
                expect.objectContaining({ RuleNumber: 5, PortRange: { From: 1, To: 9 } }),
                expect.objectContaining({ RuleNumber: 6, IcmpTypeCode: { Type: 128, Code: 0 } }),
              ]),
            },
          ],
        },
      },
      {
        call: "DescribeNetworkAcls",
        input: { Filters: [{ Name: "association.subnet-id", Values: [SubnetId] }] },
        as: "old",
      },
      {
        call: "ReplaceNetworkAclAssociation",
        input: {
          AssociationId: "{old.NetworkAcls.0.Associations.0.NetworkAclAssociationId}",
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
        },
        gives: { NewAssociationId: expect.stringMatching(/^aclassoc-/) },
      },
    ],
  },
  {
    title: "a subnet changes one attribute at a time",
    source: api("ModifySubnetAttribute"),
    steps: [
      makeVpc,
      makeSubnet,
      { call: "ModifySubnetAttribute", input: { SubnetId }, fails: "MissingParameter" },
      ...[
        "EnableDns64",
        "EnableResourceNameDnsAAAARecordOnLaunch",
        "EnableResourceNameDnsARecordOnLaunch",
        "MapPublicIpOnLaunch",
      ].map((name) => ({
        call: "ModifySubnetAttribute",
        input: { SubnetId, [name]: { Value: true } },
      })),
      {
        call: "ModifySubnetAttribute",
        input: { SubnetId, PrivateDnsHostnameTypeOnLaunch: "resource-name" },
      },
      {
        call: "ModifySubnetAttribute",
        input: { SubnetId, AssignIpv6AddressOnCreation: { Value: true } },
        fails: "InvalidParameterValue",
      },
      {
        call: "ModifySubnetAttribute",
        input: { SubnetId, EnableDns64: { Value: true }, MapPublicIpOnLaunch: { Value: true } },
        fails: "InvalidParameterCombination",
      },
      {
        call: "DescribeSubnets",
        input: { SubnetIds: [SubnetId] },
        gives: {
          Subnets: [
            {
              EnableDns64: true,
              MapPublicIpOnLaunch: true,
              PrivateDnsNameOptionsOnLaunch: {
                HostnameType: "resource-name",
                EnableResourceNameDnsARecord: true,
                EnableResourceNameDnsAAAARecord: true,
              },
            },
          ],
        },
      },
      {
        call: "ModifyVpcAttribute",
        input: { VpcId, EnableDnsSupport: { Value: false } },
      },
      {
        call: "ModifyVpcAttribute",
        input: { VpcId, EnableNetworkAddressUsageMetrics: { Value: true } },
      },
    ],
  },
  {
    title: "an interface takes the secondary addresses that it asks for, and no foreign ones",
    source: api("CreateNetworkInterface"),
    steps: [
      makeVpc,
      makeSubnet,
      {
        call: "CreateNetworkInterface",
        input: {
          SubnetId,
          PrivateIpAddresses: [
            { PrivateIpAddress: "10.0.0.10", Primary: true },
            { PrivateIpAddress: "10.0.0.11", Primary: false },
          ],
        },
        gives: {
          NetworkInterface: {
            PrivateIpAddress: "10.0.0.10",
            PrivateIpAddresses: [
              { PrivateIpAddress: "10.0.0.10", Primary: true },
              { PrivateIpAddress: "10.0.0.11", Primary: false },
            ],
          },
        },
      },
      {
        call: "CreateNetworkInterface",
        input: { SubnetId, SecondaryPrivateIpAddressCount: 2 },
        gives: {
          NetworkInterface: {
            PrivateIpAddresses: expect.toSatisfy((ips: unknown[]) => ips.length === 3),
          },
        },
      },
      {
        call: "CreateNetworkInterface",
        input: {
          SubnetId,
          SecondaryPrivateIpAddressCount: 1,
          PrivateIpAddresses: [{ PrivateIpAddress: "10.0.0.20" }],
        },
        fails: "InvalidParameterCombination",
      },
      {
        call: "CreateNetworkInterface",
        input: { SubnetId, Ipv6AddressCount: 1 },
        fails: "InvalidParameterValue",
        says: "has no IPv6 CIDR block",
      },
    ],
  },
  {
    title: "an interface in a subnet with IPv6 has addresses of its block",
    source: api("CreateNetworkInterface"),
    steps: [
      makeVpcWithIpv6,
      {
        call: "CreateSubnet",
        input: { VpcId, CidrBlock: "10.0.0.0/24", Ipv6CidrBlock: "2001:db8:1234:1a01::/64" },
        as: "subnet",
      },
      {
        call: "CreateNetworkInterface",
        input: { SubnetId, Ipv6AddressCount: 1 },
        gives: {
          NetworkInterface: {
            Ipv6Addresses: [{ Ipv6Address: expect.stringMatching(/^2001:db8:1234:1a01:/) }],
          },
        },
      },
      {
        call: "CreateNetworkInterface",
        input: { SubnetId, Ipv6Addresses: [{ Ipv6Address: "2001:db8:1234:1a01::5" }] },
        gives: {
          NetworkInterface: { Ipv6Addresses: [{ Ipv6Address: "2001:db8:1234:1a01::5" }] },
        },
      },
      {
        call: "CreateNetworkInterface",
        input: { SubnetId, Ipv6Addresses: [{ Ipv6Address: "2001:db8:1234:1a02::5" }] },
        fails: "InvalidParameterValue",
      },
      {
        call: "ModifySubnetAttribute",
        input: { SubnetId, AssignIpv6AddressOnCreation: { Value: true } },
      },
      {
        ...launch,
        gives: { Instances: [{ Ipv6Address: expect.stringMatching(/^2001:db8:1234:1a01:/) }] },
      },
    ],
  },
  {
    title: "an interface is described anew, attached, detached and deleted",
    source: api("ModifyNetworkInterfaceAttribute"),
    steps: [
      makeVpc,
      makeSubnet,
      makeGroup,
      makeNode,
      launch,
      { waitMs: 60_000 },
      {
        call: "ModifyNetworkInterfaceAttribute",
        input: { NetworkInterfaceId, Description: { Value: "new" } },
      },
      {
        call: "ModifyNetworkInterfaceAttribute",
        input: { NetworkInterfaceId, SourceDestCheck: { Value: false } },
      },
      {
        call: "ModifyNetworkInterfaceAttribute",
        input: { NetworkInterfaceId, Groups: [GroupId] },
      },
      {
        call: "AttachNetworkInterface",
        input: { NetworkInterfaceId, InstanceId, DeviceIndex: 1 },
        as: "attached",
      },
      {
        call: "ModifyNetworkInterfaceAttribute",
        input: {
          NetworkInterfaceId,
          Attachment: { AttachmentId: "{attached.AttachmentId}", DeleteOnTermination: true },
        },
      },
      {
        call: "ModifyNetworkInterfaceAttribute",
        input: {
          NetworkInterfaceId,
          Attachment: { AttachmentId: "eni-attach-0123456789abcdef0", DeleteOnTermination: true },
        },
        fails: "InvalidAttachmentID.NotFound",
      },
      {
        call: "DescribeNetworkInterfaceAttribute",
        input: { NetworkInterfaceId, Attribute: "description" },
        gives: { Description: { Value: "new" } },
      },
      {
        call: "DetachNetworkInterface",
        input: { AttachmentId: "{attached.AttachmentId}", Force: true },
      },
      { call: "DeleteNetworkInterface", input: { NetworkInterfaceId } },
    ],
  },
  {
    title: "an elastic address is associated by address or allocation, with an instance",
    source: api("AssociateAddress"),
    steps: [
      makeVpc,
      makeSubnet,
      { call: "CreateInternetGateway", as: "igw" },
      {
        call: "AttachInternetGateway",
        input: { InternetGatewayId: "{igw.InternetGateway.InternetGatewayId}", VpcId },
      },
      launch,
      { waitMs: 60_000 },
      { call: "AllocateAddress", input: { Domain: "vpc" }, as: "ip" },
      { call: "AllocateAddress", input: { Domain: "standard" }, fails: "UnsupportedOperation" },
      {
        call: "AssociateAddress",
        input: { PublicIp: "{ip.PublicIp}", InstanceId, AllowReassociation: true },
        as: "bound",
      },
      makeNode,
      {
        call: "AssociateAddress",
        input: {
          AllocationId: "{ip.AllocationId}",
          NetworkInterfaceId,
          AllowReassociation: false,
        },
        fails: "Resource.AlreadyAssociated",
      },
      {
        call: "DescribeAddressesAttribute",
        input: { AllocationIds: ["{ip.AllocationId}"], Attribute: "domain-name" },
      },
      { call: "DisassociateAddress", input: { AssociationId: "{bound.AssociationId}" } },
      {
        call: "ReleaseAddress",
        input: { PublicIp: "{ip.PublicIp}", NetworkBorderGroup: "eu-west-1-wl1" },
        fails: "InvalidAddress.NotFound",
      },
      {
        call: "ReleaseAddress",
        input: { PublicIp: "{ip.PublicIp}", NetworkBorderGroup: "eu-west-1" },
      },
    ],
  },
  {
    title: "DHCP options are made and associated",
    source: api("CreateDhcpOptions"),
    steps: [
      makeVpc,
      {
        call: "CreateDhcpOptions",
        input: {
          DhcpConfigurations: [{ Key: "domain-name", Values: ["example.com"] }],
          TagSpecifications: tagged("dhcp-options"),
        },
        as: "dhcp",
      },
      {
        call: "AssociateDhcpOptions",
        input: { DhcpOptionsId: "{dhcp.DhcpOptions.DhcpOptionsId}", VpcId },
      },
      {
        call: "DescribeVpcs",
        input: { VpcIds: [VpcId] },
        gives: { Vpcs: [{ DhcpOptionsId: "{dhcp.DhcpOptions.DhcpOptionsId}" }] },
      },
    ],
  },
  {
    title: "carrier and egress-only gateways live and die, and routes lead to them",
    source: api("CreateCarrierGateway"),
    steps: [
      makeVpc,
      makeTable,
      {
        call: "CreateCarrierGateway",
        input: { VpcId, ClientToken: "c", TagSpecifications: tagged("carrier-gateway") },
        as: "carrier",
      },
      {
        call: "CreateEgressOnlyInternetGateway",
        input: { VpcId, TagSpecifications: tagged("egress-only-internet-gateway") },
        as: "egress",
      },
      {
        call: "CreateRoute",
        input: {
          RouteTableId,
          DestinationIpv6CidrBlock: "::/0",
          EgressOnlyInternetGatewayId:
            "{egress.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId}",
        },
      },
      {
        call: "CreateRoute",
        input: {
          RouteTableId,
          DestinationCidrBlock: "0.0.0.0/0",
          CarrierGatewayId: "{carrier.CarrierGateway.CarrierGatewayId}",
        },
      },
      {
        call: "ReplaceRoute",
        input: {
          RouteTableId,
          DestinationIpv6CidrBlock: "::/0",
          EgressOnlyInternetGatewayId:
            "{egress.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId}",
        },
      },
      {
        call: "DescribeCarrierGateways",
        input: {
          CarrierGatewayIds: ["{carrier.CarrierGateway.CarrierGatewayId}"],
          Filters: [{ Name: "vpc-id", Values: [VpcId] }],
        },
        gives: { CarrierGateways: [{ VpcId }] },
      },
      { call: "DeleteRoute", input: { RouteTableId, DestinationIpv6CidrBlock: "::/0" } },
      { call: "DeleteRoute", input: { RouteTableId, DestinationCidrBlock: "0.0.0.0/0" } },
      {
        call: "DeleteCarrierGateway",
        input: { CarrierGatewayId: "{carrier.CarrierGateway.CarrierGatewayId}" },
      },
      {
        call: "DeleteEgressOnlyInternetGateway",
        input: {
          EgressOnlyInternetGatewayId:
            "{egress.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId}",
        },
        gives: { ReturnCode: true },
      },
    ],
  },
  {
    title: "a route leads to an interface by the instance that has it, and to a prefix list",
    source: api("CreateRoute"),
    steps: [
      makeVpc,
      makeSubnet,
      makeTable,
      launch,
      {
        call: "CreateManagedPrefixList",
        input: {
          PrefixListName: "p",
          AddressFamily: "IPv4",
          MaxEntries: 1,
          TagSpecifications: tagged("prefix-list"),
        },
        as: "list",
      },
      {
        call: "CreateRoute",
        input: {
          RouteTableId,
          DestinationPrefixListId: "{list.PrefixList.PrefixListId}",
          InstanceId,
        },
      },
      {
        call: "ReplaceRoute",
        input: {
          RouteTableId,
          DestinationPrefixListId: "{list.PrefixList.PrefixListId}",
          NetworkInterfaceId: "{run.Instances.0.NetworkInterfaces.0.NetworkInterfaceId}",
        },
      },
      {
        call: "ReplaceRoute",
        input: {
          RouteTableId,
          DestinationPrefixListId: "{list.PrefixList.PrefixListId}",
          InstanceId,
        },
      },
      {
        call: "DeleteRoute",
        input: { RouteTableId, DestinationPrefixListId: "{list.PrefixList.PrefixListId}" },
      },
      {
        call: "AssociateRouteTable",
        input: { RouteTableId, SubnetId },
        as: "association",
      },
      { call: "CreateRouteTable", input: { VpcId, ClientToken: "second" }, as: "second" },
      {
        call: "ReplaceRouteTableAssociation",
        input: {
          AssociationId: "{association.AssociationId}",
          RouteTableId: "{second.RouteTable.RouteTableId}",
        },
        gives: { NewAssociationId: expect.stringMatching(/^rtbassoc-/) },
      },
    ],
  },
  {
    title: "a NAT gateway carries its tags",
    source: api("CreateNatGateway"),
    steps: [
      makeVpc,
      makeSubnet,
      {
        call: "CreateNatGateway",
        input: {
          SubnetId,
          ConnectivityType: "private",
          TagSpecifications: tagged("natgateway"),
        },
        gives: { NatGateway: { Tags: [{ Key: "k", Value: "v" }] } },
      },
    ],
  },
  {
    title: "zones, regions and what is offered in them are found by name and filter",
    source: api("DescribeAvailabilityZones"),
    steps: [
      {
        call: "DescribeAvailabilityZones",
        input: {
          ZoneNames: ["eu-west-1a"],
          AllAvailabilityZones: true,
          Filters: [{ Name: "state", Values: ["available"] }],
        },
        gives: { AvailabilityZones: [{ ZoneName: "eu-west-1a" }] },
      },
      {
        call: "DescribeAvailabilityZones",
        input: {
          AllAvailabilityZones: true,
          Filters: [{ Name: "zone-type", Values: ["local-zone"] }],
        },
      },
      {
        call: "DescribeRegions",
        input: {
          RegionNames: ["eu-west-1"],
          AllRegions: true,
          Filters: [{ Name: "region-name", Values: ["eu-*"] }],
        },
        gives: { Regions: [{ RegionName: "eu-west-1" }] },
      },
      {
        call: "DescribeInstanceTypeOfferings",
        input: {
          LocationType: "availability-zone",
          Filters: [{ Name: "instance-type", Values: ["t3.micro"] }],
          MaxResults: 5,
        },
        gives: {
          InstanceTypeOfferings: expect.arrayContaining([
            expect.objectContaining({ InstanceType: "t3.micro", Location: "eu-west-1a" }),
          ]),
        },
      },
      { call: "DescribeIpamPools", input: { MaxResults: 5 }, gives: { IpamPools: [] } },
      { call: "DescribePublicIpv4Pools", input: { MaxResults: 5 }, gives: { PublicIpv4Pools: [] } },
    ],
  },
];
