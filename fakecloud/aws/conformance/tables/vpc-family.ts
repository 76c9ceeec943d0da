import { expect } from "vitest";
import type { ConformanceCase, Step } from "../case.ts";

export const makeVpc: Step = { call: "CreateVpc", input: { CidrBlock: "10.0.0.0/16" }, as: "vpc" };
const VpcId = "{vpc.Vpc.VpcId}";
const subnet = (CidrBlock: string, as = "subnet", AvailabilityZone = "eu-west-1a"): Step => ({
  call: "CreateSubnet",
  input: { VpcId, CidrBlock, AvailabilityZone },
  as,
});
const makeGateway: readonly Step[] = [
  { call: "CreateInternetGateway", as: "igw" },
  {
    call: "AttachInternetGateway",
    input: { InternetGatewayId: "{igw.InternetGateway.InternetGatewayId}", VpcId },
  },
];
const InternetGatewayId = "{igw.InternetGateway.InternetGatewayId}";
const SubnetId = "{subnet.Subnet.SubnetId}";
const inVpc = [{ Name: "vpc-id", Values: [VpcId] }];
const api = (operation: string) => `EC2 API reference, ${operation}`;
const vpcGuide = "VPC user guide, VPC basics";

const vpcSizes: readonly ConformanceCase[] = [
  ["10.0.0.0/15", "InvalidVpc.Range"],
  ["10.0.0.0/29", "InvalidVpc.Range"],
  ["10.0.0.0", "InvalidParameterValue"],
  ["10.0.0.256/16", "InvalidParameterValue"],
  ["ten", "InvalidParameterValue"],
].map(([CidrBlock, fails]) => ({
  title: `a VPC of ${CidrBlock} is refused with ${fails}`,
  source: api("CreateVpc"),
  steps: [{ call: "CreateVpc", input: { CidrBlock }, fails: fails ?? "" }],
}));

const subnetRanges: readonly ConformanceCase[] = [
  ["10.0.0.0/29", "InvalidSubnet.Range"],
  ["10.1.0.0/24", "InvalidSubnet.Range"],
  ["10.0.0.0/15", "InvalidSubnet.Range"],
  ["10.0.1.0/25", "InvalidSubnet.Conflict"],
  ["10.0.0.0/16", "InvalidSubnet.Conflict"],
  ["nonsense", "InvalidParameterValue"],
].map(([CidrBlock, fails]) => ({
  title: `a subnet of ${CidrBlock} beside 10.0.1.0/24 in 10.0.0.0/16 is refused with ${fails}`,
  source: api("CreateSubnet"),
  steps: [
    makeVpc,
    subnet("10.0.1.0/24"),
    { call: "CreateSubnet", input: { VpcId, CidrBlock }, fails: fails ?? "" },
  ],
}));

const missing: readonly ConformanceCase[] = (
  [
    ["CreateVpc", "cidrBlock", {}],
    ["DeleteVpc", "VpcId", {}],
    ["CreateRouteTable", "VpcId", {}],
    ["DeleteSubnet", "SubnetId", {}],
    ["CreateSubnet", "VpcId", { CidrBlock: "10.0.0.0/24" }],
    ["TerminateInstances", "InstanceId", {}],
    ["DeleteNatGateway", "NatGatewayId", {}],
    ["CreateNatGateway", "subnetId", {}],
  ] as const
).map(([call, name, input]) => ({
  title: `${call} without ${name} fails with MissingParameter`,
  source: "EC2 API reference, Error codes: MissingParameter",
  steps: [{ call, input, fails: "MissingParameter", says: name }],
}));

const dependencies: readonly ConformanceCase[] = (
  [
    ["a subnet", [subnet("10.0.0.0/24")]],
    ["an attached internet gateway", makeGateway],
    [
      "a security group of its own",
      [{ call: "CreateSecurityGroup", input: { VpcId, GroupName: "g", Description: "d" } }],
    ],
    ["a further route table", [{ call: "CreateRouteTable", input: { VpcId } }]],
    ["a further network ACL", [{ call: "CreateNetworkAcl", input: { VpcId } }]],
    ["an egress-only gateway", [{ call: "CreateEgressOnlyInternetGateway", input: { VpcId } }]],
  ] as readonly (readonly [string, readonly Step[]])[]
).map(([what, steps]) => ({
  title: `a VPC with ${what} cannot be deleted`,
  source: api("DeleteVpc"),
  steps: [
    makeVpc,
    ...steps,
    {
      call: "DeleteVpc",
      input: { VpcId },
      fails: "DependencyViolation",
      says: `The vpc '${VpcId}' has dependencies and cannot be deleted.`.slice(0, 9),
    },
  ],
}));

export const vpcFamily: readonly ConformanceCase[] = [
  ...vpcSizes,
  ...subnetRanges,
  ...missing,
  ...dependencies,
  {
    title: "a new VPC is pending in its own answer and available to whoever asks next",
    source: api("CreateVpc"),
    steps: [
      {
        ...makeVpc,
        gives: {
          Vpc: {
            State: "pending",
            CidrBlock: "10.0.0.0/16",
            IsDefault: false,
            InstanceTenancy: "default",
          },
        },
      },
      {
        call: "DescribeVpcs",
        input: { VpcIds: [VpcId] },
        gives: { Vpcs: [{ State: "available" }] },
      },
    ],
  },
  {
    title: "host bits of a block are cut off",
    source: api("CreateSubnet"),
    steps: [
      {
        call: "CreateVpc",
        input: { CidrBlock: "10.0.0.7/16" },
        gives: { Vpc: { CidrBlock: "10.0.0.0/16" } },
      },
    ],
  },
  {
    title: "every region has a default VPC with a public subnet in each zone",
    source: "VPC user guide, Default VPCs",
    steps: [
      {
        call: "DescribeVpcs",
        input: { Filters: [{ Name: "is-default", Values: ["true"] }] },
        as: "found",
        gives: { Vpcs: [{ CidrBlock: "172.31.0.0/16", IsDefault: true }] },
      },
      {
        call: "DescribeSubnets",
        input: { Filters: [{ Name: "default-for-az", Values: ["true"] }] },
        gives: {
          Subnets: [
            { MapPublicIpOnLaunch: true, DefaultForAz: true, AvailableIpAddressCount: 4091 },
            {},
            {},
          ],
        },
      },
      {
        call: "DescribeRouteTables",
        input: { Filters: [{ Name: "vpc-id", Values: ["{found.Vpcs.0.VpcId}"] }] },
        gives: {
          RouteTables: [
            {
              Routes: [
                { GatewayId: "local" },
                { DestinationCidrBlock: "0.0.0.0/0", GatewayId: expect.stringMatching(/^igw-/) },
              ],
            },
          ],
        },
      },
    ],
  },
  {
    title: "a second default VPC is refused",
    source: api("CreateDefaultVpc"),
    steps: [{ call: "CreateDefaultVpc", fails: "DefaultVpcAlreadyExists" }],
  },
  {
    title:
      "a VPC is born with a main route table, a default ACL and a default group, which go with it",
    source: vpcGuide,
    steps: [
      makeVpc,
      {
        call: "DescribeRouteTables",
        input: { Filters: inVpc },
        as: "tables",
        gives: {
          RouteTables: [
            {
              Associations: [{ Main: true }],
              Routes: [
                {
                  DestinationCidrBlock: "10.0.0.0/16",
                  GatewayId: "local",
                  Origin: "CreateRouteTable",
                  State: "active",
                },
              ],
            },
          ],
        },
      },
      {
        call: "DescribeNetworkAcls",
        input: { Filters: inVpc },
        gives: { NetworkAcls: [{ IsDefault: true }] },
      },
      {
        call: "DescribeSecurityGroups",
        input: { Filters: inVpc },
        as: "groups",
        gives: {
          SecurityGroups: [
            {
              GroupName: "default",
              Description: "default VPC security group",
              IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{}] }],
              IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
            },
          ],
        },
      },
      {
        call: "DeleteSecurityGroup",
        input: { GroupId: "{groups.SecurityGroups.0.GroupId}" },
        fails: "CannotDelete",
      },
      {
        call: "DeleteRouteTable",
        input: { RouteTableId: "{tables.RouteTables.0.RouteTableId}" },
        fails: "DependencyViolation",
      },
      { call: "DeleteVpc", input: { VpcId } },
      { call: "DescribeRouteTables", input: { Filters: inVpc }, gives: { RouteTables: [] } },
      { call: "DescribeSecurityGroups", input: { Filters: inVpc }, gives: { SecurityGroups: [] } },
      { call: "DescribeVpcs", input: { VpcIds: [VpcId] }, fails: "InvalidVpcID.NotFound" },
    ],
  },
  {
    title: "DNS support is on and DNS host names are off until they are switched",
    source: api("ModifyVpcAttribute"),
    steps: [
      makeVpc,
      {
        call: "DescribeVpcAttribute",
        input: { VpcId, Attribute: "enableDnsSupport" },
        gives: { EnableDnsSupport: { Value: true } },
      },
      {
        call: "DescribeVpcAttribute",
        input: { VpcId, Attribute: "enableDnsHostnames" },
        gives: { EnableDnsHostnames: { Value: false } },
      },
      { call: "ModifyVpcAttribute", input: { VpcId, EnableDnsHostnames: { Value: true } } },
      {
        call: "DescribeVpcAttribute",
        input: { VpcId, Attribute: "enableDnsHostnames" },
        gives: { EnableDnsHostnames: { Value: true } },
      },
    ],
  },
  {
    title: "one attribute of a VPC in each call",
    source: api("ModifyVpcAttribute"),
    steps: [
      makeVpc,
      {
        call: "ModifyVpcAttribute",
        input: { VpcId, EnableDnsHostnames: { Value: true }, EnableDnsSupport: { Value: true } },
        fails: "InvalidParameterCombination",
      },
    ],
  },
  {
    title: "AWS keeps five addresses of a subnet",
    source: "VPC user guide, Subnet sizing",
    steps: [
      makeVpc,
      {
        ...subnet("10.0.0.0/24"),
        gives: {
          Subnet: { AvailableIpAddressCount: 251, State: "available", MapPublicIpOnLaunch: false },
        },
      },
    ],
  },
  {
    title: "a subnet in an unknown zone is refused with the zones that there are",
    source: api("CreateSubnet"),
    steps: [
      makeVpc,
      {
        call: "CreateSubnet",
        input: { VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "eu-west-1z" },
        fails: "InvalidParameterValue",
        says: "eu-west-1a",
      },
    ],
  },
  {
    title: "a subnet with an interface cannot be deleted",
    source: api("DeleteSubnet"),
    steps: [
      makeVpc,
      subnet("10.0.0.0/24"),
      { call: "CreateNetworkInterface", input: { SubnetId }, as: "eni" },
      {
        call: "DescribeSubnets",
        input: { SubnetIds: [SubnetId] },
        gives: { Subnets: [{ AvailableIpAddressCount: 250 }] },
      },
      {
        call: "DeleteSubnet",
        input: { SubnetId },
        fails: "DependencyViolation",
        says: "has dependencies and cannot be deleted.",
      },
      {
        call: "DeleteNetworkInterface",
        input: { NetworkInterfaceId: "{eni.NetworkInterface.NetworkInterfaceId}" },
      },
      { call: "DeleteSubnet", input: { SubnetId } },
    ],
  },
  {
    title: "an internet gateway is attached to one VPC, and a VPC has one",
    source: api("AttachInternetGateway"),
    steps: [
      makeVpc,
      ...makeGateway,
      {
        call: "DescribeInternetGateways",
        input: { InternetGatewayIds: [InternetGatewayId] },
        gives: { InternetGateways: [{ Attachments: [{ VpcId, State: "available" }] }] },
      },
      {
        call: "AttachInternetGateway",
        input: { InternetGatewayId, VpcId },
        fails: "Resource.AlreadyAssociated",
      },
      { call: "CreateInternetGateway", as: "other" },
      {
        call: "AttachInternetGateway",
        input: { InternetGatewayId: "{other.InternetGateway.InternetGatewayId}", VpcId },
        fails: "InvalidParameterValue",
      },
    ],
  },
  {
    title: "an attached internet gateway cannot be deleted, a detached one can",
    source: api("DeleteInternetGateway"),
    steps: [
      makeVpc,
      ...makeGateway,
      { call: "DeleteInternetGateway", input: { InternetGatewayId }, fails: "DependencyViolation" },
      { call: "DetachInternetGateway", input: { InternetGatewayId, VpcId } },
      {
        call: "DetachInternetGateway",
        input: { InternetGatewayId, VpcId },
        fails: "Gateway.NotAttached",
      },
      { call: "DeleteInternetGateway", input: { InternetGatewayId } },
    ],
  },
  {
    title: "a route to a detached gateway is a black hole",
    source: "VPC user guide, Route tables: blackhole",
    steps: [
      makeVpc,
      ...makeGateway,
      { call: "CreateRouteTable", input: { VpcId }, as: "table" },
      {
        call: "CreateRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
          GatewayId: InternetGatewayId,
        },
        gives: { Return: true },
      },
      { call: "DetachInternetGateway", input: { InternetGatewayId, VpcId } },
      {
        call: "DescribeRouteTables",
        input: { RouteTableIds: ["{table.RouteTable.RouteTableId}"] },
        gives: {
          RouteTables: [
            {
              Routes: [
                { State: "active" },
                { GatewayId: InternetGatewayId, State: "blackhole", Origin: "CreateRoute" },
              ],
            },
          ],
        },
      },
    ],
  },
  {
    title: "a route to a gateway of another VPC is refused",
    source: api("CreateRoute"),
    steps: [
      makeVpc,
      { call: "CreateInternetGateway", as: "igw" },
      { call: "CreateRouteTable", input: { VpcId }, as: "table" },
      {
        call: "CreateRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
          GatewayId: InternetGatewayId,
        },
        fails: "InvalidParameterValue",
      },
    ],
  },
  {
    title: "a second route to one destination is refused, and replaced where asked",
    source: api("ReplaceRoute"),
    steps: [
      makeVpc,
      ...makeGateway,
      subnet("10.0.0.0/24"),
      { call: "CreateNetworkInterface", input: { SubnetId }, as: "eni" },
      { call: "CreateRouteTable", input: { VpcId }, as: "table" },
      {
        call: "ReplaceRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
          GatewayId: InternetGatewayId,
        },
        fails: "InvalidParameterValue",
      },
      {
        call: "CreateRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
          GatewayId: InternetGatewayId,
        },
      },
      {
        call: "CreateRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
          NetworkInterfaceId: "{eni.NetworkInterface.NetworkInterfaceId}",
        },
        fails: "RouteAlreadyExists",
      },
      {
        call: "ReplaceRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
          NetworkInterfaceId: "{eni.NetworkInterface.NetworkInterfaceId}",
        },
      },
      {
        call: "DeleteRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
        },
      },
      {
        call: "DeleteRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "0.0.0.0/0",
        },
        fails: "InvalidRoute.NotFound",
      },
      {
        call: "DeleteRoute",
        input: {
          RouteTableId: "{table.RouteTable.RouteTableId}",
          DestinationCidrBlock: "10.0.0.0/16",
        },
        fails: "InvalidParameterValue",
        says: "local",
      },
    ],
  },
  {
    title: "a route table with a subnet cannot be deleted; the association is idempotent",
    source: api("DeleteRouteTable"),
    steps: [
      makeVpc,
      subnet("10.0.0.0/24"),
      { call: "CreateRouteTable", input: { VpcId }, as: "table" },
      {
        call: "AssociateRouteTable",
        input: { RouteTableId: "{table.RouteTable.RouteTableId}", SubnetId },
        as: "link",
        gives: { AssociationState: { State: "associated" } },
      },
      {
        call: "AssociateRouteTable",
        input: { RouteTableId: "{table.RouteTable.RouteTableId}", SubnetId },
        gives: { AssociationId: "{link.AssociationId}" },
      },
      {
        call: "DeleteRouteTable",
        input: { RouteTableId: "{table.RouteTable.RouteTableId}" },
        fails: "DependencyViolation",
      },
      { call: "DisassociateRouteTable", input: { AssociationId: "{link.AssociationId}" } },
      {
        call: "DisassociateRouteTable",
        input: { AssociationId: "{link.AssociationId}" },
        fails: "InvalidAssociationID.NotFound",
      },
      { call: "DeleteRouteTable", input: { RouteTableId: "{table.RouteTable.RouteTableId}" } },
    ],
  },
  {
    title: "one client token makes one route table; with other parameters it is a mismatch",
    source: "EC2 developer guide, Ensuring idempotency",
    steps: [
      makeVpc,
      { call: "CreateRouteTable", input: { VpcId, ClientToken: "t" }, as: "table" },
      {
        call: "CreateRouteTable",
        input: { VpcId, ClientToken: "t" },
        gives: { RouteTable: { RouteTableId: "{table.RouteTable.RouteTableId}" } },
      },
      {
        call: "CreateRouteTable",
        input: {
          VpcId,
          ClientToken: "t",
          TagSpecifications: [{ ResourceType: "route-table", Tags: [{ Key: "a", Value: "b" }] }],
        },
        fails: "IdempotentParameterMismatch",
      },
    ],
  },
  {
    title: "a secondary block has a local route in every table and leaves only without subnets",
    source: "VPC user guide, VPC CIDR blocks",
    steps: [
      makeVpc,
      { call: "AssociateVpcCidrBlock", input: { VpcId, CidrBlock: "100.64.0.0/16" }, as: "block" },
      {
        call: "AssociateVpcCidrBlock",
        input: { VpcId, CidrBlock: "10.0.0.0/20" },
        fails: "InvalidVpc.Range",
      },
      {
        call: "DescribeRouteTables",
        input: { Filters: inVpc },
        gives: {
          RouteTables: [
            { Routes: [{}, { DestinationCidrBlock: "100.64.0.0/16", GatewayId: "local" }] },
          ],
        },
      },
      subnet("100.64.0.0/24"),
      {
        call: "DisassociateVpcCidrBlock",
        input: { AssociationId: "{block.CidrBlockAssociation.AssociationId}" },
        fails: "InvalidCidrBlock.InUse",
      },
      { call: "DeleteSubnet", input: { SubnetId } },
      {
        call: "DisassociateVpcCidrBlock",
        input: { AssociationId: "{block.CidrBlockAssociation.AssociationId}" },
      },
      {
        call: "DescribeVpcs",
        input: { VpcIds: [VpcId] },
        gives: { Vpcs: [{ CidrBlockAssociationSet: [{ CidrBlock: "10.0.0.0/16" }] }] },
      },
      {
        call: "DescribeRouteTables",
        input: { Filters: inVpc },
        gives: { RouteTables: [{ Routes: [{ DestinationCidrBlock: "10.0.0.0/16" }] }] },
      },
    ],
  },
  {
    title: "the first block of a VPC stays",
    source: api("DisassociateVpcCidrBlock"),
    steps: [
      makeVpc,
      {
        call: "DisassociateVpcCidrBlock",
        input: { AssociationId: "{vpc.Vpc.CidrBlockAssociationSet.0.AssociationId}" },
        fails: "OperationNotPermitted",
      },
    ],
  },
  {
    title: "a NAT gateway takes its elastic address, which is free again after it is gone",
    source: "VPC user guide, NAT gateways",
    profile: "faithful",
    steps: [
      makeVpc,
      ...makeGateway,
      subnet("10.0.0.0/24"),
      { call: "AllocateAddress", as: "eip", gives: { Domain: "vpc" } },
      {
        call: "CreateNatGateway",
        input: { SubnetId, AllocationId: "{eip.AllocationId}", ClientToken: "n" },
        as: "nat",
        gives: { NatGateway: { State: "pending" } },
      },
      {
        call: "CreateNatGateway",
        input: { SubnetId, AllocationId: "{eip.AllocationId}", ClientToken: "n" },
        gives: { NatGateway: { NatGatewayId: "{nat.NatGateway.NatGatewayId}" } },
      },
      { waitMs: 130_000 },
      {
        call: "DescribeNatGateways",
        input: { NatGatewayIds: ["{nat.NatGateway.NatGatewayId}"] },
        gives: {
          NatGateways: [
            { State: "available", NatGatewayAddresses: [{ PublicIp: "{eip.PublicIp}" }] },
          ],
        },
      },
      {
        call: "ReleaseAddress",
        input: { AllocationId: "{eip.AllocationId}" },
        fails: "AuthFailure",
      },
      { call: "DeleteSubnet", input: { SubnetId }, fails: "DependencyViolation" },
      {
        call: "DetachInternetGateway",
        input: { InternetGatewayId, VpcId },
        fails: "DependencyViolation",
        says: "has some mapped public address(es)",
      },
      { call: "DeleteNatGateway", input: { NatGatewayId: "{nat.NatGateway.NatGatewayId}" } },
      { call: "DeleteNatGateway", input: { NatGatewayId: "{nat.NatGateway.NatGatewayId}" } },
      { call: "DescribeNatGateways", gives: { NatGateways: [{ State: "deleting" }] } },
      { waitMs: 95_000 },
      { call: "DescribeNatGateways", gives: { NatGateways: [{ State: "deleted" }] } },
      { call: "ReleaseAddress", input: { AllocationId: "{eip.AllocationId}" } },
      { waitMs: 3_700_000 },
      { call: "DescribeNatGateways", gives: { NatGateways: [] } },
    ],
  },
  {
    title: "a NAT gateway in a VPC without internet gateway fails a while later, and says why",
    source: "VPC user guide, Troubleshoot NAT gateways",
    profile: "faithful",
    steps: [
      makeVpc,
      subnet("10.0.0.0/24"),
      { call: "AllocateAddress", as: "eip" },
      {
        call: "CreateNatGateway",
        input: { SubnetId, AllocationId: "{eip.AllocationId}" },
        as: "nat",
        gives: { NatGateway: { State: "pending" } },
      },
      { waitMs: 130_000 },
      {
        call: "DescribeNatGateways",
        gives: { NatGateways: [{ State: "failed", FailureCode: "Gateway.NotAttached" }] },
      },
      { call: "DescribeAddresses", gives: { Addresses: [{ AllocationId: "{eip.AllocationId}" }] } },
    ],
  },
  {
    title: "the sixth VPC, internet gateway and elastic address of a region are refused",
    source: "VPC user guide, Amazon VPC quotas",
    profile: "faithful",
    steps: [
      ...[1, 2, 3, 4].map((index): Step => ({
        call: "CreateVpc",
        input: { CidrBlock: `10.${index}.0.0/16` },
      })),
      {
        call: "CreateVpc",
        input: { CidrBlock: "10.9.0.0/16" },
        fails: "VpcLimitExceeded",
        says: "The maximum number of VPCs has been reached.",
      },
      ...[1, 2, 3, 4].map((): Step => ({ call: "CreateInternetGateway" })),
      { call: "CreateInternetGateway", fails: "InternetGatewayLimitExceeded" },
      ...[1, 2, 3, 4, 5].map((): Step => ({ call: "AllocateAddress" })),
      {
        call: "AllocateAddress",
        fails: "AddressLimitExceeded",
        says: "The maximum number of addresses has been reached.",
      },
    ],
  },
  {
    title: "an elastic address is associated once, moved where asked, and not released in use",
    source: api("AssociateAddress"),
    steps: [
      makeVpc,
      subnet("10.0.0.0/24"),
      { call: "CreateNetworkInterface", input: { SubnetId }, as: "eni" },
      { call: "AllocateAddress", as: "eip" },
      {
        call: "AssociateAddress",
        input: {
          AllocationId: "{eip.AllocationId}",
          NetworkInterfaceId: "{eni.NetworkInterface.NetworkInterfaceId}",
        },
        fails: "Gateway.NotAttached",
      },
      ...makeGateway,
      {
        call: "AssociateAddress",
        input: {
          AllocationId: "{eip.AllocationId}",
          NetworkInterfaceId: "{eni.NetworkInterface.NetworkInterfaceId}",
        },
        as: "link",
      },
      {
        call: "AssociateAddress",
        input: {
          AllocationId: "{eip.AllocationId}",
          NetworkInterfaceId: "{eni.NetworkInterface.NetworkInterfaceId}",
        },
        gives: { AssociationId: "{link.AssociationId}" },
      },
      {
        call: "ReleaseAddress",
        input: { AllocationId: "{eip.AllocationId}" },
        fails: "InvalidIPAddress.InUse",
      },
      { call: "DisassociateAddress", input: { AssociationId: "{link.AssociationId}" } },
      { call: "ReleaseAddress", input: { AllocationId: "{eip.AllocationId}" } },
      {
        call: "ReleaseAddress",
        input: { AllocationId: "{eip.AllocationId}" },
        fails: "InvalidAllocationID.NotFound",
      },
    ],
  },
  {
    title: "a new network ACL denies everything; rule numbers are unique for each direction",
    source: "VPC user guide, Network ACLs",
    steps: [
      makeVpc,
      {
        call: "CreateNetworkAcl",
        input: { VpcId },
        as: "acl",
        gives: { NetworkAcl: { IsDefault: false } },
      },
      {
        call: "CreateNetworkAclEntry",
        input: {
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
          RuleNumber: 100,
          Protocol: "-1",
          RuleAction: "allow",
          Egress: false,
          CidrBlock: "0.0.0.0/0",
        },
      },
      {
        call: "CreateNetworkAclEntry",
        input: {
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
          RuleNumber: 100,
          Protocol: "-1",
          RuleAction: "allow",
          Egress: false,
          CidrBlock: "0.0.0.0/0",
        },
        fails: "NetworkAclEntryAlreadyExists",
      },
      {
        call: "CreateNetworkAclEntry",
        input: {
          NetworkAclId: "{acl.NetworkAcl.NetworkAclId}",
          RuleNumber: 100,
          Protocol: "-1",
          RuleAction: "allow",
          Egress: true,
          CidrBlock: "0.0.0.0/0",
        },
      },
      {
        call: "DeleteNetworkAclEntry",
        input: { NetworkAclId: "{acl.NetworkAcl.NetworkAclId}", RuleNumber: 7, Egress: true },
        fails: "InvalidNetworkAclEntry.NotFound",
      },
      { call: "DeleteNetworkAcl", input: { NetworkAclId: "{acl.NetworkAcl.NetworkAclId}" } },
    ],
  },
];
