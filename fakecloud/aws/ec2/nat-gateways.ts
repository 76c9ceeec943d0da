import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
  NatGateway as WireGateway,
} from "@aws-sdk/client-ec2";
import { toDate } from "../../kernel/clock.ts";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, required } from "./errors.ts";
import { createInterface, deleteInterface, mapAddress } from "./interfaces.ts";
import type { Address, NatGateway, Subnet } from "./records.ts";
import { blackhole } from "./routes.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

/** When several errors apply, the first of these wins: subnet, address, quota. What is wrong later makes it fail. */
export function createNatGateway(
  region: Ec2Region,
  input: CreateNatGatewayRequest,
): CreateNatGatewayResult {
  const subnet = region.subnets.require(required(input.SubnetId, "subnetId"));
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateNatGateway", token, asked, () => make(region, subnet, input));
  const gateway = region.natGateways.peek(id);
  if (gateway === undefined) return { NatGateway: { NatGatewayId: id, State: "deleted" } };
  return {
    NatGateway: toWire(gateway),
    ...(token === undefined ? {} : { ClientToken: token }),
  };
}

function make(region: Ec2Region, subnet: Subnet, input: CreateNatGatewayRequest): string {
  const connectivity = input.ConnectivityType ?? "public";
  const address =
    connectivity === "public"
      ? region.addresses.require(required(input.AllocationId, "allocationId"))
      : undefined;
  const tags = tagsFor(input.TagSpecifications, "natgateway");
  checkZoneQuota(region, subnet);
  const natGatewayId = region.newId("nat", tags.get("Name") ?? subnet.subnetId);
  const node = createInterface(region, subnet, {
    securityGroupIds: [],
    description: `Interface for NAT Gateway ${natGatewayId}`,
    interfaceType: "nat_gateway",
    requesterId: "amazon-aws",
    addresses: { PrivateIpAddress: input.PrivateIpAddress },
  });
  node.natGatewayId = natGatewayId;
  const gateway: NatGateway = {
    natGatewayId,
    state: "pending",
    subnetId: subnet.subnetId,
    vpcId: subnet.vpcId,
    connectivity,
    privateIp: node.privateIps[0] ?? "",
    networkInterfaceId: node.networkInterfaceId,
    allocationId: address?.allocationId,
    createdAtMs: region.now(),
    deletedAtMs: undefined,
    failureCode: undefined,
    failureMessage: undefined,
    tags,
  };
  region.natGateways.add(natGatewayId, gateway);
  settle(region, gateway, address);
  return natGatewayId;
}

function checkZoneQuota(region: Ec2Region, subnet: Subnet): void {
  const here = region.natGateways.filter(
    (one) =>
      region.subnets.peek(one.subnetId)?.zone === subnet.zone &&
      ["available", "deleting", "pending"].includes(one.state),
  );
  const limit = region.settings.quotas?.natGatewaysPerZone;
  const message = `Performing this operation would exceed the limit of ${limit} NAT gateways`;
  region.checkQuota(here.length, limit, "NatGatewayLimitExceeded", message);
}

/** The address belongs to the gateway from the start, unless it can never work. */
function settle(region: Ec2Region, gateway: NatGateway, address: Address | undefined): void {
  const failure = address === undefined ? undefined : failureOf(region, gateway, address);
  const node = region.networkInterfaces.peek(gateway.networkInterfaceId);
  if (failure === undefined && address !== undefined && node !== undefined) {
    mapAddress(region, node, address.allocationId);
    gateway.publicIp = address.publicIp;
  }
  const label = `NAT gateway ${gateway.natGatewayId} becomes available`;
  gateway.failureCode = failure?.code;
  gateway.failureMessage = failure?.message;
  region.after(
    region.settings.durations.natGateway,
    label,
    "natGatewaySettles",
    gateway.natGatewayId,
  );
}

/** What is wrong with it shows only when it should have become available. */
export function natGatewaySettles(region: Ec2Region, natGatewayId: string): void {
  const gateway = region.natGateways.peek(natGatewayId);
  if (gateway?.state !== "pending") return;
  if (gateway.failureCode === undefined) {
    gateway.state = "available";
    return;
  }
  gateway.state = "failed";
  const node = region.networkInterfaces.peek(gateway.networkInterfaceId);
  if (node !== undefined) deleteInterface(region, node);
  forget(region, gateway);
}

function failureOf(region: Ec2Region, gateway: NatGateway, address: Address) {
  const { vpcId } = gateway;
  if (!region.internetGateways.some((igw) => igw.attachments.has(vpcId))) {
    const message = `Network ${vpcId} has no Internet gateway attached`;
    return { code: "Gateway.NotAttached", message };
  }
  if (address.associationId === undefined) return undefined;
  const message = `Elastic IP address [${address.allocationId}] is already associated`;
  return { code: "Resource.AlreadyAssociated", message };
}

/** Deleted and failed gateways stay visible for a while. */
function forget(region: Ec2Region, gateway: NatGateway): void {
  const label = `NAT gateway ${gateway.natGatewayId} is forgotten`;
  const { natGatewayId } = gateway;
  region.after(region.settings.durations.afterlife, label, "natGatewayForgotten", natGatewayId);
}

export function natGatewayForgotten(region: Ec2Region, natGatewayId: string): void {
  region.natGateways.delete(natGatewayId);
}

function toWire(gateway: NatGateway): WireGateway {
  const address = {
    NetworkInterfaceId: gateway.networkInterfaceId,
    PrivateIp: gateway.privateIp,
    IsPrimary: true,
    Status: "succeeded" as const,
    ...(gateway.allocationId === undefined ? {} : { AllocationId: gateway.allocationId }),
    ...(gateway.publicIp === undefined ? {} : { PublicIp: gateway.publicIp }),
  };
  const { failureCode, failureMessage, deletedAtMs, state } = gateway;
  return {
    NatGatewayId: gateway.natGatewayId,
    State: gateway.state,
    SubnetId: gateway.subnetId,
    VpcId: gateway.vpcId,
    ConnectivityType: gateway.connectivity,
    CreateTime: toDate(gateway.createdAtMs),
    ...(deletedAtMs === undefined ? {} : { DeleteTime: toDate(deletedAtMs) }),
    ...(failureCode === undefined || state !== "failed"
      ? {}
      : { FailureCode: failureCode, FailureMessage: failureMessage }),
    NatGatewayAddresses: [address],
    Tags: tagsToWire(gateway.tags),
  };
}

export function describeNatGateways(
  region: Ec2Region,
  input: DescribeNatGatewaysRequest,
): DescribeNatGatewaysResult {
  const { items, ...token } = describe(
    region.natGateways,
    {
      ids: input.NatGatewayIds,
      filters: input.Filter,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "nat-gateway-id": (gateway) => gateway.natGatewayId,
      state: (gateway) => gateway.state,
      "subnet-id": (gateway) => gateway.subnetId,
      "vpc-id": (gateway) => gateway.vpcId,
    },
  );
  return { NatGateways: items.map((gateway) => toWire(gateway)), ...token };
}

/** The elastic address is given back to the account, not released; routes become black holes. */
export function deleteNatGateway(
  region: Ec2Region,
  input: DeleteNatGatewayRequest,
): DeleteNatGatewayResult {
  const gateway = region.natGateways.require(required(input.NatGatewayId, "natGatewayId"));
  const { natGatewayId } = gateway;
  if (gateway.state === "failed") {
    const message = `NatGateway ${natGatewayId} is in an invalid state: failed`;
    throw ec2Error("InvalidState", message);
  }
  if (gateway.state === "deleting" || gateway.state === "deleted") {
    return { NatGatewayId: natGatewayId };
  }
  gateway.state = "deleting";
  blackhole(region, natGatewayId);
  const label = `NAT gateway ${natGatewayId} is deleted`;
  region.after(
    region.settings.durations.natGatewayDeletion,
    label,
    "natGatewayDeleted",
    natGatewayId,
  );
  return { NatGatewayId: natGatewayId };
}

export function natGatewayDeleted(region: Ec2Region, natGatewayId: string): void {
  const gateway = region.natGateways.peek(natGatewayId);
  if (gateway === undefined) return;
  gateway.state = "deleted";
  gateway.deletedAtMs = region.now();
  const node = region.networkInterfaces.peek(gateway.networkInterfaceId);
  if (node !== undefined) deleteInterface(region, node);
  forget(region, gateway);
}
