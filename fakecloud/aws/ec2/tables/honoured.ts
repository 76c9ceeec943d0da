import type { HonouredTable } from "../../honoured/honoured.ts";

/** What a launch and a launch template say in the same words. */
const launch =
  "BlockDeviceMappings(Ebs(DeleteOnTermination Iops SnapshotId VolumeSize VolumeType KmsKeyId Throughput Encrypted) NoDevice DeviceName) ImageId InstanceType KeyName Monitoring(Enabled) Placement(Affinity GroupName PartitionNumber HostId Tenancy AvailabilityZone) SecurityGroupIds SecurityGroups UserData TagSpecifications(ResourceType Tags(Key Value)) InstanceMarketOptions(MarketType SpotOptions(MaxPrice SpotInstanceType InstanceInterruptionBehavior=terminate)) CreditSpecification(CpuCredits) CpuOptions(CoreCount ThreadsPerCore AmdSevSnp=disabled) CapacityReservationSpecification(CapacityReservationPreference) HibernationOptions(Configured=false) MetadataOptions(HttpTokens HttpPutResponseHopLimit HttpEndpoint HttpProtocolIpv6 InstanceMetadataTags) EnclaveOptions(Enabled=false) PrivateDnsNameOptions(HostnameType EnableResourceNameDnsARecord EnableResourceNameDnsAAAARecord) MaintenanceOptions(AutoRecovery) DisableApiStop NetworkPerformanceOptions(BandwidthWeighting=default) DisableApiTermination InstanceInitiatedShutdownBehavior NetworkInterfaces(AssociatePublicIpAddress DeleteOnTermination Description DeviceIndex Groups Ipv6AddressCount Ipv6Addresses(Ipv6Address) NetworkInterfaceId PrivateIpAddress PrivateIpAddresses(Primary PrivateIpAddress) SecondaryPrivateIpAddressCount SubnetId InterfaceType NetworkCardIndex=0 PrimaryIpv6=false) IamInstanceProfile(Arn Name) EbsOptimized";

/** What a spot request says of its launch. */
const specification =
  "BlockDeviceMappings(Ebs(DeleteOnTermination Iops SnapshotId VolumeSize VolumeType KmsKeyId Throughput Encrypted) NoDevice DeviceName) ImageId InstanceType KeyName Monitoring(Enabled) Placement(AvailabilityZone GroupName Tenancy) SecurityGroupIds SecurityGroups UserData NetworkInterfaces(AssociatePublicIpAddress DeleteOnTermination Description DeviceIndex Groups Ipv6AddressCount Ipv6Addresses(Ipv6Address) NetworkInterfaceId PrivateIpAddress PrivateIpAddresses(Primary PrivateIpAddress) SecondaryPrivateIpAddressCount SubnetId InterfaceType NetworkCardIndex=0 PrimaryIpv6=false) IamInstanceProfile(Arn Name) EbsOptimized";

/** What each action does with its input; everything else in it is refused by name. */
export const honouredByEc2: HonouredTable = {
  AllocateAddress:
    "DryRun Domain=vpc PublicIpv4Pool TagSpecifications(ResourceType Tags(Key Value)) NetworkBorderGroup",
  AllocateHosts:
    "InstanceFamily TagSpecifications(ResourceType Tags(Key Value)) HostRecovery=off HostMaintenance=off AutoPlacement ClientToken InstanceType Quantity AvailabilityZone",
  AssociateAddress:
    "DryRun AllocationId InstanceId PublicIp NetworkInterfaceId PrivateIpAddress AllowReassociation",
  AssociateDhcpOptions: "DryRun DhcpOptionsId VpcId",
  AssociateIamInstanceProfile: "IamInstanceProfile(Arn Name) InstanceId",
  AssociateRouteTable: "DryRun RouteTableId SubnetId",
  AssociateVpcCidrBlock: "VpcId CidrBlock AmazonProvidedIpv6CidrBlock",
  AttachInternetGateway: "DryRun InternetGatewayId VpcId",
  AttachNetworkInterface: "DryRun NetworkInterfaceId InstanceId DeviceIndex NetworkCardIndex=0",
  AttachVolume: "DryRun Device InstanceId VolumeId EbsCardIndex=0",
  AuthorizeSecurityGroupEgress:
    "DryRun GroupId TagSpecifications(ResourceType Tags(Key Value)) SourceSecurityGroupName SourceSecurityGroupOwnerId IpProtocol FromPort ToPort CidrIp IpPermissions(IpProtocol FromPort ToPort UserIdGroupPairs(Description UserId GroupName GroupId VpcId PeeringStatus=active) IpRanges(Description CidrIp) Ipv6Ranges(Description CidrIpv6) PrefixListIds(Description PrefixListId))",
  AuthorizeSecurityGroupIngress:
    "DryRun CidrIp FromPort GroupId GroupName IpPermissions(IpProtocol FromPort ToPort UserIdGroupPairs(Description UserId GroupName GroupId VpcId PeeringStatus=active) IpRanges(Description CidrIp) Ipv6Ranges(Description CidrIpv6) PrefixListIds(Description PrefixListId)) IpProtocol SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort TagSpecifications(ResourceType Tags(Key Value))",
  CancelSpotInstanceRequests: "DryRun SpotInstanceRequestIds",
  CreateCarrierGateway: "DryRun VpcId TagSpecifications(ResourceType Tags(Key Value)) ClientToken",
  CreateDefaultVpc: "DryRun",
  CreateDhcpOptions:
    "DryRun DhcpConfigurations(Key Values) TagSpecifications(ResourceType Tags(Key Value))",
  CreateEgressOnlyInternetGateway:
    "DryRun VpcId ClientToken TagSpecifications(ResourceType Tags(Key Value))",
  CreateInternetGateway: "DryRun TagSpecifications(ResourceType Tags(Key Value))",
  CreateKeyPair:
    "DryRun KeyName KeyType TagSpecifications(ResourceType Tags(Key Value)) KeyFormat=pem",
  CreateLaunchTemplate: `DryRun LaunchTemplateName ClientToken VersionDescription TagSpecifications(ResourceType Tags(Key Value)) LaunchTemplateData(${launch})`,
  CreateLaunchTemplateVersion: `DryRun ClientToken LaunchTemplateId LaunchTemplateName SourceVersion VersionDescription ResolveAlias=false LaunchTemplateData(${launch})`,
  CreateManagedPrefixList:
    "DryRun PrefixListName MaxEntries AddressFamily Entries(Cidr Description) TagSpecifications(ResourceType Tags(Key Value)) ClientToken",
  CreateNatGateway:
    "DryRun AvailabilityMode=zonal AllocationId ClientToken SubnetId TagSpecifications(ResourceType Tags(Key Value)) ConnectivityType PrivateIpAddress",
  CreateNetworkAcl: "DryRun VpcId TagSpecifications(ResourceType Tags(Key Value)) ClientToken",
  CreateNetworkAclEntry:
    "DryRun NetworkAclId RuleNumber Protocol RuleAction Egress CidrBlock Ipv6CidrBlock IcmpTypeCode(Code Type) PortRange(From To)",
  CreateNetworkInterface:
    "DryRun SubnetId InterfaceType=interface TagSpecifications(ResourceType Tags(Key Value)) ClientToken EnablePrimaryIpv6=false Description PrivateIpAddress Groups PrivateIpAddresses(Primary PrivateIpAddress) SecondaryPrivateIpAddressCount Ipv6Addresses(Ipv6Address) Ipv6AddressCount",
  CreatePlacementGroup:
    "DryRun PartitionCount TagSpecifications(ResourceType Tags(Key Value)) SpreadLevel GroupName Strategy",
  CreateRoute:
    "DryRun RouteTableId DestinationPrefixListId CarrierGatewayId DestinationCidrBlock GatewayId DestinationIpv6CidrBlock EgressOnlyInternetGatewayId InstanceId NetworkInterfaceId NatGatewayId",
  CreateRouteTable: "DryRun VpcId TagSpecifications(ResourceType Tags(Key Value)) ClientToken",
  CreateSecurityGroup:
    "DryRun Description GroupName VpcId TagSpecifications(ResourceType Tags(Key Value))",
  CreateSnapshot: "DryRun VolumeId Description TagSpecifications(ResourceType Tags(Key Value))",
  CreateSubnet:
    "DryRun VpcId TagSpecifications(ResourceType Tags(Key Value)) AvailabilityZone AvailabilityZoneId CidrBlock Ipv6CidrBlock Ipv6Native",
  CreateTags: "DryRun Resources Tags(Key Value)",
  CreateVolume:
    "DryRun AvailabilityZone Encrypted Iops KmsKeyId Size SnapshotId VolumeType TagSpecifications(ResourceType Tags(Key Value)) MultiAttachEnabled=false Throughput ClientToken",
  CreateVpc:
    "DryRun CidrBlock Ipv6CidrBlock Ipv4IpamPoolId TagSpecifications(ResourceType Tags(Key Value)) InstanceTenancy AmazonProvidedIpv6CidrBlock",
  CreateVpcEndpoint:
    "DryRun VpcId VpcEndpointType ServiceName PolicyDocument RouteTableIds SubnetIds SecurityGroupIds IpAddressType=ipv4 ClientToken PrivateDnsEnabled TagSpecifications(ResourceType Tags(Key Value))",
  DeleteCarrierGateway: "DryRun CarrierGatewayId",
  DeleteDhcpOptions: "DryRun DhcpOptionsId",
  DeleteEgressOnlyInternetGateway: "DryRun EgressOnlyInternetGatewayId",
  DeleteInternetGateway: "DryRun InternetGatewayId",
  DeleteKeyPair: "DryRun KeyName KeyPairId",
  DeleteLaunchTemplate: "DryRun LaunchTemplateId LaunchTemplateName",
  DeleteLaunchTemplateVersions: "DryRun Versions LaunchTemplateId LaunchTemplateName",
  DeleteManagedPrefixList: "DryRun PrefixListId",
  DeleteNatGateway: "DryRun NatGatewayId",
  DeleteNetworkAcl: "DryRun NetworkAclId",
  DeleteNetworkAclEntry: "DryRun NetworkAclId RuleNumber Egress",
  DeleteNetworkInterface: "DryRun NetworkInterfaceId",
  DeletePlacementGroup: "DryRun GroupName",
  DeleteRoute:
    "DryRun RouteTableId DestinationPrefixListId DestinationCidrBlock DestinationIpv6CidrBlock",
  DeleteRouteTable: "DryRun RouteTableId",
  DeleteSecurityGroup: "DryRun GroupId GroupName",
  DeleteSnapshot: "DryRun SnapshotId",
  DeleteSubnet: "DryRun SubnetId",
  DeleteTags: "DryRun Resources Tags(Key Value)",
  DeleteVolume: "DryRun VolumeId",
  DeleteVpc: "DryRun VpcId",
  DeleteVpcEndpoints: "DryRun VpcEndpointIds",
  DeregisterImage: "DryRun ImageId DeleteAssociatedSnapshots=false",
  DescribeAccountAttributes: "DryRun AttributeNames",
  DescribeAddresses: "DryRun PublicIps Filters(Name Values) AllocationIds",
  DescribeAddressesAttribute: "DryRun AllocationIds Attribute=domain-name NextToken MaxResults",
  DescribeAvailabilityZones: "DryRun ZoneNames ZoneIds AllAvailabilityZones Filters(Name Values)",
  DescribeCarrierGateways: "DryRun CarrierGatewayIds Filters(Name Values) MaxResults NextToken",
  DescribeDhcpOptions: "DryRun DhcpOptionsIds NextToken MaxResults Filters(Name Values)",
  DescribeEgressOnlyInternetGateways:
    "DryRun EgressOnlyInternetGatewayIds MaxResults NextToken Filters(Name Values)",
  DescribeHosts: "HostIds NextToken MaxResults Filter(Name Values)",
  DescribeIamInstanceProfileAssociations:
    "AssociationIds Filters(Name Values) MaxResults NextToken",
  DescribeImages:
    "DryRun ExecutableUsers ImageIds Owners IncludeDeprecated=* IncludeDisabled=* MaxResults NextToken Filters(Name Values)",
  DescribeInstanceAttribute: "DryRun InstanceId Attribute",
  DescribeInstanceCreditSpecifications:
    "DryRun Filters(Name Values) InstanceIds MaxResults NextToken",
  DescribeInstanceStatus:
    "DryRun InstanceIds MaxResults NextToken IncludeManagedResources=* Filters(Name Values) IncludeAllInstances",
  DescribeInstanceTypeOfferings: "DryRun LocationType Filters(Name Values) MaxResults NextToken",
  DescribeInstanceTypes:
    "DryRun InstanceTypes Filters(Name Values) MaxResults NextToken IncludeUnsupportedInRegion=false",
  DescribeInstances:
    "DryRun InstanceIds IncludeManagedResources=* Filters(Name Values) NextToken MaxResults",
  DescribeInternetGateways: "DryRun NextToken MaxResults InternetGatewayIds Filters(Name Values)",
  DescribeIpamPools: "DryRun Filters(Name Values) MaxResults NextToken IpamPoolIds",
  DescribeKeyPairs: "DryRun KeyNames KeyPairIds IncludePublicKey Filters(Name Values)",
  DescribeLaunchTemplateVersions:
    "DryRun LaunchTemplateId LaunchTemplateName Versions MinVersion MaxVersion NextToken MaxResults Filters(Name Values) ResolveAlias=false IncludeManagedResources=*",
  DescribeLaunchTemplates:
    "DryRun LaunchTemplateIds LaunchTemplateNames Filters(Name Values) NextToken MaxResults IncludeManagedResources=*",
  DescribeManagedPrefixLists: "DryRun Filters(Name Values) MaxResults NextToken PrefixListIds",
  DescribeNatGateways: "DryRun Filter(Name Values) MaxResults NatGatewayIds NextToken",
  DescribeNetworkAcls: "DryRun NextToken MaxResults NetworkAclIds Filters(Name Values)",
  DescribeNetworkInterfaceAttribute: "DryRun NetworkInterfaceId Attribute",
  DescribeNetworkInterfaces:
    "DryRun NextToken MaxResults IncludeManagedResources=* NetworkInterfaceIds Filters(Name Values)",
  DescribePlacementGroups: "DryRun GroupIds GroupNames Filters(Name Values)",
  DescribePrefixLists: "DryRun Filters(Name Values) MaxResults NextToken PrefixListIds",
  DescribePublicIpv4Pools: "PoolIds NextToken MaxResults Filters(Name Values)",
  DescribeRegions: "DryRun RegionNames AllRegions=* Filters(Name Values)",
  DescribeRouteTables: "DryRun NextToken MaxResults RouteTableIds Filters(Name Values)",
  DescribeSecurityGroupRules:
    "DryRun Filters(Name Values) SecurityGroupRuleIds NextToken MaxResults",
  DescribeSecurityGroups: "DryRun GroupIds GroupNames NextToken MaxResults Filters(Name Values)",
  DescribeSnapshots:
    "DryRun MaxResults NextToken OwnerIds RestorableByUserIds SnapshotIds Filters(Name Values)",
  DescribeSpotInstanceRequests:
    "DryRun NextToken MaxResults SpotInstanceRequestIds Filters(Name Values)",
  DescribeSpotPriceHistory:
    "DryRun AvailabilityZoneId StartTime EndTime InstanceTypes ProductDescriptions Filters(Name Values) AvailabilityZone MaxResults NextToken",
  DescribeSubnets: "DryRun Filters(Name Values) SubnetIds NextToken MaxResults",
  DescribeTags: "DryRun Filters(Name Values) MaxResults NextToken",
  DescribeVolumeStatus:
    "DryRun MaxResults NextToken VolumeIds IncludeManagedResources=* Filters(Name Values)",
  DescribeVolumes:
    "DryRun VolumeIds IncludeManagedResources=* Filters(Name Values) NextToken MaxResults",
  DescribeVolumesModifications:
    "DryRun VolumeIds Filters(Name Values) NextToken MaxResults IncludeManagedResources=*",
  DescribeVpcAttribute: "DryRun Attribute VpcId",
  DescribeVpcEndpointServices: "DryRun ServiceNames Filters(Name Values) MaxResults NextToken",
  DescribeVpcEndpoints: "DryRun VpcEndpointIds Filters(Name Values) MaxResults NextToken",
  DescribeVpcs: "DryRun Filters(Name Values) VpcIds NextToken MaxResults",
  DetachInternetGateway: "DryRun InternetGatewayId VpcId",
  DetachNetworkInterface: "DryRun AttachmentId Force=*",
  DetachVolume: "DryRun VolumeId Device Force=* InstanceId",
  DisableEbsEncryptionByDefault: "DryRun",
  DisassociateAddress: "DryRun AssociationId PublicIp",
  DisassociateIamInstanceProfile: "AssociationId",
  DisassociateRouteTable: "DryRun AssociationId",
  DisassociateVpcCidrBlock: "AssociationId",
  EnableEbsEncryptionByDefault: "DryRun",
  GetConsoleOutput: "DryRun InstanceId Latest=*",
  GetEbsDefaultKmsKeyId: "DryRun",
  GetEbsEncryptionByDefault: "DryRun",
  GetInstanceUefiData: "DryRun InstanceId",
  GetLaunchTemplateData: "DryRun InstanceId",
  GetManagedPrefixListEntries: "DryRun PrefixListId MaxResults NextToken",
  GetPasswordData: "DryRun InstanceId",
  ImportKeyPair: "DryRun KeyName PublicKeyMaterial TagSpecifications(ResourceType Tags(Key Value))",
  ModifyInstanceAttribute:
    "DryRun InstanceId SourceDestCheck(Value) DisableApiStop(Value) Attribute Value BlockDeviceMappings(DeviceName Ebs(DeleteOnTermination)) DisableApiTermination(Value) InstanceType(Value) UserData(Value) InstanceInitiatedShutdownBehavior(Value) Groups EbsOptimized(Value) SriovNetSupport(Value=simple) EnaSupport(Value=true)",
  ModifyInstanceCreditSpecification:
    "DryRun InstanceCreditSpecifications(InstanceId CpuCredits) ClientToken=*",
  ModifyInstanceMetadataOptions:
    "DryRun InstanceId HttpTokens HttpPutResponseHopLimit HttpEndpoint HttpProtocolIpv6 InstanceMetadataTags",
  ModifyLaunchTemplate: "DryRun ClientToken=* LaunchTemplateId LaunchTemplateName DefaultVersion",
  ModifyManagedPrefixList:
    "DryRun PrefixListId CurrentVersion PrefixListName AddEntries(Cidr Description) RemoveEntries(Cidr) MaxEntries",
  ModifyNetworkInterfaceAttribute:
    "DryRun NetworkInterfaceId Description(Value) SourceDestCheck(Value) Groups Attachment(AttachmentId DeleteOnTermination)",
  ModifySecurityGroupRules:
    "DryRun GroupId SecurityGroupRules(SecurityGroupRuleId SecurityGroupRule(IpProtocol FromPort ToPort CidrIpv4 CidrIpv6 PrefixListId ReferencedGroupId Description))",
  ModifySubnetAttribute:
    "SubnetId AssignIpv6AddressOnCreation(Value) MapPublicIpOnLaunch(Value) EnableDns64(Value) PrivateDnsHostnameTypeOnLaunch EnableResourceNameDnsARecordOnLaunch(Value) EnableResourceNameDnsAAAARecordOnLaunch(Value)",
  ModifyVolume: "DryRun VolumeId Size VolumeType Iops Throughput MultiAttachEnabled=false",
  ModifyVpcAttribute:
    "VpcId EnableDnsHostnames(Value) EnableDnsSupport(Value) EnableNetworkAddressUsageMetrics(Value)",
  ModifyVpcEndpoint:
    "DryRun VpcEndpointId ResetPolicy PolicyDocument AddRouteTableIds RemoveRouteTableIds AddSubnetIds RemoveSubnetIds AddSecurityGroupIds RemoveSecurityGroupIds IpAddressType=ipv4 PrivateDnsEnabled",
  MonitorInstances: "DryRun InstanceIds",
  RebootInstances: "DryRun InstanceIds",
  RegisterImage:
    "DryRun Name BootMode TpmSupport ImdsSupport TagSpecifications(ResourceType Tags(Key Value)) Description Architecture RootDeviceName BlockDeviceMappings(Ebs(DeleteOnTermination Iops SnapshotId VolumeSize VolumeType KmsKeyId Throughput Encrypted) NoDevice DeviceName) VirtualizationType=hvm SriovNetSupport EnaSupport",
  ReleaseAddress: "DryRun AllocationId PublicIp NetworkBorderGroup",
  ReleaseHosts: "HostIds",
  ReplaceIamInstanceProfileAssociation: "IamInstanceProfile(Arn Name) AssociationId",
  ReplaceNetworkAclAssociation: "DryRun AssociationId NetworkAclId",
  ReplaceNetworkAclEntry:
    "DryRun NetworkAclId RuleNumber Protocol RuleAction Egress CidrBlock Ipv6CidrBlock IcmpTypeCode(Code Type) PortRange(From To)",
  ReplaceRoute:
    "DryRun RouteTableId DestinationPrefixListId LocalTarget=false CarrierGatewayId DestinationCidrBlock GatewayId DestinationIpv6CidrBlock EgressOnlyInternetGatewayId InstanceId NetworkInterfaceId NatGatewayId",
  ReplaceRouteTableAssociation: "DryRun AssociationId RouteTableId",
  RequestSpotInstances: `DryRun TagSpecifications(ResourceType Tags(Key Value)) InstanceInterruptionBehavior=terminate SpotPrice ClientToken InstanceCount Type LaunchSpecification(${specification})`,
  RevokeSecurityGroupEgress:
    "DryRun GroupId SecurityGroupRuleIds SourceSecurityGroupName SourceSecurityGroupOwnerId IpProtocol FromPort ToPort CidrIp IpPermissions(IpProtocol FromPort ToPort UserIdGroupPairs(Description UserId GroupName GroupId VpcId PeeringStatus=active) IpRanges(Description CidrIp) Ipv6Ranges(Description CidrIpv6) PrefixListIds(Description PrefixListId))",
  RevokeSecurityGroupIngress:
    "DryRun CidrIp FromPort GroupId GroupName IpPermissions(IpProtocol FromPort ToPort UserIdGroupPairs(Description UserId GroupName GroupId VpcId PeeringStatus=active) IpRanges(Description CidrIp) Ipv6Ranges(Description CidrIpv6) PrefixListIds(Description PrefixListId)) IpProtocol SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort SecurityGroupRuleIds",
  RunInstances: `DryRun MaxCount MinCount Ipv6AddressCount Ipv6Addresses(Ipv6Address) SubnetId LaunchTemplate(LaunchTemplateId LaunchTemplateName Version) EnablePrimaryIpv6=false PrivateIpAddress ClientToken ${launch}`,
  StartInstances: "DryRun InstanceIds",
  StopInstances: "DryRun InstanceIds Hibernate=false SkipOsShutdown=* Force",
  TerminateInstances: "DryRun InstanceIds Force=* SkipOsShutdown=*",
  UnmonitorInstances: "DryRun InstanceIds",
  UpdateSecurityGroupRuleDescriptionsEgress:
    "DryRun GroupId GroupName IpPermissions(IpProtocol FromPort ToPort UserIdGroupPairs(Description UserId GroupName GroupId VpcId PeeringStatus=active) IpRanges(Description CidrIp) Ipv6Ranges(Description CidrIpv6) PrefixListIds(Description PrefixListId)) SecurityGroupRuleDescriptions(SecurityGroupRuleId Description)",
  UpdateSecurityGroupRuleDescriptionsIngress:
    "DryRun GroupId GroupName IpPermissions(IpProtocol FromPort ToPort UserIdGroupPairs(Description UserId GroupName GroupId VpcId PeeringStatus=active) IpRanges(Description CidrIp) Ipv6Ranges(Description CidrIpv6) PrefixListIds(Description PrefixListId)) SecurityGroupRuleDescriptions(SecurityGroupRuleId Description)",
};
