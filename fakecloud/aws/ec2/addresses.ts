import type {
  Address as WireAddress,
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from "@aws-sdk/client-ec2";
import { describe, paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, missingParameter, required } from "./errors.ts";
import { associate, unmapAddress } from "./interfaces.ts";
import type { Address, NetworkInterface } from "./records.ts";
import { addressPaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function allocateAddress(
  region: Ec2Region,
  input: AllocateAddressRequest,
): AllocateAddressResult {
  const { NetworkBorderGroup: group = region.region } = input;
  if (group !== region.region) {
    throw invalidParameter(`Value (${group}) for parameter networkBorderGroup is invalid.`);
  }
  const tags = tagsFor(input.TagSpecifications, "elastic-ip");
  const limit = region.settings.quotas?.addresses;
  const message = "The maximum number of addresses has been reached.";
  region.checkQuota(region.addresses.size, limit, "AddressLimitExceeded", message);
  const name = tags.get("Name") ?? "";
  const allocationId = region.newId("eipalloc", name);
  const address: Address = {
    allocationId,
    publicIp: region.cloud.drawPublicIp(allocationId),
    publicIpv4Pool: input.PublicIpv4Pool ?? "amazon",
    associationId: undefined,
    networkInterfaceId: undefined,
    privateIp: undefined,
    tags,
  };
  region.addresses.add(allocationId, address);
  return {
    AllocationId: allocationId,
    PublicIp: address.publicIp,
    PublicIpv4Pool: address.publicIpv4Pool,
    Domain: "vpc",
    NetworkBorderGroup: region.region,
  };
}

function toWire(region: Ec2Region, address: Address): WireAddress {
  const wire: WireAddress = {
    AllocationId: address.allocationId,
    PublicIp: address.publicIp,
    PublicIpv4Pool: address.publicIpv4Pool,
    Domain: "vpc",
    NetworkBorderGroup: region.region,
    Tags: tagsToWire(address.tags),
  };
  if (address.associationId === undefined) return wire;
  const node = region.networkInterfaces.peek(address.networkInterfaceId ?? "");
  return {
    ...wire,
    AssociationId: address.associationId,
    NetworkInterfaceId: address.networkInterfaceId,
    NetworkInterfaceOwnerId: region.accountId,
    PrivateIpAddress: address.privateIp,
    ...(node?.instanceId === undefined ? {} : { InstanceId: node.instanceId }),
  };
}

export function describeAddresses(
  region: Ec2Region,
  input: DescribeAddressesRequest,
): DescribeAddressesResult {
  const instanceOf = (address: Address) =>
    region.networkInterfaces.peek(address.networkInterfaceId ?? "")?.instanceId;
  const { items } = describe(
    region.addresses,
    {
      ids: input.AllocationIds,
      filters: input.Filters,
      wire: { show: (address) => toWire(region, address), paths: addressPaths },
    },
    {
      "allocation-id": (address) => address.allocationId,
      "association-id": (address) => address.associationId,
      domain: () => "vpc",
      "instance-id": instanceOf,
      "network-border-group": () => region.region,
      "network-interface-id": (address) => address.networkInterfaceId,
      "private-ip-address": (address) => address.privateIp,
      "public-ip": (address) => address.publicIp,
    },
  );
  const ips = input.PublicIps ?? [];
  for (const ip of ips) {
    if (items.some((address) => address.publicIp === ip)) continue;
    throw ec2Error("InvalidAddress.NotFound", `Address '${ip}' not found.`);
  }
  const chosen = ips.length === 0 ? items : items.filter((one) => ips.includes(one.publicIp));
  return { Addresses: chosen.map((address) => toWire(region, address)) };
}

export function associateAddress(
  region: Ec2Region,
  input: AssociateAddressRequest,
): AssociateAddressResult {
  const address = findAddress(region, input);
  const node = findInterface(region, input);
  if (address.networkInterfaceId === node.networkInterfaceId) {
    return { AssociationId: address.associationId };
  }
  if (!region.internetGateways.some((gateway) => gateway.attachments.has(node.vpcId))) {
    const message = `Network ${node.vpcId} is not attached to any internet gateway`;
    throw ec2Error("Gateway.NotAttached", message);
  }
  const holder = region.networkInterfaces.peek(address.networkInterfaceId ?? "");
  if (holder !== undefined) {
    if (input.AllowReassociation === false) {
      const message = `resource ${address.allocationId} is already associated with associate-id ${address.associationId}`;
      throw ec2Error("Resource.AlreadyAssociated", message);
    }
    unmapAddress(region, holder);
  }
  return { AssociationId: associate(region, address, node, input.PrivateIpAddress) };
}

function findAddress(
  region: Ec2Region,
  input: { AllocationId?: string | undefined; PublicIp?: string | undefined },
): Address {
  if (input.AllocationId !== undefined) return region.addresses.require(input.AllocationId);
  const publicIp = required(input.PublicIp, "allocationId");
  const found = [...region.addresses.values()].find((address) => address.publicIp === publicIp);
  if (found !== undefined) return found;
  throw ec2Error("InvalidAddress.NotFound", `Address '${publicIp}' not found.`);
}

function findInterface(region: Ec2Region, input: AssociateAddressRequest): NetworkInterface {
  if (input.NetworkInterfaceId !== undefined) {
    return region.networkInterfaces.require(input.NetworkInterfaceId);
  }
  if (input.InstanceId === undefined) throw missingParameter("instanceId");
  const instance = region.instances.require(input.InstanceId);
  if (instance.state !== "running" && instance.state !== "stopped") {
    const message = `The pending-instance-creation instance to which '${instance.instanceId}' is assigned is not in a valid state for this operation`;
    throw ec2Error("IncorrectInstanceState", message);
  }
  return region.networkInterfaces.require(instance.networkInterfaceIds[0]);
}

/** Doing it twice is no error. */
export function disassociateAddress(region: Ec2Region, input: DisassociateAddressRequest) {
  const { AssociationId: associationId, PublicIp: publicIp } = input;
  if (associationId === undefined && publicIp === undefined)
    throw missingParameter("associationId");
  const address = [...region.addresses.values()].find(
    (one) => one.associationId === associationId || one.publicIp === publicIp,
  );
  if (address === undefined) {
    const message = `The association ID '${associationId}' does not exist`;
    throw ec2Error("InvalidAssociationID.NotFound", message);
  }
  const node = region.networkInterfaces.peek(address.networkInterfaceId ?? "");
  if (node?.natGatewayId !== undefined) {
    const message = `You do not have permission to access the specified resource.`;
    throw ec2Error("AuthFailure", message);
  }
  if (node !== undefined) unmapAddress(region, node);
  return {};
}

/** Addresses of another border group than that which is named are unknown. */
export function releaseAddress(region: Ec2Region, input: ReleaseAddressRequest) {
  const address = findAddress(region, input);
  const { NetworkBorderGroup: group = region.region } = input;
  if (group !== region.region) {
    const message = `The address '${address.publicIp}' does not belong to the network border group '${group}'.`;
    throw ec2Error("InvalidAddress.NotFound", message);
  }
  const node = region.networkInterfaces.peek(address.networkInterfaceId ?? "");
  if (node?.natGatewayId !== undefined || node?.requesterId === "amazon-elb") {
    const message = `You do not have permission to access the specified resource.`;
    throw ec2Error("AuthFailure", message);
  }
  if (address.associationId !== undefined) {
    throw ec2Error("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
  }
  region.addresses.delete(address.allocationId);
  region.cloud.returnPublicIp(address.publicIp);
  return {};
}

/** Nobody has a reverse name here. */
export function describeAddressesAttribute(
  region: Ec2Region,
  input: DescribeAddressesAttributeRequest,
): DescribeAddressesAttributeResult {
  const ids = input.AllocationIds ?? [];
  const chosen =
    ids.length === 0 ? region.addresses.visible() : ids.map((id) => region.addresses.require(id));
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(chosen, page, { min: 1, max: 1000 });
  return {
    Addresses: items.map(({ publicIp, allocationId }) => ({
      PublicIp: publicIp,
      AllocationId: allocationId,
    })),
    ...token,
  };
}
