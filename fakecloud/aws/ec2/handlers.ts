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
import * as account from "./account-attributes.ts";
import * as hosts from "./dedicated-hosts.ts";
import * as options from "./instance-options.ts";
import * as profiles from "./instance-profile-associations.ts";
import * as templates from "./launch-templates.ts";
import * as changedRules from "./modify-security-group-rules.ts";
import * as placement from "./placement-groups.ts";
import * as prefixes from "./prefix-lists.ts";
import * as snapshots from "./snapshots.ts";
import * as spot from "./spot-requests.ts";
import * as changes from "./volume-changes.ts";
import * as endpoints from "./vpc-endpoints.ts";

/** Every action that EC2 implements here. */
export const ec2Handlers = {
  AllocateAddress: addresses.allocateAddress,
  AllocateHosts: hosts.allocateHosts,
  AssociateAddress: addresses.associateAddress,
  AssociateDhcpOptions: dhcp.associateDhcpOptions,
  AssociateIamInstanceProfile: profiles.associateIamInstanceProfile,
  AssociateRouteTable: tables.associateRouteTable,
  AssociateVpcCidrBlock: vpcs.associateVpcCidrBlock,
  AttachInternetGateway: gateways.attachInternetGateway,
  AttachNetworkInterface: interfaces.attachNetworkInterface,
  AttachVolume: volumes.attachVolume,
  AuthorizeSecurityGroupEgress: rules.authorizeEgress,
  AuthorizeSecurityGroupIngress: rules.authorizeIngress,
  CancelSpotInstanceRequests: spot.cancelSpotInstanceRequests,
  CreateCarrierGateway: gateways.createCarrierGateway,
  CreateDefaultVpc: (region: Ec2Region) => vpcs.createDefaultVpcAgain(region, createDefaultVpc),
  CreateDhcpOptions: dhcp.createDhcpOptions,
  CreateEgressOnlyInternetGateway: gateways.createEgressOnlyInternetGateway,
  CreateInternetGateway: gateways.createInternetGateway,
  CreateKeyPair: keys.createKeyPair,
  CreateLaunchTemplate: templates.createLaunchTemplate,
  CreateLaunchTemplateVersion: templates.createLaunchTemplateVersion,
  CreateManagedPrefixList: prefixes.createManagedPrefixList,
  CreateNatGateway: nat.createNatGateway,
  CreateNetworkAcl: acls.createNetworkAcl,
  CreateNetworkAclEntry: acls.createNetworkAclEntry,
  CreateNetworkInterface: interfaces.createNetworkInterface,
  CreatePlacementGroup: placement.createPlacementGroup,
  CreateRoute: routes.createRoute,
  CreateRouteTable: tables.createRouteTable,
  CreateSecurityGroup: groups.createSecurityGroup,
  CreateSnapshot: snapshots.createSnapshot,
  CreateSubnet: subnets.createSubnet,
  CreateTags: tags.createTags,
  CreateVolume: volumes.createVolume,
  CreateVpc: vpcs.createVpc,
  CreateVpcEndpoint: endpoints.createVpcEndpoint,
  DeleteCarrierGateway: gateways.deleteCarrierGateway,
  DeleteDhcpOptions: dhcp.deleteDhcpOptions,
  DeleteEgressOnlyInternetGateway: gateways.deleteEgressOnlyInternetGateway,
  DeleteInternetGateway: gateways.deleteInternetGateway,
  DeleteKeyPair: keys.deleteKeyPair,
  DeleteLaunchTemplate: templates.deleteLaunchTemplate,
  DeleteLaunchTemplateVersions: templates.deleteLaunchTemplateVersions,
  DeleteManagedPrefixList: prefixes.deleteManagedPrefixList,
  DeleteNatGateway: nat.deleteNatGateway,
  DeleteNetworkAcl: acls.deleteNetworkAcl,
  DeleteNetworkAclEntry: acls.deleteNetworkAclEntry,
  DeleteNetworkInterface: interfaces.deleteNetworkInterface,
  DeletePlacementGroup: placement.deletePlacementGroup,
  DeleteRoute: routes.deleteRoute,
  DeleteRouteTable: tables.deleteRouteTable,
  DeleteSecurityGroup: groups.deleteSecurityGroup,
  DeleteSnapshot: snapshots.deleteSnapshot,
  DeleteSubnet: subnets.deleteSubnet,
  DeleteTags: tags.deleteTags,
  DeleteVolume: volumes.deleteVolume,
  DeleteVpc: vpcs.deleteVpc,
  DeleteVpcEndpoints: endpoints.deleteVpcEndpoints,
  DeregisterImage: images.deregisterImage,
  DescribeAccountAttributes: account.describeAccountAttributes,
  DescribeAddresses: addresses.describeAddresses,
  DescribeAddressesAttribute: addresses.describeAddressesAttribute,
  DescribeAvailabilityZones: zones.describeAvailabilityZones,
  DescribeCarrierGateways: gateways.describeCarrierGateways,
  DescribeDhcpOptions: dhcp.describeDhcpOptions,
  DescribeEgressOnlyInternetGateways: gateways.describeEgressOnlyInternetGateways,
  DescribeHosts: hosts.describeHosts,
  DescribeIamInstanceProfileAssociations: profiles.describeIamInstanceProfileAssociations,
  DescribeImages: images.describeImages,
  DescribeInstanceAttribute: attributes.describeInstanceAttribute,
  DescribeInstanceCreditSpecifications: options.describeInstanceCreditSpecifications,
  DescribeInstanceStatus: instances.describeInstanceStatus,
  DescribeInstanceTypeOfferings: types.describeInstanceTypeOfferings,
  DescribeInstanceTypes: types.describeInstanceTypes,
  DescribeInstances: instances.describeInstances,
  DescribeInternetGateways: gateways.describeInternetGateways,
  DescribeIpamPools: account.describeIpamPools,
  DescribeKeyPairs: keys.describeKeyPairs,
  DescribeLaunchTemplateVersions: templates.describeLaunchTemplateVersions,
  DescribeLaunchTemplates: templates.describeLaunchTemplates,
  DescribeManagedPrefixLists: prefixes.describeManagedPrefixLists,
  DescribeNatGateways: nat.describeNatGateways,
  DescribeNetworkAcls: acls.describeNetworkAcls,
  DescribeNetworkInterfaceAttribute: interfaces.describeNetworkInterfaceAttribute,
  DescribeNetworkInterfaces: interfaces.describeNetworkInterfaces,
  DescribePlacementGroups: placement.describePlacementGroups,
  DescribePrefixLists: prefixes.describePrefixLists,
  DescribePublicIpv4Pools: account.describePublicIpv4Pools,
  DescribeRegions: zones.describeRegions,
  DescribeRouteTables: tables.describeRouteTables,
  DescribeSecurityGroupRules: groups.describeSecurityGroupRules,
  DescribeSecurityGroups: groups.describeSecurityGroups,
  DescribeSnapshots: snapshots.describeSnapshots,
  DescribeSpotInstanceRequests: spot.describeSpotInstanceRequests,
  DescribeSpotPriceHistory: spot.describeSpotPriceHistory,
  DescribeSubnets: subnets.describeSubnets,
  DescribeTags: tags.describeTags,
  DescribeVolumeStatus: changes.describeVolumeStatus,
  DescribeVolumes: volumes.describeVolumes,
  DescribeVolumesModifications: changes.describeVolumesModifications,
  DescribeVpcAttribute: vpcs.describeVpcAttribute,
  DescribeVpcEndpointServices: endpoints.describeVpcEndpointServices,
  DescribeVpcEndpoints: endpoints.describeVpcEndpoints,
  DescribeVpcs: vpcs.describeVpcs,
  DetachInternetGateway: gateways.detachInternetGateway,
  DetachNetworkInterface: interfaces.detachNetworkInterface,
  DetachVolume: volumes.detachVolume,
  DisableEbsEncryptionByDefault: account.disableEbsEncryptionByDefault,
  DisassociateAddress: addresses.disassociateAddress,
  DisassociateIamInstanceProfile: profiles.disassociateIamInstanceProfile,
  DisassociateRouteTable: tables.disassociateRouteTable,
  DisassociateVpcCidrBlock: vpcs.disassociateVpcCidrBlock,
  EnableEbsEncryptionByDefault: account.enableEbsEncryptionByDefault,
  GetConsoleOutput: options.getConsoleOutput,
  GetEbsDefaultKmsKeyId: account.getEbsDefaultKmsKeyId,
  GetEbsEncryptionByDefault: account.getEbsEncryptionByDefault,
  GetInstanceUefiData: options.getInstanceUefiData,
  GetLaunchTemplateData: templates.getLaunchTemplateData,
  GetManagedPrefixListEntries: prefixes.getManagedPrefixListEntries,
  GetPasswordData: options.getPasswordData,
  ImportKeyPair: keys.importKeyPair,
  ModifyInstanceAttribute: attributes.modifyInstanceAttribute,
  ModifyInstanceCreditSpecification: options.modifyInstanceCreditSpecification,
  ModifyInstanceMetadataOptions: attributes.modifyInstanceMetadataOptions,
  ModifyLaunchTemplate: templates.modifyLaunchTemplate,
  ModifyManagedPrefixList: prefixes.modifyManagedPrefixList,
  ModifyNetworkInterfaceAttribute: interfaces.modifyNetworkInterfaceAttribute,
  ModifySecurityGroupRules: changedRules.modifySecurityGroupRules,
  ModifySubnetAttribute: subnets.modifySubnetAttribute,
  ModifyVolume: changes.modifyVolume,
  ModifyVpcAttribute: vpcs.modifyVpcAttribute,
  ModifyVpcEndpoint: endpoints.modifyVpcEndpoint,
  MonitorInstances: options.monitorInstances,
  RebootInstances: instances.rebootInstances,
  RegisterImage: images.registerImage,
  ReleaseAddress: addresses.releaseAddress,
  ReleaseHosts: hosts.releaseHosts,
  ReplaceIamInstanceProfileAssociation: profiles.replaceIamInstanceProfileAssociation,
  ReplaceNetworkAclAssociation: acls.replaceNetworkAclAssociation,
  ReplaceNetworkAclEntry: acls.replaceNetworkAclEntry,
  ReplaceRoute: routes.replaceRoute,
  ReplaceRouteTableAssociation: tables.replaceRouteTableAssociation,
  RequestSpotInstances: spot.requestSpotInstances,
  RevokeSecurityGroupEgress: rules.revokeEgress,
  RevokeSecurityGroupIngress: rules.revokeIngress,
  RunInstances: runInstances,
  StartInstances: instances.startInstances,
  StopInstances: instances.stopInstances,
  TerminateInstances: instances.terminateInstances,
  UnmonitorInstances: options.unmonitorInstances,
  UpdateSecurityGroupRuleDescriptionsEgress: rules.updateEgressDescriptions,
  UpdateSecurityGroupRuleDescriptionsIngress: rules.updateIngressDescriptions,
};
