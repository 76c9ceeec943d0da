import type { Obstacle } from "./contract.ts";
import { cidrContains } from "./ip.ts";
import { checkAcl } from "./subnet-border.ts";
import { dropped } from "./obstacle.ts";
import type { Party } from "./party.ts";
import { routeFrom } from "./routes.ts";
import {
  checkAttached,
  type Flight,
  followRoute,
  go,
  isInternetGateway,
  type Step,
  stop,
} from "./gateways.ts";
import { describeGroups, groupsAllow, type Peer } from "./security-groups.ts";
import type { InterfaceNode, SubnetNode, Topology } from "./topology.ts";

export type Arrival =
  | { readonly arrived: false; readonly obstacle: Obstacle }
  /** Reached an interface, which sees the connection coming from `peer`. */
  | {
      readonly arrived: true;
      readonly at: "interface";
      readonly node: InterfaceNode;
      readonly peer: Peer;
    }
  /** Left the cloud towards an address that no VPC has. */
  | { readonly arrived: true; readonly at: "outside"; readonly peer: Peer };

/**
 * Follows a TCP connection from a party to an address and port, through everything but load balancers and processes.
 * The order in which obstacles are found is the order in which a packet meets them: the sender's security groups, its
 * subnet's network ACL, routes and gateways, then the receiver's way back, network ACL and security groups.
 */
export function travel(topology: Topology, source: Party, ip: string, port: number): Arrival {
  const left = leave(topology, source, ip, port);
  if (!left.ok) return { arrived: false, obstacle: left.obstacle };
  const { vpcId, sourceIp } = left.value;
  const node =
    vpcId === undefined
      ? topology.interfaceByPublicIp(ip)
      : topology.interfaceByPrivateIp(vpcId, ip);
  const stayed = vpcId !== undefined;
  const peer: Peer = { ip: sourceIp, securityGroupIds: stayed ? source.securityGroupIds : [] };
  if (node === undefined) {
    if (!stayed) return { arrived: true, at: "outside", peer };
    const message = `no network interface in ${vpcId} has the address ${ip}`;
    return { arrived: false, obstacle: dropped("NoHost", vpcId, message) };
  }
  const obstacle = arrive(topology, { source, node, peer, port, stayed });
  if (obstacle !== undefined) return { arrived: false, obstacle };
  return { arrived: true, at: "interface", node, peer };
}

function leave(topology: Topology, source: Party, ip: string, port: number): Step<Flight> {
  if (source.vpcId === undefined) return go({ sourceIp: source.ip });
  const egress = checkEgressGroups(topology, source, ip, port);
  if (egress !== undefined) return stop(egress);
  const subnet = topology.subnet(source.subnetId ?? "");
  if (subnet === undefined) {
    const message = `${source.label} is in a subnet that no longer exists`;
    return stop(dropped("NoRoute", source.subnetId ?? "", message));
  }
  // Neighbours in one subnet meet no router and no network ACL.
  if (cidrContains(subnet.cidrBlock, ip)) return go({ vpcId: subnet.vpcId, sourceIp: source.ip });
  const acl = checkAcl(topology, subnet, { outwards: true, ip, port });
  if (acl !== undefined) return stop(acl);
  return followRoute(topology, subnet, { source, ip, port, hops: 0 });
}

function checkEgressGroups(
  topology: Topology,
  source: Party,
  ip: string,
  port: number,
): Obstacle | undefined {
  if (!source.filtered) return undefined;
  const neighbour = topology.interfaceByPrivateIp(source.vpcId ?? "", ip);
  const peer = { ip, securityGroupIds: neighbour?.securityGroupIds ?? [] };
  if (groupsAllow(topology, source.securityGroupIds, { egress: true, peer, port }))
    return undefined;
  return dropped(
    "SecurityGroupEgress",
    source.securityGroupIds[0] ?? "",
    `no outbound rule of ${describeGroups(topology, source.securityGroupIds)} at ${source.label} allows tcp ${port} to ${ip}`,
  );
}

interface Landing {
  readonly source: Party;
  readonly node: InterfaceNode;
  readonly peer: Peer;
  readonly port: number;
  /** The packet never left private address space. */
  readonly stayed: boolean;
}

function arrive(topology: Topology, landing: Landing): Obstacle | undefined {
  const { source, node, peer, port, stayed } = landing;
  const subnet = topology.subnet(node.subnetId);
  if (subnet === undefined) {
    return dropped("NoRoute", node.subnetId, `${node.subnetId} no longer exists`);
  }
  const sameSubnet = stayed && source.subnetId === node.subnetId;
  if (!sameSubnet) {
    const back = checkWayBack(topology, subnet, landing);
    if (back !== undefined) return back;
    const acl = checkAcl(topology, subnet, { outwards: false, ip: peer.ip, port });
    if (acl !== undefined) return acl;
  }
  // Load balancers without groups and NAT gateways have none on their interfaces; every other interface has at least one.
  if (node.securityGroupIds.length === 0) return undefined;
  if (groupsAllow(topology, node.securityGroupIds, { egress: false, peer, port })) return undefined;
  const known = stayed ? ` with ${describeGroups(topology, peer.securityGroupIds)}` : "";
  const hint =
    stayed || source.vpcId === undefined
      ? ""
      : "; it comes in from the internet, so rules that name security groups do not match it";
  return dropped(
    "SecurityGroupIngress",
    node.securityGroupIds[0] ?? "",
    `no inbound rule of ${describeGroups(topology, node.securityGroupIds)} at ${ownerOf(node)} allows tcp ${port} from ${source.label} (${peer.ip}${known})${hint}`,
  );
}

/** An answer needs a route too: what came in from the internet must be able to go out through an internet gateway. */
function checkWayBack(
  topology: Topology,
  subnet: SubnetNode,
  landing: Landing,
): Obstacle | undefined {
  if (landing.stayed && landing.source.vpcId === subnet.vpcId) return undefined;
  const { tableId, route } = routeFrom(topology, subnet, landing.peer.ip);
  const target = route?.state === "active" ? route.target : undefined;
  const tableName = `route table ${tableId} of ${subnet.subnetId}`;
  if (landing.stayed) {
    if (target?.kind === "vpcPeeringConnection") return undefined;
    return dropped("NoRoute", tableId, `${tableName} has no route back to ${landing.peer.ip}`);
  }
  if (target !== undefined && isInternetGateway(target)) {
    return checkAttached(topology, target.id, subnet.vpcId);
  }
  const message = `${tableName} has no route to an internet gateway, so ${ownerOf(landing.node)} cannot answer ${landing.peer.ip}: add 0.0.0.0/0 to the VPC's internet gateway`;
  return dropped("NoRoute", tableId, message);
}

function ownerOf(node: InterfaceNode): string {
  return node.instanceId === undefined ? node.networkInterfaceId : `instance ${node.instanceId}`;
}
