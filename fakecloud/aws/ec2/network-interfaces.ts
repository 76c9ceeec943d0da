import type {
  AttachNetworkInterfaceRequest,
  AttachNetworkInterfaceResult,
  CreateNetworkInterfaceRequest,
  CreateNetworkInterfaceResult,
  DeleteNetworkInterfaceRequest,
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  DetachNetworkInterfaceRequest,
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterface as WireInterface,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, required } from "./errors.ts";
import type { FilterTable } from "./filters.ts";
import {
  createInterface,
  deleteInterface,
  requireGroups,
  setInterfaceGroups,
} from "./interfaces.ts";
import type { NetworkInterface } from "./records.ts";
import { interfacePaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function createNetworkInterface(
  region: Ec2Region,
  input: CreateNetworkInterfaceRequest,
): CreateNetworkInterfaceResult {
  const subnet = region.subnets.require(required(input.SubnetId, "subnetId"));
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateNetworkInterface", token, asked, () => {
    const node = createInterface(region, subnet, {
      securityGroupIds: requireGroups(region, subnet.vpcId, input.Groups ?? []),
      description: input.Description ?? "",
      addresses: input,
      tags: tagsFor(input.TagSpecifications, "network-interface"),
    });
    return node.networkInterfaceId;
  });
  return { NetworkInterface: interfaceToWire(region, region.networkInterfaces.own(id)) };
}

export function privateDnsNameOf(region: Ec2Region, ip: string): string {
  const domain = region.region === "us-east-1" ? "ec2" : `${region.region}.compute`;
  return `ip-${ip.replaceAll(".", "-")}.${domain}.internal`;
}

export function publicDnsNameOf(region: Ec2Region, ip: string): string {
  const domain = region.region === "us-east-1" ? "compute-1" : `${region.region}.compute`;
  return `ec2-${ip.replaceAll(".", "-")}.${domain}.amazonaws.com`;
}

export function interfaceToWire(region: Ec2Region, node: NetworkInterface): WireInterface {
  const [privateIp = ""] = node.privateIps;
  const association = associationToWire(region, node);
  return {
    NetworkInterfaceId: node.networkInterfaceId,
    SubnetId: node.subnetId,
    VpcId: node.vpcId,
    AvailabilityZone: node.zone,
    Description: node.description,
    OwnerId: region.accountId,
    ...(node.requesterId === undefined ? {} : { RequesterId: node.requesterId }),
    RequesterManaged: node.requesterId !== undefined,
    Status: isInUse(node) ? "in-use" : "available",
    MacAddress: node.macAddress,
    PrivateIpAddress: privateIp,
    PrivateDnsName: privateDnsNameOf(region, privateIp),
    SourceDestCheck: node.sourceDestCheck,
    InterfaceType: node.interfaceType as "interface",
    Groups: groupsToWire(region, node.securityGroupIds),
    Attachment: attachmentToWire(region, node),
    ...(association === undefined ? {} : { Association: association }),
    PrivateIpAddresses: node.privateIps.map((ip, index) => ({
      PrivateIpAddress: ip,
      PrivateDnsName: privateDnsNameOf(region, ip),
      Primary: index === 0,
      ...(index === 0 && association !== undefined ? { Association: association } : {}),
    })),
    Ipv6Addresses: node.ipv6Addresses.map((Ipv6Address) => ({ Ipv6Address })),
    TagSet: tagsToWire(node.tags),
  };
}

function isInUse(node: NetworkInterface): boolean {
  return node.attachmentId !== undefined || node.requesterId !== undefined;
}

export function associationToWire(region: Ec2Region, node: NetworkInterface) {
  const { publicIp, allocationId, associationId } = node;
  if (publicIp === undefined) return undefined;
  return {
    PublicIp: publicIp,
    PublicDnsName: publicDnsNameOf(region, publicIp),
    IpOwnerId: allocationId === undefined ? "amazon" : region.accountId,
    ...(allocationId === undefined
      ? {}
      : { AllocationId: allocationId, AssociationId: associationId }),
  };
}

function attachmentToWire(region: Ec2Region, node: NetworkInterface): WireInterface["Attachment"] {
  const { attachmentId, instanceId, requesterId } = node;
  if (attachmentId === undefined) {
    if (requesterId === undefined) return undefined;
    return {
      InstanceOwnerId: requesterId,
      Status: "attached",
      DeviceIndex: 1,
      DeleteOnTermination: false,
    };
  }
  return {
    AttachmentId: attachmentId,
    InstanceId: instanceId,
    InstanceOwnerId: region.accountId,
    DeviceIndex: node.deviceIndex,
    Status: "attached",
    AttachTime: toDate(node.attachedAtMs ?? 0),
    DeleteOnTermination: node.deleteOnTermination,
    NetworkCardIndex: 0,
  };
}

export function groupsToWire(region: Ec2Region, groupIds: readonly string[]) {
  return groupIds.map((GroupId) => ({
    GroupId,
    GroupName: region.securityGroups.peek(GroupId)?.groupName ?? "",
  }));
}

const filters: FilterTable<NetworkInterface> = {
  "addresses.private-ip-address": (node) => node.privateIps,
  "association.allocation-id": (node) => node.allocationId,
  "association.association-id": (node) => node.associationId,
  "association.public-ip": (node) => node.publicIp,
  "attachment.attachment-id": (node) => node.attachmentId,
  "attachment.delete-on-termination": (node) => node.deleteOnTermination,
  "attachment.device-index": (node) => node.deviceIndex,
  "attachment.instance-id": (node) => node.instanceId,
  "attachment.status": (node) => (isInUse(node) ? "attached" : undefined),
  "availability-zone": (node) => node.zone,
  description: (node) => node.description,
  "group-id": (node) => node.securityGroupIds,
  "interface-type": (node) => node.interfaceType,
  "mac-address": (node) => node.macAddress,
  "network-interface-id": (node) => node.networkInterfaceId,
  "private-ip-address": (node) => node.privateIps[0],
  "requester-id": (node) => node.requesterId,
  "requester-managed": (node) => node.requesterId !== undefined,
  status: (node) => (isInUse(node) ? "in-use" : "available"),
  "subnet-id": (node) => node.subnetId,
  "vpc-id": (node) => node.vpcId,
};

export function describeNetworkInterfaces(
  region: Ec2Region,
  input: DescribeNetworkInterfacesRequest,
): DescribeNetworkInterfacesResult {
  const { items, ...token } = describe(
    region.networkInterfaces,
    {
      ids: input.NetworkInterfaceIds,
      filters: input.Filters,
      wire: { show: (node) => interfaceToWire(region, node), paths: interfacePaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      ...filters,
      "group-name": (node) =>
        groupsToWire(region, node.securityGroupIds).map((one) => one.GroupName),
      "owner-id": () => region.accountId,
    },
  );
  return { NetworkInterfaces: items.map((node) => interfaceToWire(region, node)), ...token };
}

export function describeNetworkInterfaceAttribute(
  region: Ec2Region,
  input: DescribeNetworkInterfaceAttributeRequest,
): DescribeNetworkInterfaceAttributeResult {
  const node = region.networkInterfaces.require(
    required(input.NetworkInterfaceId, "networkInterfaceId"),
  );
  const NetworkInterfaceId = node.networkInterfaceId;
  switch (required(input.Attribute, "attribute")) {
    case "groupSet":
      return { NetworkInterfaceId, Groups: groupsToWire(region, node.securityGroupIds) };
    case "description":
      return { NetworkInterfaceId, Description: { Value: node.description } };
    case "sourceDestCheck":
      return { NetworkInterfaceId, SourceDestCheck: { Value: node.sourceDestCheck } };
    case "attachment": {
      const attachment = attachmentToWire(region, node);
      return {
        NetworkInterfaceId,
        ...(attachment === undefined ? {} : { Attachment: attachment }),
      };
    }
    default:
      throw invalidParameter(
        `Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`,
      );
  }
}

export function modifyNetworkInterfaceAttribute(
  region: Ec2Region,
  input: ModifyNetworkInterfaceAttributeRequest,
) {
  const node = region.networkInterfaces.require(
    required(input.NetworkInterfaceId, "networkInterfaceId"),
  );
  if (node.requesterId !== undefined) {
    throw ec2Error("AuthFailure", "You do not have permission to access the specified resource.");
  }
  if (input.Groups !== undefined) {
    setInterfaceGroups(node, requireGroups(region, node.vpcId, input.Groups));
  }
  node.sourceDestCheck = input.SourceDestCheck?.Value ?? node.sourceDestCheck;
  node.description = input.Description?.Value ?? node.description;
  const { AttachmentId: attachmentId, DeleteOnTermination: ends } = input.Attachment ?? {};
  if (attachmentId !== undefined && attachmentId !== node.attachmentId) {
    throw noAttachment(attachmentId);
  }
  node.deleteOnTermination = ends ?? node.deleteOnTermination;
  return {};
}

export function attachNetworkInterface(
  region: Ec2Region,
  input: AttachNetworkInterfaceRequest,
): AttachNetworkInterfaceResult {
  const node = region.networkInterfaces.require(
    required(input.NetworkInterfaceId, "networkInterfaceId"),
  );
  const instance = region.instances.require(required(input.InstanceId, "instanceId"));
  if (isInUse(node)) {
    const message = `Interface: ${node.networkInterfaceId} in use.`;
    throw ec2Error("InvalidNetworkInterface.InUse", message);
  }
  if (instance.state !== "running" && instance.state !== "stopped") {
    const message = `The instance '${instance.instanceId}' is not in a valid state for this operation.`;
    throw ec2Error("IncorrectInstanceState", message);
  }
  attach(region, node, { instanceId: instance.instanceId, deviceIndex: input.DeviceIndex ?? 1 });
  instance.networkInterfaceIds = [...instance.networkInterfaceIds, node.networkInterfaceId];
  return { AttachmentId: node.attachmentId };
}

export function attach(
  region: Ec2Region,
  node: NetworkInterface,
  to: { readonly instanceId: string; readonly deviceIndex: number },
): void {
  node.attachmentId = region.newId("eni-attach", node.networkInterfaceId);
  node.instanceId = to.instanceId;
  node.deviceIndex = to.deviceIndex;
  node.attachedAtMs = region.now();
}

function noAttachment(attachmentId: string) {
  const message = `The network interface attachment '${attachmentId}' does not exist.`;
  return ec2Error("InvalidAttachmentID.NotFound", message);
}

export function detachNetworkInterface(region: Ec2Region, input: DetachNetworkInterfaceRequest) {
  const attachmentId = required(input.AttachmentId, "attachmentId");
  const node = [...region.networkInterfaces.values()].find(
    (one) => one.attachmentId === attachmentId,
  );
  if (node === undefined) throw noAttachment(attachmentId);
  if (node.deviceIndex === 0) {
    const message = `The network interface at device index 0 cannot be detached.`;
    throw ec2Error("OperationNotPermitted", message);
  }
  const instance = region.instances.peek(node.instanceId ?? "");
  detach(node);
  if (instance !== undefined) {
    instance.networkInterfaceIds = instance.networkInterfaceIds.filter(
      (id) => id !== node.networkInterfaceId,
    );
  }
  return {};
}

export function detach(node: NetworkInterface): void {
  delete node.instanceId;
  node.attachmentId = undefined;
  node.deviceIndex = undefined;
  node.attachedAtMs = undefined;
}

export function deleteNetworkInterface(region: Ec2Region, input: DeleteNetworkInterfaceRequest) {
  const node = region.networkInterfaces.require(
    required(input.NetworkInterfaceId, "networkInterfaceId"),
  );
  if (isInUse(node)) {
    const message = `Network interface '${node.networkInterfaceId}' is currently in use.`;
    throw invalidParameter(message);
  }
  deleteInterface(region, node);
  return {};
}
