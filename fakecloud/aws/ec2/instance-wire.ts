import type { Instance, InstanceNetworkInterface } from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import type { InstanceState } from "../contract.ts";
import type { Ec2Region } from "./ec2-region.ts";
import {
  associationToWire,
  groupsToWire,
  privateDnsNameOf,
  publicDnsNameOf,
} from "./network-interfaces.ts";
import type { InstanceRecord, NetworkInterface } from "./records.ts";
import { instanceTypes } from "./tables/instance-types.ts";
import { tagsToWire } from "./tag-rules.ts";
import { volumesOf } from "./volumes.ts";

export const stateCodes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

export function stateToWire(state: InstanceState) {
  return { Code: stateCodes[state], Name: state };
}

const openReservation = { CapacityReservationPreference: "open" } as const;
const defaultRecovery = { AutoRecovery: "default" } as const;

/** Two threads share a core of x86 processors. */
function cpuOptionsOf({ instanceType, architecture }: InstanceRecord) {
  const ThreadsPerCore = architecture === "arm64" ? 1 : 2;
  const vcpus = instanceTypes.get(instanceType)?.vcpus ?? ThreadsPerCore;
  return { CoreCount: Math.max(1, Math.floor(vcpus / ThreadsPerCore)), ThreadsPerCore };
}

/** What the launch does not say, its subnet does. */
function dnsOptionsOf(region: Ec2Region, { extra, subnetId }: InstanceRecord) {
  const subnet = region.subnets.peek(subnetId);
  const said = extra.PrivateDnsNameOptions;
  return {
    HostnameType: said?.HostnameType ?? (subnet?.privateDnsHostnameType as "ip-name" | undefined),
    EnableResourceNameDnsARecord:
      said?.EnableResourceNameDnsARecord ?? subnet?.enableResourceNameDnsARecord ?? false,
    EnableResourceNameDnsAAAARecord:
      said?.EnableResourceNameDnsAAAARecord ?? subnet?.enableResourceNameDnsAAAARecord ?? false,
  };
}

export function instanceToWire(region: Ec2Region, instance: InstanceRecord): Instance {
  const { extra } = instance;
  const nodes = instance.networkInterfaceIds
    .map((id) => region.networkInterfaces.peek(id))
    .filter((node) => node !== undefined);
  return {
    InstanceId: instance.instanceId,
    ImageId: instance.imageId,
    State: stateToWire(instance.state),
    StateTransitionReason: instance.transitionReason,
    ...(instance.stateReason === undefined
      ? {}
      : {
          StateReason: { Code: instance.stateReason.code, Message: instance.stateReason.message },
        }),
    InstanceType: instance.instanceType as "m5.large",
    LaunchTime: toDate(instance.launchedAtMs),
    AmiLaunchIndex: instance.launchIndex,
    Placement: {
      ...extra.Placement,
      AvailabilityZone: instance.zone,
      GroupName: extra.Placement?.GroupName ?? "",
      Tenancy: instance.tenancy as "default",
    },
    Monitoring: { State: instance.monitoring ? "enabled" : "disabled" },
    ...(instance.keyName === undefined ? {} : { KeyName: instance.keyName }),
    ...networkToWire(region, instance, nodes),
    Architecture: instance.architecture as "x86_64",
    RootDeviceName: instance.rootDeviceName,
    RootDeviceType: "ebs",
    VirtualizationType: "hvm",
    Hypervisor: "xen",
    EbsOptimized: instance.ebsOptimized,
    EnaSupport: true,
    ClientToken: instance.clientToken,
    ...(instance.instanceProfileArn === undefined
      ? {}
      : {
          IamInstanceProfile: { Arn: instance.instanceProfileArn, Id: instance.instanceProfileId },
        }),
    ...(instance.spot
      ? { InstanceLifecycle: "spot", SpotInstanceRequestId: instance.spotRequestId }
      : {}),
    BlockDeviceMappings: volumesToWire(region, instance),
    MetadataOptions: instance.metadataOptions,
    PlatformDetails: "Linux/UNIX",
    UsageOperation: "RunInstances",
    UsageOperationUpdateTime: toDate(instance.launchedAtMs),
    HibernationOptions: { Configured: false },
    EnclaveOptions: { Enabled: false },
    CapacityReservationSpecification: extra.CapacityReservationSpecification ?? openReservation,
    MaintenanceOptions: extra.MaintenanceOptions ?? defaultRecovery,
    CurrentInstanceBootMode: "legacy-bios",
    CpuOptions: extra.CpuOptions ?? cpuOptionsOf(instance),
    PrivateDnsNameOptions: dnsOptionsOf(region, instance),
    ProductCodes: [],
    Tags: tagsToWire(instance.tags),
  };
}

/** Terminated instances have lost their addresses, VPC and subnet. */
function networkToWire(
  region: Ec2Region,
  instance: InstanceRecord,
  nodes: readonly NetworkInterface[],
): Partial<Instance> {
  const empty = {
    PrivateDnsName: "",
    PublicDnsName: "",
    NetworkInterfaces: [],
    SecurityGroups: [],
  };
  const [primary] = nodes;
  if (primary === undefined) return empty;
  const hostNames = region.vpcs.peek(instance.vpcId)?.enableDnsHostnames === true;
  const { publicIp } = primary;
  return {
    VpcId: instance.vpcId,
    SubnetId: instance.subnetId,
    PrivateIpAddress: instance.privateIp,
    PrivateDnsName: instance.privateDnsName,
    PublicDnsName: publicIp !== undefined && hostNames ? publicDnsNameOf(region, publicIp) : "",
    ...(publicIp === undefined ? {} : { PublicIpAddress: publicIp }),
    ...(primary.ipv6Addresses[0] === undefined ? {} : { Ipv6Address: primary.ipv6Addresses[0] }),
    SourceDestCheck: primary.sourceDestCheck,
    SecurityGroups: groupsToWire(region, primary.securityGroupIds),
    NetworkInterfaces: nodes.map((node) => interfaceOf(region, node)),
  };
}

function interfaceOf(region: Ec2Region, node: NetworkInterface): InstanceNetworkInterface {
  const association = associationToWire(region, node);
  const [privateIp = ""] = node.privateIps;
  return {
    NetworkInterfaceId: node.networkInterfaceId,
    SubnetId: node.subnetId,
    VpcId: node.vpcId,
    Description: node.description,
    OwnerId: region.accountId,
    Status: "in-use",
    MacAddress: node.macAddress,
    PrivateIpAddress: privateIp,
    PrivateDnsName: privateDnsNameOf(region, privateIp),
    SourceDestCheck: node.sourceDestCheck,
    InterfaceType: node.interfaceType,
    Groups: groupsToWire(region, node.securityGroupIds),
    Attachment: {
      AttachmentId: node.attachmentId,
      AttachTime: toDate(node.attachedAtMs ?? 0),
      DeleteOnTermination: node.deleteOnTermination,
      DeviceIndex: node.deviceIndex,
      NetworkCardIndex: 0,
      Status: "attached",
    },
    ...(association === undefined ? {} : { Association: association }),
    PrivateIpAddresses: node.privateIps.map((ip, index) => ({
      PrivateIpAddress: ip,
      PrivateDnsName: privateDnsNameOf(region, ip),
      Primary: index === 0,
      ...(index === 0 && association !== undefined ? { Association: association } : {}),
    })),
    Ipv6Addresses: node.ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address })),
  };
}

function volumesToWire(
  region: Ec2Region,
  instance: InstanceRecord,
): Instance["BlockDeviceMappings"] {
  return volumesOf(region, instance).map((volume) => ({
    DeviceName: volume.attachment?.device,
    Ebs: {
      VolumeId: volume.volumeId,
      Status: "attached",
      AttachTime: toDate(volume.attachment?.attachedAtMs ?? 0),
      DeleteOnTermination: volume.attachment?.deleteOnTermination,
    },
  }));
}
