import type {
  BlockDeviceMapping,
  InstanceNetworkInterfaceSpecification,
  RunInstancesRequest,
} from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { privateDnsNameOf } from "./network-interfaces.ts";
import { attach } from "./network-interfaces.ts";
import { createInterface, mapAddress } from "./interfaces.ts";
import type { WantedAddresses } from "./interface-addresses.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { InstanceRecord, LaunchExtras, NetworkInterface } from "./records.ts";

/** Makes one instance with its interfaces and volumes, and sets it going. */
export function launch(
  region: Ec2Region,
  plan: LaunchPlan,
  position: { readonly reservationId: string; readonly index: number },
): InstanceRecord {
  const name = plan.tags.get("Name") ?? plan.input.ClientToken ?? plan.subnet.subnetId;
  const instanceId = region.newId("i", name);
  const nodes = makeInterfaces(region, plan, instanceId);
  const [primary] = nodes;
  const privateIp = primary?.privateIps[0] ?? "";
  const { input, image } = plan;
  const instance: InstanceRecord = {
    instanceId,
    state: "pending",
    networkInterfaceIds: nodes.map((node) => node.networkInterfaceId),
    reservationId: position.reservationId,
    launchIndex: position.index,
    imageId: image.imageId,
    imageName: image.name,
    instanceType: plan.instanceType,
    architecture: image.architecture,
    zone: plan.subnet.zone,
    vpcId: plan.subnet.vpcId,
    subnetId: primary?.subnetId ?? plan.subnet.subnetId,
    privateIp,
    privateDnsName: hostName(region, plan, { instanceId, privateIp }),
    launchedAtMs: region.now(),
    instanceProfileArn: plan.profile?.arn,
    instanceProfileId: plan.profile?.id,
    stateReason: undefined,
    transitionReason: "",
    volumeIds: makeVolumes(region, plan, instanceId),
    rootDeviceName: image.rootDeviceName,
    runningSinceMs: undefined,
    tags: new Map(plan.tags),
    ...optionsOf(input),
  };
  region.instances.add(instanceId, instance);
  region.cloud.announce(region, instance, undefined);
  return instance;
}

/** What a launch may say, and what EC2 takes where it says nothing. */
function optionsOf(input: RunInstancesRequest) {
  const {
    KeyName,
    ClientToken = "",
    UserData = "",
    EbsOptimized = false,
    DisableApiTermination = false,
    InstanceInitiatedShutdownBehavior = "stop",
    InstanceMarketOptions,
    Placement,
  } = input;
  return {
    keyName: KeyName,
    clientToken: ClientToken,
    userData: UserData,
    metadataOptions: metadataOptions(input),
    spot: InstanceMarketOptions?.MarketType === "spot",
    spotRequestId: undefined,
    monitoring: input.Monitoring?.Enabled === true,
    cpuCredits: input.CreditSpecification?.CpuCredits,
    tenancy: Placement?.Tenancy ?? "default",
    ebsOptimized: EbsOptimized,
    disableApiTermination: DisableApiTermination,
    shutdownBehavior: InstanceInitiatedShutdownBehavior,
    disableApiStop: input.DisableApiStop === true,
    extra: extrasOf(input),
  };
}

const noExtras: LaunchExtras = {};

function extrasOf(input: RunInstancesRequest): LaunchExtras {
  const { Placement, CpuOptions, MaintenanceOptions, PrivateDnsNameOptions } = input;
  const preference = input.CapacityReservationSpecification?.CapacityReservationPreference;
  const extras: LaunchExtras = {
    ...(Placement === undefined ? {} : { Placement }),
    ...(CpuOptions === undefined ? {} : { CpuOptions }),
    ...(MaintenanceOptions === undefined ? {} : { MaintenanceOptions }),
    ...(PrivateDnsNameOptions === undefined ? {} : { PrivateDnsNameOptions }),
    ...(preference === undefined
      ? {}
      : { CapacityReservationSpecification: { CapacityReservationPreference: preference } }),
  };
  return Object.keys(extras).length === 0 ? noExtras : extras;
}

/** Called when the answer of the call has been made, which still says pending. */
export function startUp(region: Ec2Region, instance: InstanceRecord): void {
  const label = `instance ${instance.instanceId} starts`;
  region.after(region.settings.durations.instanceStart, label, "instanceRuns", instance.instanceId);
}

function hostName(
  region: Ec2Region,
  plan: LaunchPlan,
  instance: { readonly instanceId: string; readonly privateIp: string },
): string {
  const type = plan.input.PrivateDnsNameOptions?.HostnameType ?? plan.subnet.privateDnsHostnameType;
  const byAddress = privateDnsNameOf(region, instance.privateIp);
  if (type !== "resource-name") return byAddress;
  return `${instance.instanceId}${byAddress.slice(byAddress.indexOf("."))}`;
}

/** Shared by all that say nothing else: a change of them makes others. */
const usualMetadata: InstanceRecord["metadataOptions"] = {
  State: "applied",
  HttpTokens: "optional",
  HttpPutResponseHopLimit: 1,
  HttpEndpoint: "enabled",
  HttpProtocolIpv6: "disabled",
  InstanceMetadataTags: "disabled",
};

function metadataOptions(input: RunInstancesRequest): InstanceRecord["metadataOptions"] {
  const { MetadataOptions: wanted } = input;
  if (wanted === undefined) return usualMetadata;
  return {
    State: "applied",
    HttpTokens: wanted.HttpTokens ?? usualMetadata.HttpTokens,
    HttpPutResponseHopLimit:
      wanted.HttpPutResponseHopLimit ?? usualMetadata.HttpPutResponseHopLimit,
    HttpEndpoint: wanted.HttpEndpoint ?? usualMetadata.HttpEndpoint,
    HttpProtocolIpv6: wanted.HttpProtocolIpv6 ?? usualMetadata.HttpProtocolIpv6,
    InstanceMetadataTags: wanted.InstanceMetadataTags ?? usualMetadata.InstanceMetadataTags,
  };
}

function makeInterfaces(
  region: Ec2Region,
  plan: LaunchPlan,
  instanceId: string,
): readonly NetworkInterface[] {
  const specifications = plan.input.NetworkInterfaces ?? [{ DeviceIndex: 0 }];
  return specifications.map((specification, index) => {
    const deviceIndex = specification.DeviceIndex ?? index;
    const node = makeInterface(region, plan, specification, deviceIndex);
    attach(region, node, { instanceId, deviceIndex });
    return node;
  });
}

function makeInterface(
  region: Ec2Region,
  plan: LaunchPlan,
  specification: InstanceNetworkInterfaceSpecification,
  deviceIndex: number,
): NetworkInterface {
  const { NetworkInterfaceId: existing } = specification;
  if (existing !== undefined) return region.networkInterfaces.require(existing);
  const subnet =
    specification.SubnetId === undefined
      ? plan.subnet
      : region.subnets.require(specification.SubnetId);
  const node = createInterface(region, subnet, {
    securityGroupIds: plan.securityGroupIds,
    description: specification.Description ?? "",
    interfaceType: specification.InterfaceType ?? "interface",
    addresses: addressesOf(plan.input, specification),
    tags: new Map(plan.interfaceTags),
    name: `${plan.tags.get("Name") ?? ""}/${deviceIndex}`,
  });
  node.deleteOnTermination = specification.DeleteOnTermination ?? true;
  const isPublic = specification.AssociatePublicIpAddress ?? subnet.mapPublicIpOnLaunch;
  if (isPublic && deviceIndex === 0) mapAddress(region, node);
  return node;
}

/** Without a specification of interfaces the launch itself says which addresses its only one gets. */
function addressesOf(
  input: RunInstancesRequest,
  specification: InstanceNetworkInterfaceSpecification,
): WantedAddresses {
  if (input.NetworkInterfaces !== undefined) return specification;
  const { PrivateIpAddress, Ipv6AddressCount, Ipv6Addresses } = input;
  return { PrivateIpAddress, Ipv6AddressCount, Ipv6Addresses };
}

function makeVolumes(
  region: Ec2Region,
  plan: LaunchPlan,
  instanceId: string,
): InstanceRecord["volumeIds"] {
  const given = plan.input.BlockDeviceMappings ?? [];
  const root = given.find((mapping) => mapping.DeviceName === plan.image.rootDeviceName);
  const others = given.filter((mapping) => mapping !== root && mapping.NoDevice === undefined);
  const ofImage = (plan.image.own?.BlockDeviceMappings ?? []).filter(
    ({ DeviceName: name }) =>
      name !== plan.image.rootDeviceName && !given.some((mapping) => mapping.DeviceName === name),
  );
  const rootOfImage = plan.image.own?.BlockDeviceMappings?.find(
    (mapping) => mapping.DeviceName === plan.image.rootDeviceName,
  );
  const whole = {
    DeviceName: plan.image.rootDeviceName,
    Ebs: { ...rootOfImage?.Ebs, ...root?.Ebs },
  };
  const mappings = [whole, ...ofImage, ...others];
  return mappings.map((mapping) => makeVolume(region, plan, mapping, instanceId));
}

function makeVolume(
  region: Ec2Region,
  plan: LaunchPlan,
  mapping: BlockDeviceMapping,
  instanceId: string,
): string {
  const { Ebs: ebs = {}, DeviceName: deviceName = "" } = mapping;
  const volumeId = region.newId("vol", `${plan.tags.get("Name") ?? instanceId}${deviceName}`);
  const isRoot = deviceName === plan.image.rootDeviceName;
  const deleteOnTermination = ebs.DeleteOnTermination ?? isRoot;
  const attachment = {
    instanceId,
    device: deviceName,
    deleteOnTermination,
    attachedAtMs: region.now(),
  };
  region.volumes.add(volumeId, {
    volumeId,
    zone: plan.subnet.zone,
    sizeGiB: ebs.VolumeSize ?? plan.image.sizeGiB,
    volumeType: ebs.VolumeType ?? "gp3",
    iops: ebs.Iops,
    throughput: ebs.Throughput,
    encrypted: ebs.Encrypted ?? region.encryptsByDefault,
    kmsKeyId: ebs.KmsKeyId,
    snapshotId: ebs.SnapshotId ?? (isRoot ? plan.image.snapshotId : ""),
    createdAtMs: region.now(),
    state: "in-use",
    attachment,
    tags: new Map(plan.volumeTags),
  });
  return volumeId;
}
