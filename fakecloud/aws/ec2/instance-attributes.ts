import type {
  DescribeInstanceAttributeRequest,
  InstanceAttribute,
  ModifyInstanceAttributeRequest,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
} from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import { requireGroups, setInterfaceGroups } from "./interfaces.ts";
import { groupsToWire } from "./network-interfaces.ts";
import type { InstanceRecord } from "./records.ts";

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
  disableApiStop: () => ({ DisableApiStop: { Value: false } }),
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
  const primary = region.networkInterfaces.peek(instance.networkInterfaceIds[0] ?? "");
  if (input.Groups !== undefined && primary !== undefined) {
    setInterfaceGroups(primary, requireGroups(region, instance.vpcId, input.Groups));
  }
  if (input.SourceDestCheck?.Value !== undefined && primary !== undefined) {
    primary.sourceDestCheck = input.SourceDestCheck.Value;
  }
  const { DisableApiTermination: protection, InstanceInitiatedShutdownBehavior: behavior } = input;
  instance.disableApiTermination = protection?.Value ?? instance.disableApiTermination;
  instance.shutdownBehavior = behavior?.Value ?? instance.shutdownBehavior;
  modifyStopped(instance, input);
  return {};
}

/** What can be changed only while the instance is stopped. */
function modifyStopped(instance: InstanceRecord, input: ModifyInstanceAttributeRequest): void {
  const { InstanceType: type, UserData: userData } = input;
  if (type?.Value === undefined && userData?.Value === undefined) return;
  if (instance.state !== "stopped") {
    const message = `The instance '${instance.instanceId}' is not in the 'stopped' state.`;
    throw ec2Error("IncorrectInstanceState", message);
  }
  instance.instanceType = type?.Value ?? instance.instanceType;
  if (userData?.Value !== undefined)
    instance.userData = Buffer.from(userData.Value).toString("base64");
}

export function modifyInstanceMetadataOptions(
  region: Ec2Region,
  input: ModifyInstanceMetadataOptionsRequest,
): ModifyInstanceMetadataOptionsResult {
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  const { InstanceId, DryRun: _, ...wanted } = input;
  const given = Object.fromEntries(
    Object.entries(wanted).filter(([, value]) => value !== undefined),
  );
  instance.metadataOptions = { ...instance.metadataOptions, ...given, State: "applied" };
  return {
    InstanceId,
    InstanceMetadataOptions: { ...instance.metadataOptions, State: "pending" },
  };
}
