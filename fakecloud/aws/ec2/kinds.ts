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
  host: kind("h", "InvalidHostID", "host ID"),
  launchTemplate: {
    ...kind("lt", "InvalidLaunchTemplateId", "launch template ID"),
    notFound: (id: string) =>
      `The specified launch template, with template ID ${id}, does not exist.`,
  },
  placementGroup: {
    ...kind("pg", "InvalidPlacementGroup", "Placement Group"),
    notFoundCode: "InvalidPlacementGroup.Unknown",
    notFound: (id: string) => `The Placement Group '${id}' is unknown.`,
  },
  prefixList: kind("pl", "InvalidPrefixListID", "prefix list ID"),
  snapshot: {
    ...kind("snap", "InvalidSnapshot", "snapshot"),
    malformedCode: "InvalidSnapshotID.Malformed",
    notFound: (id: string) => `The snapshot '${id}' does not exist.`,
  },
  spotRequest: kind("sir", "InvalidSpotInstanceRequestID", "spot instance request ID"),
  vpcEndpoint: kind("vpce", "InvalidVpcEndpointId", "Vpc Endpoint Id"),
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
