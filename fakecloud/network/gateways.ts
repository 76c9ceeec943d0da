import type { Obstacle } from "./contract.ts";
import { dropped } from "./obstacle.ts";
import type { Party } from "./party.ts";
import { routeFrom } from "./routes.ts";
import { checkAcl } from "./subnet-border.ts";
import type { RouteNode, SubnetNode, Topology } from "./topology.ts";

/** A packet on its way, after it has left its subnet. */
export interface Flight {
  /** The VPC that it is in; absent on the internet. */
  readonly vpcId?: string;
  readonly sourceIp: string;
}

export type Step<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly obstacle: Obstacle };

export const stop = (obstacle: Obstacle) => ({ ok: false, obstacle }) as const;
export const go = <T>(value: T) => ({ ok: true, value }) as const;

interface Hop {
  readonly source: Party;
  readonly ip: string;
  readonly port: number;
  readonly hops: number;
}

/** Sends a packet from a subnet through whatever its route table says. */
export function followRoute(topology: Topology, subnet: SubnetNode, hop: Hop): Step<Flight> {
  const { tableId, route } = routeFrom(topology, subnet, hop.ip);
  if (route === undefined) {
    const message = `route table ${tableId} of ${subnet.subnetId} has no route to ${hop.ip}`;
    return stop(dropped("NoRoute", tableId, message));
  }
  if (route.state === "blackhole") {
    const message = `the route ${route.destination} in ${tableId} of ${subnet.subnetId} is a blackhole: its target is gone`;
    return stop(dropped("NoRoute", tableId, message));
  }
  const { target } = route;
  if (target.kind === "local") return go({ vpcId: subnet.vpcId, sourceIp: hop.source.ip });
  if (isInternetGateway(target)) return throughInternetGateway(topology, subnet, hop, target.id);
  if (target.kind === "natGateway") return throughNat(topology, hop, target.id);
  if (target.kind === "networkInterface") return throughNatInstance(topology, hop, target.id);
  if (target.kind === "egressOnlyInternetGateway") return go({ sourceIp: hop.source.ip });
  if (target.kind === "vpcPeeringConnection") return throughPeering(route, tableId, hop);
  const message = `the route ${route.destination} in ${tableId} goes to ${target.id}, which leads nowhere here`;
  return stop(dropped("NoRoute", tableId, message));
}

type GatewayTarget = Extract<RouteNode["target"], { kind: "carrierGateway" | "internetGateway" }>;

/** Carrier gateways of wavelength zones do for their zone what internet gateways do for the others. */
export function isInternetGateway(target: RouteNode["target"]): target is GatewayTarget {
  return target.kind === "internetGateway" || target.kind === "carrierGateway";
}

export function checkAttached(
  topology: Topology,
  gatewayId: string,
  vpcId: string,
): Obstacle | undefined {
  if (!gatewayId.startsWith("igw-")) return undefined;
  if (topology.internetGatewayVpcs(gatewayId).includes(vpcId)) return undefined;
  const message = `internet gateway ${gatewayId} is not attached to ${vpcId}`;
  return dropped("NoInternetGateway", gatewayId, message);
}

function throughInternetGateway(
  topology: Topology,
  subnet: SubnetNode,
  hop: Hop,
  gatewayId: string,
): Step<Flight> {
  const detached = checkAttached(topology, gatewayId, subnet.vpcId);
  if (detached !== undefined) return stop(detached);
  if (hop.ip.includes(":")) return go({ sourceIp: hop.source.ip });
  const { publicIp } = hop.source;
  if (publicIp !== undefined) return go({ sourceIp: publicIp });
  const message = `${hop.source.label} has no public address, so ${gatewayId} drops its packets: give it one, or route ${subnet.subnetId} through a NAT gateway`;
  return stop(dropped("NoPublicIp", subnet.subnetId, message));
}

function throughNat(topology: Topology, hop: Hop, natGatewayId: string): Step<Flight> {
  const nat = topology.natGateway(natGatewayId);
  const subnet = topology.subnet(nat?.subnetId ?? "");
  if (nat?.state !== "available" || subnet === undefined || hop.hops > 2) {
    const message = `NAT gateway ${natGatewayId} is ${nat?.state ?? "gone"}`;
    return stop(dropped("NoRoute", natGatewayId, message));
  }
  const inward = checkAcl(topology, subnet, { outwards: false, ip: hop.source.ip, port: hop.port });
  if (inward !== undefined) return stop(inward);
  const outward = checkAcl(topology, subnet, { outwards: true, ip: hop.ip, port: hop.port });
  if (outward !== undefined) return stop(outward);
  const source: Party = {
    label: `NAT gateway ${natGatewayId}`,
    ip: nat.privateIp,
    ...(nat.publicIp === undefined ? {} : { publicIp: nat.publicIp }),
    vpcId: subnet.vpcId,
    subnetId: subnet.subnetId,
    securityGroupIds: [],
    filtered: false,
  };
  return followRoute(topology, subnet, { ...hop, source, hops: hop.hops + 1 });
}

function throughNatInstance(topology: Topology, hop: Hop, interfaceId: string): Step<Flight> {
  const node = topology.interface(interfaceId);
  const instance = topology.instance(node?.instanceId ?? "");
  const subnet = topology.subnet(node?.subnetId ?? "");
  if (node === undefined || subnet === undefined || instance?.state !== "running" || hop.hops > 2) {
    const message = `the route goes through ${interfaceId}, which belongs to no running instance`;
    return stop(dropped("NoRoute", interfaceId, message));
  }
  const source: Party = {
    ...hop.source,
    label: `NAT instance ${instance.instanceId}`,
    ip: node.privateIps[0] ?? "",
    ...(node.publicIp === undefined ? {} : { publicIp: node.publicIp }),
  };
  return followRoute(topology, subnet, { ...hop, source, hops: hop.hops + 1 });
}

function throughPeering(route: RouteNode, tableId: string, hop: Hop): Step<Flight> {
  const peerVpcId =
    route.target.kind === "vpcPeeringConnection" ? route.target.peerVpcId : undefined;
  if (peerVpcId !== undefined) return go({ vpcId: peerVpcId, sourceIp: hop.source.ip });
  const message = `the route ${route.destination} in ${tableId} goes through a peering that is not active`;
  return stop(dropped("NoRoute", tableId, message));
}
