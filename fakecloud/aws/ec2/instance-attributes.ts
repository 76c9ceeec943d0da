import type {
  DescribeInstanceAttributeRequest,
  InstanceAttribute,
  InstanceBlockDeviceMappingSpecification,
  ModifyInstanceAttributeRequest,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
} from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import { requireGroups, setInterfaceGroups } from "./interfaces.ts";
import { groupsToWire } from "./network-interfaces.ts";
import type { InstanceRecord } from "./records.ts";
import { volumesOf } from "./volumes.ts";

type Reader = (region: Ec2Region, instance: InstanceRecord) => Partial<InstanceAttribute>;

function primaryOf(region: Ec2Region, instance: InstanceRecord) {
  return region.networkInterfaces.peek(instance.networkInterfaceIds[0] ?? "");
}

const readers: Readonly<Record<string, Reader>> = {
  userData: (_region, { userData }) => ({ UserData: userData === "" ? {} : { Value: userData } }),
  instanceType: (_region, { instanceType }) => ({ InstanceType: { Value: instanceType } }),
  disableApiTermination: (_region, { disableApiTermination }) => ({
    DisableApiTermination: { Value: disableApiTermination },
  }),
  instanceInitiatedShutdownBehavior: (_region, { shutdownBehavior }) => ({
    InstanceInitiatedShutdownBehavior: { Value: shutdownBehavior },
  }),
  rootDeviceName: (_region, { rootDeviceName }) => ({ RootDeviceName: { Value: rootDeviceName } }),
  ebsOptimized: (_region, { ebsOptimized }) => ({ EbsOptimized: { Value: ebsOptimized } }),
  disableApiStop: (_region, { disableApiStop }) => ({ DisableApiStop: { Value: disableApiStop } }),
  sourceDestCheck: (region, instance) => ({
    SourceDestCheck: { Value: primaryOf(region, instance)?.sourceDestCheck ?? true },
  }),
  groupSet: (region, instance) => ({
    Groups: groupsToWire(region, primaryOf(region, instance)?.securityGroupIds ?? []),
  }),
};

export function describeInstanceAttribute(
  region: Ec2Region,
  input: DescribeInstanceAttributeRequest,
): InstanceAttribute {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  const read = readers[required<string>(input.Attribute, "attribute")];
  if (read === undefined) {
    throw invalidParameter(
      `Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`,
    );
  }
  return { InstanceId: instance.instanceId, ...read(region, instance) };
}

/** One attribute in each call. */
export function modifyInstanceAttribute(region: Ec2Region, input: ModifyInstanceAttributeRequest) {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  const wanted = { ...fromText(input), ...definedOf(input) };
  modifyPrimary(region, instance, wanted);
  const { DisableApiTermination: protection, InstanceInitiatedShutdownBehavior: behavior } = wanted;
  instance.disableApiTermination = protection?.Value ?? instance.disableApiTermination;
  instance.disableApiStop = wanted.DisableApiStop?.Value ?? instance.disableApiStop;
  instance.shutdownBehavior = behavior?.Value ?? instance.shutdownBehavior;
  for (const mapping of wanted.BlockDeviceMappings ?? []) keepVolume(region, instance, mapping);
  modifyStopped(instance, wanted);
  return {};
}

/** Groups and the check of addresses are those of the primary interface. */
function modifyPrimary(region: Ec2Region, instance: InstanceRecord, wanted: Attributes): void {
  const primary = primaryOf(region, instance);
  if (primary === undefined) return;
  if (wanted.Groups !== undefined) {
    setInterfaceGroups(primary, requireGroups(region, instance.vpcId, wanted.Groups));
  }
  primary.sourceDestCheck = wanted.SourceDestCheck?.Value ?? primary.sourceDestCheck;
}

type Attributes = Pick<
  ModifyInstanceAttributeRequest,
  | "BlockDeviceMappings"
  | "DisableApiStop"
  | "DisableApiTermination"
  | "EbsOptimized"
  | "Groups"
  | "InstanceInitiatedShutdownBehavior"
  | "InstanceType"
  | "SourceDestCheck"
  | "UserData"
>;

function definedOf(input: ModifyInstanceAttributeRequest): Attributes {
  const { BlockDeviceMappings, DisableApiStop, DisableApiTermination, EbsOptimized } = input;
  const { Groups, InstanceInitiatedShutdownBehavior, InstanceType, SourceDestCheck } = input;
  const all = {
    BlockDeviceMappings,
    DisableApiStop,
    DisableApiTermination,
    EbsOptimized,
    Groups,
    InstanceInitiatedShutdownBehavior,
    InstanceType,
    SourceDestCheck,
    UserData: input.UserData,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The older form: the name of an attribute, and its value as text. */
function fromText({ Attribute: name, Value }: ModifyInstanceAttributeRequest): Attributes {
  if (name === undefined) return {};
  const text = required(Value, "value");
  const isTrue = { Value: text === "true" };
  switch (name) {
    case "disableApiStop":
      return { DisableApiStop: isTrue };
    case "disableApiTermination":
      return { DisableApiTermination: isTrue };
    case "ebsOptimized":
      return { EbsOptimized: isTrue };
    case "sourceDestCheck":
      return { SourceDestCheck: isTrue };
    case "instanceInitiatedShutdownBehavior":
      return { InstanceInitiatedShutdownBehavior: { Value: text } };
    case "instanceType":
      return { InstanceType: { Value: text } };
    case "userData":
      return { UserData: { Value: Buffer.from(text, "base64") } };
    default:
      throw invalidParameter(`Value (${name}) for parameter attribute is invalid.`);
  }
}

/** Whether a volume goes with its instance. */
function keepVolume(
  region: Ec2Region,
  instance: InstanceRecord,
  mapping: InstanceBlockDeviceMappingSpecification,
): void {
  const { DeviceName: device = "", Ebs: ebs } = mapping;
  const volume = volumesOf(region, instance).find((one) => one.attachment?.device === device);
  if (volume?.attachment === undefined) {
    const message = `Instance '${instance.instanceId}' has no device '${device}'.`;
    throw ec2Error("InvalidInstanceAttributeValue", message);
  }
  volume.attachment.deleteOnTermination =
    ebs?.DeleteOnTermination ?? volume.attachment.deleteOnTermination;
}

/** What can be changed only while the instance is stopped. */
function modifyStopped(instance: InstanceRecord, wanted: Attributes): void {
  const { InstanceType: type, UserData: userData, EbsOptimized: optimized } = wanted;
  const all = [type?.Value, userData?.Value, optimized?.Value];
  if (all.every((value) => value === undefined)) return;
  if (instance.state !== "stopped") {
    const message = `The instance '${instance.instanceId}' is not in the 'stopped' state.`;
    throw ec2Error("IncorrectInstanceState", message);
  }
  instance.instanceType = type?.Value ?? instance.instanceType;
  instance.ebsOptimized = optimized?.Value ?? instance.ebsOptimized;
  if (userData?.Value !== undefined)
    instance.userData = Buffer.from(userData.Value).toString("base64");
}

export function modifyInstanceMetadataOptions(
  region: Ec2Region,
  input: ModifyInstanceMetadataOptionsRequest,
): ModifyInstanceMetadataOptionsResult {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  const { InstanceId, HttpTokens, HttpEndpoint, HttpPutResponseHopLimit } = input;
  const { HttpProtocolIpv6, InstanceMetadataTags } = input;
  const wanted = {
    HttpTokens,
    HttpEndpoint,
    HttpPutResponseHopLimit,
    HttpProtocolIpv6,
    InstanceMetadataTags,
  };
  const given = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  );
  instance.metadataOptions = { ...instance.metadataOptions, ...given, State: "applied" };
  return {
    InstanceId,
    InstanceMetadataOptions: { ...instance.metadataOptions, State: "pending" },
  };
}
