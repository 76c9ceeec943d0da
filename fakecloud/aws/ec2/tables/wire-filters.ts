// Filters that ask for a part of what a Describe shows, by where it stands there. Source: EC2 API reference, each action.

const attachment = {
  "network-interface.attachment.attach-time": "NetworkInterfaces.Attachment.AttachTime",
  "network-interface.attachment.attachment-id": "NetworkInterfaces.Attachment.AttachmentId",
  "network-interface.attachment.delete-on-termination":
    "NetworkInterfaces.Attachment.DeleteOnTermination",
  "network-interface.attachment.device-index": "NetworkInterfaces.Attachment.DeviceIndex",
  "network-interface.attachment.network-card-index":
    "NetworkInterfaces.Attachment.NetworkCardIndex",
  "network-interface.attachment.status": "NetworkInterfaces.Attachment.Status",
};

const addresses = {
  "network-interface.addresses.association.allocation-id":
    "NetworkInterfaces.PrivateIpAddresses.Association.AllocationId",
  "network-interface.addresses.association.association-id":
    "NetworkInterfaces.PrivateIpAddresses.Association.AssociationId",
  "network-interface.addresses.association.carrier-ip":
    "NetworkInterfaces.PrivateIpAddresses.Association.CarrierIp",
  "network-interface.addresses.association.customer-owned-ip":
    "NetworkInterfaces.PrivateIpAddresses.Association.CustomerOwnedIp",
  "network-interface.addresses.association.ip-owner-id":
    "NetworkInterfaces.PrivateIpAddresses.Association.IpOwnerId",
  "network-interface.addresses.association.public-dns-name":
    "NetworkInterfaces.PrivateIpAddresses.Association.PublicDnsName",
  "network-interface.addresses.association.public-ip":
    "NetworkInterfaces.PrivateIpAddresses.Association.PublicIp",
  "network-interface.addresses.primary": "NetworkInterfaces.PrivateIpAddresses.Primary",
  "network-interface.addresses.private-dns-name":
    "NetworkInterfaces.PrivateIpAddresses.PrivateDnsName",
  "network-interface.addresses.private-ip-address":
    "NetworkInterfaces.PrivateIpAddresses.PrivateIpAddress",
  "network-interface.association.allocation-id": "NetworkInterfaces.Association.AllocationId",
  "network-interface.association.association-id": "NetworkInterfaces.Association.AssociationId",
  "network-interface.association.carrier-ip": "NetworkInterfaces.Association.CarrierIp",
  "network-interface.association.customer-owned-ip":
    "NetworkInterfaces.Association.CustomerOwnedIp",
  "network-interface.association.ip-owner-id": "NetworkInterfaces.Association.IpOwnerId",
  "network-interface.association.public-dns-name": "NetworkInterfaces.Association.PublicDnsName",
  "network-interface.association.public-ip": "NetworkInterfaces.Association.PublicIp",
};

const metadata = {
  "metadata-options.http-endpoint": "MetadataOptions.HttpEndpoint",
  "metadata-options.http-protocol-ipv6": "MetadataOptions.HttpProtocolIpv6",
  "metadata-options.http-put-response-hop-limit": "MetadataOptions.HttpPutResponseHopLimit",
  "metadata-options.http-tokens": "MetadataOptions.HttpTokens",
  "metadata-options.instance-metadata-tags": "MetadataOptions.InstanceMetadataTags",
  "metadata-options.state": "MetadataOptions.State",
};

export const instancePaths = {
  ...attachment,
  ...addresses,
  ...metadata,
  affinity: "Placement.Affinity",
  "block-device-mapping.attach-time": "BlockDeviceMappings.Ebs.AttachTime",
  "block-device-mapping.delete-on-termination": "BlockDeviceMappings.Ebs.DeleteOnTermination",
  "block-device-mapping.device-name": "BlockDeviceMappings.DeviceName",
  "block-device-mapping.status": "BlockDeviceMappings.Ebs.Status",
  "block-device-mapping.volume-id": "BlockDeviceMappings.Ebs.VolumeId",
  "boot-mode": "BootMode",
  "capacity-reservation-id": "CapacityReservationId",
  "capacity-reservation-specification.capacity-reservation-preference":
    "CapacityReservationSpecification.CapacityReservationPreference",
  "current-instance-boot-mode": "CurrentInstanceBootMode",
  "ebs-optimized": "EbsOptimized",
  "ena-support": "EnaSupport",
  "enclave-options.enabled": "EnclaveOptions.Enabled",
  "hibernation-options.configured": "HibernationOptions.Configured",
  "host-id": "Placement.HostId",
  hypervisor: "Hypervisor",
  "iam-instance-profile.id": "IamInstanceProfile.Id",
  "ipv6-address": "Ipv6Address",
  "kernel-id": "KernelId",
  "maintenance-options.auto-recovery": "MaintenanceOptions.AutoRecovery",
  "network-interface.description": "NetworkInterfaces.Description",
  "network-interface.group-id": "NetworkInterfaces.Groups.GroupId",
  "network-interface.group-name": "NetworkInterfaces.Groups.GroupName",
  "network-interface.ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
  "network-interface.ipv6-addresses.ipv6-address": "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
  "network-interface.mac-address": "NetworkInterfaces.MacAddress",
  "network-interface.owner-id": "NetworkInterfaces.OwnerId",
  "network-interface.private-dns-name": "NetworkInterfaces.PrivateDnsName",
  "network-interface.private-ip-address": "NetworkInterfaces.PrivateIpAddress",
  "network-interface.source-dest-check": "NetworkInterfaces.SourceDestCheck",
  "network-interface.status": "NetworkInterfaces.Status",
  "outpost-arn": "OutpostArn",
  "placement-partition-number": "Placement.PartitionNumber",
  platform: "Platform",
  "platform-details": "PlatformDetails",
  "private-dns-name-options.enable-resource-name-dns-a-record":
    "PrivateDnsNameOptions.EnableResourceNameDnsARecord",
  "private-dns-name-options.enable-resource-name-dns-aaaa-record":
    "PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord",
  "private-dns-name-options.hostname-type": "PrivateDnsNameOptions.HostnameType",
  "product-code": "ProductCodes.ProductCodeId",
  "product-code.type": "ProductCodes.ProductCodeType",
  "ramdisk-id": "RamdiskId",
  reason: "StateTransitionReason",
  "source-dest-check": "SourceDestCheck",
  "state-reason-code": "StateReason.Code",
  "state-reason-message": "StateReason.Message",
  "tpm-support": "TpmSupport",
  "usage-operation": "UsageOperation",
  "usage-operation-update-time": "UsageOperationUpdateTime",
};

export const interfacePaths = {
  "addresses.association.owner-id": "PrivateIpAddresses.Association.IpOwnerId",
  "addresses.association.public-ip": "PrivateIpAddresses.Association.PublicIp",
  "addresses.primary": "PrivateIpAddresses.Primary",
  "association.ip-owner-id": "Association.IpOwnerId",
  "association.public-dns-name": "Association.PublicDnsName",
  "attachment.attach-time": "Attachment.AttachTime",
  "attachment.instance-owner-id": "Attachment.InstanceOwnerId",
  "ipv6-addresses.ipv6-address": "Ipv6Addresses.Ipv6Address",
  "private-dns-name": "PrivateDnsName",
  "source-dest-check": "SourceDestCheck",
};

export const networkAclPaths = {
  "entry.cidr": "Entries.CidrBlock",
  "entry.egress": "Entries.Egress",
  "entry.icmp.code": "Entries.IcmpTypeCode.Code",
  "entry.icmp.type": "Entries.IcmpTypeCode.Type",
  "entry.ipv6-cidr": "Entries.Ipv6CidrBlock",
  "entry.port-range.from": "Entries.PortRange.From",
  "entry.port-range.to": "Entries.PortRange.To",
  "entry.protocol": "Entries.Protocol",
  "entry.rule-action": "Entries.RuleAction",
  "entry.rule-number": "Entries.RuleNumber",
};

export const routeTablePaths = {
  "association.gateway-id": "Associations.GatewayId",
  "route.destination-ipv6-cidr-block": "Routes.DestinationIpv6CidrBlock",
  "route.destination-prefix-list-id": "Routes.DestinationPrefixListId",
  "route.egress-only-internet-gateway-id": "Routes.EgressOnlyInternetGatewayId",
  "route.instance-id": "Routes.InstanceId",
  "route.transit-gateway-id": "Routes.TransitGatewayId",
  "route.vpc-peering-connection-id": "Routes.VpcPeeringConnectionId",
};

export const securityGroupPaths = {
  "egress.ip-permission.from-port": "IpPermissionsEgress.FromPort",
  "egress.ip-permission.group-name": "IpPermissionsEgress.UserIdGroupPairs.GroupName",
  "egress.ip-permission.ipv6-cidr": "IpPermissionsEgress.Ipv6Ranges.CidrIpv6",
  "egress.ip-permission.prefix-list-id": "IpPermissionsEgress.PrefixListIds.PrefixListId",
  "egress.ip-permission.protocol": "IpPermissionsEgress.IpProtocol",
  "egress.ip-permission.to-port": "IpPermissionsEgress.ToPort",
  "egress.ip-permission.user-id": "IpPermissionsEgress.UserIdGroupPairs.UserId",
  "ip-permission.group-name": "IpPermissions.UserIdGroupPairs.GroupName",
  "ip-permission.ipv6-cidr": "IpPermissions.Ipv6Ranges.CidrIpv6",
  "ip-permission.prefix-list-id": "IpPermissions.PrefixListIds.PrefixListId",
  "ip-permission.user-id": "IpPermissions.UserIdGroupPairs.UserId",
};

export const subnetPaths = {
  "available-ip-address-count": "AvailableIpAddressCount",
  "customer-owned-ipv4-pool": "CustomerOwnedIpv4Pool",
  "enable-dns64": "EnableDns64",
  "enable-lni-at-device-index": "EnableLniAtDeviceIndex",
  "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
  "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
  "map-customer-owned-ip-on-launch": "MapCustomerOwnedIpOnLaunch",
  "outpost-arn": "OutpostArn",
  "private-dns-name-options-on-launch.enable-resource-name-dns-a-record":
    "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
  "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record":
    "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
  "private-dns-name-options-on-launch.hostname-type": "PrivateDnsNameOptionsOnLaunch.HostnameType",
};

export const vpcPaths = {
  "ipv6-cidr-block-association.association-id": "Ipv6CidrBlockAssociationSet.AssociationId",
  "ipv6-cidr-block-association.ipv6-pool": "Ipv6CidrBlockAssociationSet.Ipv6Pool",
  "ipv6-cidr-block-association.state": "Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State",
};

export const volumePaths = {
  "attachment.attach-time": "Attachments.AttachTime",
  "create-time": "CreateTime",
  "fast-restored": "FastRestored",
  "multi-attach-enabled": "MultiAttachEnabled",
};

export const snapshotPaths = {
  "owner-alias": "OwnerAlias",
  progress: "Progress",
  "storage-tier": "StorageTier",
};

export const imagePaths = {
  "block-device-mapping.delete-on-termination": "BlockDeviceMappings.Ebs.DeleteOnTermination",
  "block-device-mapping.device-name": "BlockDeviceMappings.DeviceName",
  "block-device-mapping.encrypted": "BlockDeviceMappings.Ebs.Encrypted",
  "block-device-mapping.volume-type": "BlockDeviceMappings.Ebs.VolumeType",
  "boot-mode": "BootMode",
  "kernel-id": "KernelId",
  "manifest-location": "ImageLocation",
  "product-code": "ProductCodes.ProductCodeId",
  "product-code.type": "ProductCodes.ProductCodeType",
  "ramdisk-id": "RamdiskId",
  "source-image-id": "SourceImageId",
  "source-image-region": "SourceImageRegion",
  "source-instance-id": "SourceInstanceId",
  "sriov-net-support": "SriovNetSupport",
  "state-reason-code": "StateReason.Code",
  "state-reason-message": "StateReason.Message",
};

export const addressPaths = { "network-interface-owner-id": "NetworkInterfaceOwnerId" };

export const instanceStatusPaths = {
  "event.code": "Events.Code",
  "event.description": "Events.Description",
  "event.instance-event-id": "Events.InstanceEventId",
  "event.not-after": "Events.NotAfter",
  "event.not-before": "Events.NotBefore",
  "event.not-before-deadline": "Events.NotBeforeDeadline",
  "instance-status.reachability": "InstanceStatus.Details.Status",
  "instance-status.status": "InstanceStatus.Status",
  "system-status.reachability": "SystemStatus.Details.Status",
  "system-status.status": "SystemStatus.Status",
};
