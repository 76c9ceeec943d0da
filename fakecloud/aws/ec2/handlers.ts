import * as addresses from "./addresses.ts";
import { createDefaultVpc } from "./default-vpc.ts";
import * as dhcp from "./dhcp-options.ts";
import type { Ec2Region } from "./ec2-region.ts";
import * as gateways from "./gateways.ts";
import * as images from "./images.ts";
import * as attributes from "./instance-attributes.ts";
import * as types from "./instance-types.ts";
import * as instances from "./instances.ts";
import * as keys from "./key-pairs.ts";
import * as nat from "./nat-gateways.ts";
import * as acls from "./network-acls.ts";
import * as interfaces from "./network-interfaces.ts";
import * as tables from "./route-tables.ts";
import * as routes from "./routes.ts";
import { runInstances } from "./run-instances.ts";
import * as rules from "./security-group-rules.ts";
import * as groups from "./security-groups.ts";
import * as subnets from "./subnets.ts";
import * as tags from "./tags.ts";
import * as volumes from "./volumes.ts";
import * as vpcs from "./vpcs.ts";
import * as zones from "./zones.ts";

/** Every action that EC2 implements here. */
export const ec2Handlers = {
  AllocateAddress: addresses.allocateAddress,
  AssociateAddress: addresses.associateAddress,
  AssociateDhcpOptions: dhcp.associateDhcpOptions,
  AssociateRouteTable: tables.associateRouteTable,
  AssociateVpcCidrBlock: vpcs.associateVpcCidrBlock,
  AttachInternetGateway: gateways.attachInternetGateway,
  AttachNetworkInterface: interfaces.attachNetworkInterface,
  AttachVolume: volumes.attachVolume,
  AuthorizeSecurityGroupEgress: rules.authorizeEgress,
  AuthorizeSecurityGroupIngress: rules.authorizeIngress,
  CreateCarrierGateway: gateways.createCarrierGateway,
  CreateDefaultVpc: (region: Ec2Region) => vpcs.createDefaultVpcAgain(region, createDefaultVpc),
  CreateDhcpOptions: dhcp.createDhcpOptions,
  CreateEgressOnlyInternetGateway: gateways.createEgressOnlyInternetGateway,
  CreateInternetGateway: gateways.createInternetGateway,
  CreateKeyPair: keys.createKeyPair,
  CreateNatGateway: nat.createNatGateway,
  CreateNetworkAcl: acls.createNetworkAcl,
  CreateNetworkAclEntry: acls.createNetworkAclEntry,
  CreateNetworkInterface: interfaces.createNetworkInterface,
  CreateRoute: routes.createRoute,
  CreateRouteTable: tables.createRouteTable,
  CreateSecurityGroup: groups.createSecurityGroup,
  CreateSubnet: subnets.createSubnet,
  CreateTags: tags.createTags,
  CreateVolume: volumes.createVolume,
  CreateVpc: vpcs.createVpc,
  DeleteCarrierGateway: gateways.deleteCarrierGateway,
  DeleteDhcpOptions: dhcp.deleteDhcpOptions,
  DeleteEgressOnlyInternetGateway: gateways.deleteEgressOnlyInternetGateway,
  DeleteInternetGateway: gateways.deleteInternetGateway,
  DeleteKeyPair: keys.deleteKeyPair,
  DeleteNatGateway: nat.deleteNatGateway,
  DeleteNetworkAcl: acls.deleteNetworkAcl,
  DeleteNetworkAclEntry: acls.deleteNetworkAclEntry,
  DeleteNetworkInterface: interfaces.deleteNetworkInterface,
  DeleteRoute: routes.deleteRoute,
  DeleteRouteTable: tables.deleteRouteTable,
  DeleteSecurityGroup: groups.deleteSecurityGroup,
  DeleteSubnet: subnets.deleteSubnet,
  DeleteTags: tags.deleteTags,
  DeleteVolume: volumes.deleteVolume,
  DeleteVpc: vpcs.deleteVpc,
  DeregisterImage: images.deregisterImage,
  DescribeAddresses: addresses.describeAddresses,
  DescribeAvailabilityZones: zones.describeAvailabilityZones,
  DescribeCarrierGateways: gateways.describeCarrierGateways,
  DescribeDhcpOptions: dhcp.describeDhcpOptions,
  DescribeEgressOnlyInternetGateways: gateways.describeEgressOnlyInternetGateways,
  DescribeImages: images.describeImages,
  DescribeInstanceAttribute: attributes.describeInstanceAttribute,
  DescribeInstanceStatus: instances.describeInstanceStatus,
  DescribeInstanceTypeOfferings: types.describeInstanceTypeOfferings,
  DescribeInstanceTypes: types.describeInstanceTypes,
  DescribeInstances: instances.describeInstances,
  DescribeInternetGateways: gateways.describeInternetGateways,
  DescribeKeyPairs: keys.describeKeyPairs,
  DescribeNatGateways: nat.describeNatGateways,
  DescribeNetworkAcls: acls.describeNetworkAcls,
  DescribeNetworkInterfaceAttribute: interfaces.describeNetworkInterfaceAttribute,
  DescribeNetworkInterfaces: interfaces.describeNetworkInterfaces,
  DescribeRegions: zones.describeRegions,
  DescribeRouteTables: tables.describeRouteTables,
  DescribeSecurityGroupRules: groups.describeSecurityGroupRules,
  DescribeSecurityGroups: groups.describeSecurityGroups,
  DescribeSubnets: subnets.describeSubnets,
  DescribeTags: tags.describeTags,
  DescribeVolumes: volumes.describeVolumes,
  DescribeVpcAttribute: vpcs.describeVpcAttribute,
  DescribeVpcs: vpcs.describeVpcs,
  DetachInternetGateway: gateways.detachInternetGateway,
  DetachNetworkInterface: interfaces.detachNetworkInterface,
  DetachVolume: volumes.detachVolume,
  DisassociateAddress: addresses.disassociateAddress,
  DisassociateRouteTable: tables.disassociateRouteTable,
  DisassociateVpcCidrBlock: vpcs.disassociateVpcCidrBlock,
  ImportKeyPair: keys.importKeyPair,
  ModifyInstanceAttribute: attributes.modifyInstanceAttribute,
  ModifyInstanceMetadataOptions: attributes.modifyInstanceMetadataOptions,
  ModifyNetworkInterfaceAttribute: interfaces.modifyNetworkInterfaceAttribute,
  ModifySubnetAttribute: subnets.modifySubnetAttribute,
  ModifyVpcAttribute: vpcs.modifyVpcAttribute,
  RebootInstances: instances.rebootInstances,
  RegisterImage: images.registerImage,
  ReleaseAddress: addresses.releaseAddress,
  ReplaceNetworkAclAssociation: acls.replaceNetworkAclAssociation,
  ReplaceNetworkAclEntry: acls.replaceNetworkAclEntry,
  ReplaceRoute: routes.replaceRoute,
  ReplaceRouteTableAssociation: tables.replaceRouteTableAssociation,
  RevokeSecurityGroupEgress: rules.revokeEgress,
  RevokeSecurityGroupIngress: rules.revokeIngress,
  RunInstances: runInstances,
  StartInstances: instances.startInstances,
  StopInstances: instances.stopInstances,
  TerminateInstances: instances.terminateInstances,
  UpdateSecurityGroupRuleDescriptionsEgress: rules.updateEgressDescriptions,
  UpdateSecurityGroupRuleDescriptionsIngress: rules.updateIngressDescriptions,
};
