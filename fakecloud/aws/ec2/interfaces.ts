import { randomHex } from "../../kernel/random.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error } from "./errors.ts";
import { ipv6AddressesFor, takePrivateIps, type WantedAddresses } from "./interface-addresses.ts";
import type { Address, NetworkInterface, Subnet } from "./records.ts";

export interface NewInterface {
  readonly securityGroupIds: readonly string[];
  readonly description?: string;
  readonly requesterId?: string;
  readonly interfaceType?: string;
  readonly addresses?: WantedAddresses;
  readonly tags?: Map<string, string>;
  /** Stable name for its id. */
  readonly name?: string;
}

export function createInterface(
  region: Ec2Region,
  subnet: Subnet,
  options: NewInterface,
): NetworkInterface {
  const description = options.description ?? "";
  const name = options.name ?? description;
  const networkInterfaceId = region.newId("eni", name);
  const { addresses = {} } = options;
  const ipv6Addresses = ipv6AddressesFor(region, subnet, addresses, networkInterfaceId);
  const privateIps = takePrivateIps(region, subnet, addresses);
  const hex = randomHex(region.cloud.random, "ec2/mac", networkInterfaceId, 10);
  const node: NetworkInterface = {
    networkInterfaceId,
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    zone: subnet.zone,
    privateIps,
    ipv6Addresses,
    securityGroupIds: options.securityGroupIds,
    macAddress: `02:${(hex.match(/../g) ?? []).join(":")}`,
    description,
    interfaceType: options.interfaceType ?? "interface",
    requesterId: options.requesterId,
    createdAtMs: region.now(),
    sourceDestCheck: true,
    deleteOnTermination: false,
    attachmentId: undefined,
    deviceIndex: undefined,
    attachedAtMs: undefined,
    allocationId: undefined,
    associationId: undefined,
    tags: options.tags ?? new Map<string, string>(),
  };
  region.networkInterfaces.add(networkInterfaceId, node);
  region.cloud.indexInterface(node);
  return node;
}

/** Gives a public address: an elastic one, or a drawn one that lives as long as the interface uses it. */
export function mapAddress(region: Ec2Region, node: NetworkInterface, allocationId?: string): void {
  if (allocationId === undefined) {
    setPublicIp(region, node, region.cloud.drawPublicIp(node.networkInterfaceId));
    return;
  }
  associate(region, region.addresses.require(allocationId), node);
}

export function associate(
  region: Ec2Region,
  address: Address,
  node: NetworkInterface,
  privateIp?: string,
): string {
  const associationId = region.newId("eipassoc", address.allocationId);
  if (node.publicIp !== undefined) unmapAddress(region, node);
  address.associationId = associationId;
  address.networkInterfaceId = node.networkInterfaceId;
  address.privateIp = privateIp ?? node.privateIps[0];
  node.allocationId = address.allocationId;
  node.associationId = associationId;
  setPublicIp(region, node, address.publicIp);
  return associationId;
}

function setPublicIp(region: Ec2Region, node: NetworkInterface, publicIp: string): void {
  region.cloud.unindexInterface(node);
  node.publicIp = publicIp;
  region.cloud.indexInterface(node);
}

/** Takes the public address away; an elastic one stays allocated, a drawn one goes back. */
export function unmapAddress(region: Ec2Region, node: NetworkInterface): void {
  const { publicIp, allocationId } = node;
  if (publicIp === undefined) return;
  region.cloud.unindexInterface(node);
  delete node.publicIp;
  region.cloud.indexInterface(node);
  node.allocationId = undefined;
  node.associationId = undefined;
  const address = allocationId === undefined ? undefined : region.addresses.peek(allocationId);
  if (address === undefined) {
    region.cloud.returnPublicIp(publicIp);
    return;
  }
  address.associationId = undefined;
  address.networkInterfaceId = undefined;
  address.privateIp = undefined;
}

export function setInterfaceGroups(
  node: NetworkInterface,
  securityGroupIds: readonly string[],
): void {
  node.securityGroupIds = [...securityGroupIds];
}

export function deleteInterface(region: Ec2Region, node: NetworkInterface): void {
  unmapAddress(region, node);
  region.cloud.unindexInterface(node);
  region.networkInterfaces.delete(node.networkInterfaceId);
  const subnet = region.subnets.peek(node.subnetId);
  for (const ip of node.privateIps) subnet?.taken.delete(ipNumber(ip));
}

function ipNumber(ip: string): number {
  return ip.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

const maxGroups = 5;

/** Groups that exist in the VPC; none given means the VPC's default group. */
export function requireGroups(
  region: Ec2Region,
  vpcId: string,
  groupIds: readonly string[],
): readonly string[] {
  if (groupIds.length > maxGroups) {
    const message = `You have exceeded the maximum number of security groups per network interface (${maxGroups}).`;
    throw ec2Error("SecurityGroupsPerInterfaceLimitExceeded", message);
  }
  for (const groupId of groupIds) {
    const group = region.securityGroups.require(groupId);
    if (group.vpcId === vpcId) continue;
    const message = `Security group ${groupId} and subnet belong to different networks.`;
    throw ec2Error("InvalidParameter", message);
  }
  if (groupIds.length > 0) return [...groupIds];
  const standard = region.securityGroups
    .inVpc(vpcId)
    .find((group) => group.groupName === "default");
  return standard === undefined ? [] : [standard.groupId];
}
