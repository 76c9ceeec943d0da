import type { Origin } from "./contract.ts";
import type { InterfaceNode, Topology } from "./topology.ts";

/** One end of a connection, as the rules on the way see it. */
export interface Party {
  /** "instance i-0abc", "load balancer my-cluster-apiserver (10.0.0.12)", "the internet". */
  readonly label: string;
  readonly ip: string;
  readonly publicIp?: string;
  /** Outside every VPC if absent. */
  readonly vpcId?: string;
  readonly subnetId?: string;
  readonly securityGroupIds: readonly string[];
  /** False for what security groups do not apply to: NAT gateways, load balancers without groups, bare subnets. */
  readonly filtered: boolean;
}

/** Where people and the management cluster come from (a documentation range that no VPC gets). */
export const internetIp = "198.51.100.7";

export const theInternet: Party = {
  label: "the internet",
  ip: internetIp,
  publicIp: internetIp,
  securityGroupIds: [],
  filtered: false,
};

export function interfaceParty(node: InterfaceNode, label?: string): Party {
  return {
    label: label ?? `instance ${node.instanceId ?? node.networkInterfaceId}`,
    ip: node.privateIps[0] ?? "",
    ...(node.publicIp === undefined ? {} : { publicIp: node.publicIp }),
    vpcId: node.vpcId,
    subnetId: node.subnetId,
    securityGroupIds: node.securityGroupIds,
    filtered: node.securityGroupIds.length > 0,
  };
}

/** The party that an origin stands for; undefined if the instance or subnet does not exist or the instance is not on. */
export function originParty(topology: Topology, origin: Origin): Party | undefined {
  if (origin.from === "internet") return theInternet;
  if (origin.from === "instance") {
    const node = topology.instance(origin.instanceId);
    const primary = node?.networkInterfaceIds[0];
    if (node?.state !== "running" || primary === undefined) return undefined;
    const networkInterface = topology.interface(primary);
    return networkInterface === undefined ? undefined : interfaceParty(networkInterface);
  }
  const subnet = topology.subnet(origin.subnetId);
  if (subnet === undefined) return undefined;
  return {
    label: `a host in ${subnet.subnetId}`,
    ip: lastUsableIp(subnet.cidrBlock),
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    securityGroupIds: [],
    filtered: false,
  };
}

/** An address near the end of the block, where AWS hands out none to instances before the subnet is nearly full. */
function lastUsableIp(cidrBlock: string): string {
  const [address = "", bits = "32"] = cidrBlock.split("/");
  const size = 2 ** (32 - Number(bits));
  const octets = address.split(".").map(Number);
  const start = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const ip = start + size - 2;
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join(".");
}
