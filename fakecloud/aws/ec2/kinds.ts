import type { ResourceKind } from "./resource-table.ts";

function kind(prefix: string, code: string, noun: string): ResourceKind {
  return {
    prefix,
    notFoundCode: `${code}.NotFound`,
    malformedCode: `${code}.Malformed`,
    notFound: (id) => `The ${noun} '${id}' does not exist`,
  };
}

/** How each kind of resource says that it is not there. */
export const kinds = {
  address: kind("eipalloc", "InvalidAllocationID", "allocation ID"),
  carrierGateway: kind("cagw", "InvalidCarrierGatewayID", "carrier gateway ID"),
  dhcpOptions: kind("dopt", "InvalidDhcpOptionID", "dhcpOption ID"),
  egressOnlyGateway: kind(
    "eigw",
    "InvalidEgressOnlyInternetGatewayId",
    "egress only internet gateway ID",
  ),
  image: {
    ...kind("ami", "InvalidAMIID", "image"),
    notFound: (id: string) => `The image id '[${id}]' does not exist`,
  },
  instance: kind("i", "InvalidInstanceID", "instance ID"),
  internetGateway: kind("igw", "InvalidInternetGatewayID", "internetGateway ID"),
  keyPair: kind("key", "InvalidKeyPair", "key pair"),
  natGateway: {
    prefix: "nat",
    notFoundCode: "NatGatewayNotFound",
    malformedCode: "NatGatewayMalformed",
    notFound: (id: string) => `The Nat Gateway ${id} was not found`,
  },
  networkAcl: kind("acl", "InvalidNetworkAclID", "networkAcl ID"),
  networkInterface: kind("eni", "InvalidNetworkInterfaceID", "networkInterface ID"),
  routeTable: kind("rtb", "InvalidRouteTableID", "routeTable ID"),
  securityGroup: {
    ...kind("sg", "InvalidGroup", "security group"),
    malformedCode: "InvalidGroupId.Malformed",
  },
  subnet: kind("subnet", "InvalidSubnetID", "subnet ID"),
  volume: kind("vol", "InvalidVolume", "volume"),
  vpc: kind("vpc", "InvalidVpcID", "vpc ID"),
} as const;
