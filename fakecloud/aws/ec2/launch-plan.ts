import type { RunInstancesRequest } from "@aws-sdk/client-ec2";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import { ensurePublishedImages } from "./image-catalogue.ts";
import { requireGroups } from "./interfaces.ts";
import type { Image, Subnet } from "./records.ts";
import { type InstanceTypeFacts, instanceTypes } from "./tables/instance-types.ts";
import { tagsFor } from "./tag-rules.ts";

/** Everything that a launch needs, checked. */
export interface LaunchPlan {
  readonly input: RunInstancesRequest;
  readonly image: Image;
  readonly instanceType: string;
  readonly facts: InstanceTypeFacts;
  readonly subnet: Subnet;
  readonly securityGroupIds: readonly string[];
  readonly profile: { readonly arn: string; readonly id: string } | undefined;
  readonly tags: Map<string, string>;
  readonly volumeTags: Map<string, string>;
  readonly interfaceTags: Map<string, string>;
}

const maxUserDataBytes = 16_384;

/**
 * When several errors apply, the first of these wins: parameters, user data, image, type, architecture, subnet, groups,
 * key pair, instance profile.
 */
export function planLaunch(region: Ec2Region, input: RunInstancesRequest): LaunchPlan {
  checkCombination(input);
  const imageId = required(input.ImageId, "ImageId");
  const tags = tagsFor(input.TagSpecifications, "instance", taggedByLaunch);
  checkUserData(input.UserData);
  const image = findImage(region, imageId);
  const instanceType: string = input.InstanceType ?? "m1.small";
  const facts = findType(instanceType);
  if (facts.architecture !== image.architecture) {
    const message = `The architecture '${facts.architecture}' of the specified instance type does not match the architecture '${image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching architectures, and try again.`;
    throw invalidParameter(message);
  }
  const subnet = findSubnet(region, input);
  const [first] = input.NetworkInterfaces ?? [];
  const groups = first?.Groups ?? [
    ...(input.SecurityGroupIds ?? []),
    ...(input.SecurityGroups ?? []).map((name) => groupNamed(region, subnet, name)),
  ];
  const securityGroupIds = requireGroups(region, subnet.vpcId, groups);
  checkReservation(input);
  checkKey(region, input.KeyName);
  return {
    input,
    image,
    instanceType,
    facts,
    subnet,
    securityGroupIds,
    profile: findProfile(region, input),
    tags,
    volumeTags: tagsFor(input.TagSpecifications, "volume", taggedByLaunch),
    interfaceTags: tagsFor(input.TagSpecifications, "network-interface", taggedByLaunch),
  };
}

function groupNamed(region: Ec2Region, { vpcId }: Subnet, name: string): string {
  const found = region.securityGroups
    .visible()
    .find((group) => group.groupName === name && group.vpcId === vpcId);
  if (found !== undefined) return found.groupId;
  const message = `The security group '${name}' does not exist in VPC '${vpcId}'`;
  throw ec2Error("InvalidGroup.NotFound", message);
}

/** Nobody reserves capacity here, so nothing can be launched into reservations only. */
function checkReservation(input: RunInstancesRequest): void {
  const { CapacityReservationPreference: preference } =
    input.CapacityReservationSpecification ?? {};
  if (preference === undefined || preference === "open" || preference === "none") return;
  throw ec2Error("ReservationCapacityExceeded", "The requested reservation has no free capacity.");
}

/** Interfaces have subnets and groups of their own. */
function checkCombination(input: RunInstancesRequest): void {
  if ((input.NetworkInterfaces ?? []).length === 0) return;
  if (input.SubnetId !== undefined) {
    const message =
      "Network interfaces and an instance-level subnet ID may not be specified on the same request";
    throw ec2Error("InvalidParameterCombination", message);
  }
  if ((input.SecurityGroupIds ?? input.SecurityGroups ?? []).length === 0) return;
  const message =
    "Network interfaces and an instance-level security groups may not be specified on the same request";
  throw ec2Error("InvalidParameterCombination", message);
}

export const taggedByLaunch = ["instance", "network-interface", "spot-instances-request", "volume"];

function checkUserData(userData: string | undefined): void {
  if (userData === undefined || userData === "") return;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(userData)) {
    throw ec2Error("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
  }
  if (Buffer.byteLength(userData, "base64") <= maxUserDataBytes) return;
  throw invalidParameter(`User data is limited to ${maxUserDataBytes} bytes`);
}

function findImage(region: Ec2Region, imageId: string): Image {
  const found = region.images.get(imageId);
  if (found !== undefined || region.settings.strict) return found ?? region.images.require(imageId);
  // Suites for other emulators launch from made-up images: they stand for a current one.
  ensurePublishedImages(region, "capa-ami-ubuntu-24.04-v1.34.0-*");
  const [standIn] = region.images.filter((image) => image.name.startsWith("capa-ami-"));
  if (standIn === undefined) return region.images.require(imageId);
  return { ...standIn, imageId, name: imageId };
}

function findType(instanceType: string): InstanceTypeFacts {
  const facts = instanceTypes.get(instanceType);
  if (facts !== undefined) return facts;
  throw invalidParameter(`Invalid value '${instanceType}' for InstanceType.`);
}

function findSubnet(region: Ec2Region, input: RunInstancesRequest): Subnet {
  const [first] = input.NetworkInterfaces ?? [];
  if (first?.NetworkInterfaceId !== undefined) {
    const node = region.networkInterfaces.require(first.NetworkInterfaceId);
    if (node.attachmentId !== undefined) {
      const message = `Interface: ${node.networkInterfaceId} in use.`;
      throw ec2Error("InvalidNetworkInterface.InUse", message);
    }
    return region.subnets.require(node.subnetId);
  }
  const subnetId = first?.SubnetId ?? input.SubnetId;
  if (subnetId !== undefined) return region.subnets.require(subnetId);
  const zone = input.Placement?.AvailabilityZone;
  const defaults = region.subnets.filter((subnet) => subnet.isDefault);
  const found = defaults.find((subnet) => zone === undefined || subnet.zone === zone);
  if (found !== undefined) return found;
  const message = "No subnets found for the default VPC. Please specify a subnet.";
  throw ec2Error("MissingInput", message);
}

function checkKey(region: Ec2Region, keyName: string | undefined): void {
  if (keyName === undefined || !region.settings.strict) return;
  if (region.keyPairs.some((key) => key.keyName === keyName)) return;
  throw ec2Error("InvalidKeyPair.NotFound", `The key pair '${keyName}' does not exist`);
}

function findProfile(region: Ec2Region, input: RunInstancesRequest): LaunchPlan["profile"] {
  const { Arn, Name } = input.IamInstanceProfile ?? {};
  if (Arn === undefined && Name === undefined) return undefined;
  return requireProfile(region, { Arn, Name });
}

export function requireProfile(
  region: Ec2Region,
  { Arn, Name }: { readonly Arn?: string | undefined; readonly Name?: string | undefined },
): { readonly arn: string; readonly id: string } {
  const wanted = required(Arn ?? Name, "iamInstanceProfile.arn");
  const account = region.cloud.identity.account(region.accountId);
  const profile = account.findInstanceProfile(wanted);
  const { profileDelayMs = 0, strict } = region.settings;
  const isKnown = profile !== undefined && profile.createdAtMs + profileDelayMs <= region.now();
  if (isKnown) return { arn: profile.arn, id: profile.id };
  if (strict || profile !== undefined) throw invalidProfile(wanted, Arn === undefined);
  const arn = wanted.startsWith("arn:")
    ? wanted
    : `arn:aws:iam::${region.accountId}:instance-profile/${wanted}`;
  return { arn, id: "AIPAUNKNOWN" };
}

function invalidProfile(wanted: string, byName: boolean) {
  const [field, kind] = byName ? ["name", "name"] : ["arn", "ARN"];
  const message = `Value (${wanted}) for parameter iamInstanceProfile.${field} is invalid. Invalid IAM Instance Profile ${kind}`;
  return invalidParameter(message);
}
