import type { ConformanceCase } from "../case.ts";

const source = "EC2 API reference, Error codes for the Amazon EC2 API";

/** Id prefix, code and message when a well-formed id is unknown, code when it is malformed, calls that take such an id. */
const kinds: readonly (readonly [
  prefix: string,
  notFound: string,
  message: string,
  malformed: string,
  calls: readonly (readonly [operation: string, input: (id: string) => object])[],
])[] = [
  [
    "vpc",
    "InvalidVpcID.NotFound",
    "The vpc ID 'ID' does not exist",
    "InvalidVpcID.Malformed",
    [
      ["DescribeVpcs", (id) => ({ VpcIds: [id] })],
      ["DeleteVpc", (VpcId) => ({ VpcId })],
      ["DescribeVpcAttribute", (VpcId) => ({ VpcId, Attribute: "enableDnsSupport" })],
      ["ModifyVpcAttribute", (VpcId) => ({ VpcId, EnableDnsSupport: { Value: true } })],
      ["CreateSubnet", (VpcId) => ({ VpcId, CidrBlock: "10.0.0.0/24" })],
      ["CreateRouteTable", (VpcId) => ({ VpcId })],
      ["CreateNetworkAcl", (VpcId) => ({ VpcId })],
      ["CreateSecurityGroup", (VpcId) => ({ VpcId, GroupName: "g", Description: "d" })],
      ["AssociateVpcCidrBlock", (VpcId) => ({ VpcId, CidrBlock: "10.1.0.0/16" })],
      ["CreateEgressOnlyInternetGateway", (VpcId) => ({ VpcId })],
      ["CreateTags", (id) => ({ Resources: [id], Tags: [{ Key: "a", Value: "b" }] })],
    ],
  ],
  [
    "subnet",
    "InvalidSubnetID.NotFound",
    "The subnet ID 'ID' does not exist",
    "InvalidSubnetID.Malformed",
    [
      ["DescribeSubnets", (id) => ({ SubnetIds: [id] })],
      ["DeleteSubnet", (SubnetId) => ({ SubnetId })],
      ["ModifySubnetAttribute", (SubnetId) => ({ SubnetId, MapPublicIpOnLaunch: { Value: true } })],
      ["CreateNatGateway", (SubnetId) => ({ SubnetId, ConnectivityType: "private" })],
      ["CreateNetworkInterface", (SubnetId) => ({ SubnetId })],
      ["DeleteTags", (id) => ({ Resources: [id], Tags: [{ Key: "a" }] })],
    ],
  ],
  [
    "igw",
    "InvalidInternetGatewayID.NotFound",
    "The internetGateway ID 'ID' does not exist",
    "InvalidInternetGatewayID.Malformed",
    [
      ["DescribeInternetGateways", (id) => ({ InternetGatewayIds: [id] })],
      ["DeleteInternetGateway", (InternetGatewayId) => ({ InternetGatewayId })],
      [
        "AttachInternetGateway",
        (InternetGatewayId) => ({ InternetGatewayId, VpcId: "vpc-0123456789abcdef0" }),
      ],
      [
        "DetachInternetGateway",
        (InternetGatewayId) => ({ InternetGatewayId, VpcId: "vpc-0123456789abcdef0" }),
      ],
    ],
  ],
  [
    "rtb",
    "InvalidRouteTableID.NotFound",
    "The routeTable ID 'ID' does not exist",
    "InvalidRouteTableID.Malformed",
    [
      ["DescribeRouteTables", (id) => ({ RouteTableIds: [id] })],
      ["DeleteRouteTable", (RouteTableId) => ({ RouteTableId })],
      [
        "CreateRoute",
        (RouteTableId) => ({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: "local" }),
      ],
      [
        "ReplaceRoute",
        (RouteTableId) => ({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: "local" }),
      ],
      ["DeleteRoute", (RouteTableId) => ({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0" })],
      [
        "AssociateRouteTable",
        (RouteTableId) => ({ RouteTableId, SubnetId: "subnet-0123456789abcdef0" }),
      ],
    ],
  ],
  [
    "sg",
    "InvalidGroup.NotFound",
    "The security group 'ID' does not exist",
    "InvalidGroupId.Malformed",
    [
      ["DescribeSecurityGroups", (id) => ({ GroupIds: [id] })],
      ["DeleteSecurityGroup", (GroupId) => ({ GroupId })],
      [
        "AuthorizeSecurityGroupIngress",
        (GroupId) => ({ GroupId, IpProtocol: "tcp", FromPort: 1, ToPort: 1, CidrIp: "0.0.0.0/0" }),
      ],
      [
        "AuthorizeSecurityGroupEgress",
        (GroupId) => ({
          GroupId,
          IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }],
        }),
      ],
      [
        "RevokeSecurityGroupIngress",
        (GroupId) => ({ GroupId, IpProtocol: "tcp", FromPort: 1, ToPort: 1, CidrIp: "0.0.0.0/0" }),
      ],
    ],
  ],
  [
    "i",
    "InvalidInstanceID.NotFound",
    "The instance ID 'ID' does not exist",
    "InvalidInstanceID.Malformed",
    [
      ["DescribeInstances", (id) => ({ InstanceIds: [id] })],
      ["TerminateInstances", (id) => ({ InstanceIds: [id] })],
      ["StopInstances", (id) => ({ InstanceIds: [id] })],
      ["StartInstances", (id) => ({ InstanceIds: [id] })],
      ["RebootInstances", (id) => ({ InstanceIds: [id] })],
      ["DescribeInstanceStatus", (id) => ({ InstanceIds: [id] })],
      ["DescribeInstanceAttribute", (InstanceId) => ({ InstanceId, Attribute: "userData" })],
      ["ModifyInstanceMetadataOptions", (InstanceId) => ({ InstanceId, HttpTokens: "required" })],
    ],
  ],
  [
    "eni",
    "InvalidNetworkInterfaceID.NotFound",
    "The networkInterface ID 'ID' does not exist",
    "InvalidNetworkInterfaceID.Malformed",
    [
      ["DescribeNetworkInterfaces", (id) => ({ NetworkInterfaceIds: [id] })],
      ["DeleteNetworkInterface", (NetworkInterfaceId) => ({ NetworkInterfaceId })],
      [
        "DescribeNetworkInterfaceAttribute",
        (NetworkInterfaceId) => ({ NetworkInterfaceId, Attribute: "description" }),
      ],
    ],
  ],
  [
    "vol",
    "InvalidVolume.NotFound",
    "The volume 'ID' does not exist",
    "InvalidVolume.Malformed",
    [
      ["DescribeVolumes", (id) => ({ VolumeIds: [id] })],
      ["DeleteVolume", (VolumeId) => ({ VolumeId })],
    ],
  ],
  [
    "acl",
    "InvalidNetworkAclID.NotFound",
    "The networkAcl ID 'ID' does not exist",
    "InvalidNetworkAclID.Malformed",
    [
      ["DescribeNetworkAcls", (id) => ({ NetworkAclIds: [id] })],
      ["DeleteNetworkAcl", (NetworkAclId) => ({ NetworkAclId })],
    ],
  ],
  [
    "dopt",
    "InvalidDhcpOptionID.NotFound",
    "The dhcpOption ID 'ID' does not exist",
    "InvalidDhcpOptionID.Malformed",
    [
      ["DescribeDhcpOptions", (id) => ({ DhcpOptionsIds: [id] })],
      ["DeleteDhcpOptions", (DhcpOptionsId) => ({ DhcpOptionsId })],
    ],
  ],
  [
    "eipalloc",
    "InvalidAllocationID.NotFound",
    "The allocation ID 'ID' does not exist",
    "InvalidAllocationID.Malformed",
    [
      ["DescribeAddresses", (id) => ({ AllocationIds: [id] })],
      ["ReleaseAddress", (AllocationId) => ({ AllocationId })],
    ],
  ],
  [
    "nat",
    "NatGatewayNotFound",
    "ID",
    "NatGatewayMalformed",
    [
      ["DescribeNatGateways", (id) => ({ NatGatewayIds: [id] })],
      ["DeleteNatGateway", (NatGatewayId) => ({ NatGatewayId })],
    ],
  ],
  [
    "ami",
    "InvalidAMIID.NotFound",
    "The image id '[ID]' does not exist",
    "InvalidAMIID.Malformed",
    [
      ["DescribeImages", (id) => ({ ImageIds: [id] })],
      ["DeregisterImage", (ImageId) => ({ ImageId })],
    ],
  ],
];

export const unknownIds: readonly ConformanceCase[] = kinds.flatMap(
  ([prefix, notFound, message, malformed, calls]) =>
    calls.flatMap(([call, input]) => {
      const unknown = `${prefix}-0123456789abcdef0`;
      const fails = {
        call,
        input: input(unknown),
        fails: notFound,
        says: message
          .replace("ID'", `${unknown}'`)
          .replace("[ID]", `[${unknown}]`)
          .replace(/^ID$/, unknown),
        status: 400,
      };
      const cases: ConformanceCase[] = [
        { title: `${call} of an unknown ${prefix} fails with ${notFound}`, source, steps: [fails] },
      ];
      // Tags are looked up by prefix: a malformed id has none.
      if (call.endsWith("Tags")) return cases;
      cases.push({
        title: `${call} of a malformed ${prefix} id fails with ${malformed}`,
        source,
        steps: [{ call, input: input(`${prefix}-nonsense`), fails: malformed, status: 400 }],
      });
      return cases;
    }),
);
