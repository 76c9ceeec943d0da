import { cidrContains, prefixLength } from "./ip.ts";
import type { RouteNode, RouteTableNode, SubnetNode, Topology } from "./topology.ts";

export interface Choice {
  readonly tableId: string;
  /** Undefined: no route matches. */
  readonly route: RouteNode | undefined;
}

/** What the router of a subnet does with a packet to `ip`. */
export function routeFrom(topology: Topology, subnet: SubnetNode, ip: string): Choice {
  const table = topology.routeTableOf(subnet.subnetId);
  if (table === undefined) return { tableId: subnet.vpcId, route: undefined };
  return { tableId: table.routeTableId, route: selectRoute(topology, table, ip) };
}

/** The route that a packet to `ip` takes: the longest prefix; among equals the local route first, then the order given. */
export function selectRoute(
  topology: Topology,
  table: RouteTableNode,
  ip: string,
): RouteNode | undefined {
  let best: RouteNode | undefined;
  let bestLength = -1;
  for (const route of table.routes) {
    const length = matchLength(topology, route.destination, ip);
    const wins = length > bestLength || (length === bestLength && route.target.kind === "local");
    if (length >= 0 && wins) {
      best = route;
      bestLength = length;
    }
  }
  return best;
}

function matchLength(topology: Topology, destination: string, ip: string): number {
  if (!destination.startsWith("pl-")) {
    return cidrContains(destination, ip) ? prefixLength(destination) : -1;
  }
  let longest = -1;
  for (const cidr of topology.prefixList(destination) ?? []) {
    if (cidrContains(cidr, ip)) longest = Math.max(longest, prefixLength(cidr));
  }
  return longest;
}
