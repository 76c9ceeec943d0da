import type {
  AWSClusterSpecNetwork,
  AWSClusterSpecNetworkSubnet,
} from "../api/generated/definitions.ts";

/** The one gateway that a route leads to, as AWS names its kind. */
export type RouteTarget =
  | { readonly CarrierGatewayId: string }
  | { readonly EgressOnlyInternetGatewayId: string }
  | { readonly GatewayId: string }
  | { readonly NatGatewayId: string };

export interface WantedRoute {
  readonly destination: string;
  readonly target: RouteTarget;
}

const everywhere = "0.0.0.0/0";
const everywhere6 = "::/0";
/** IPv4 as nodes with IPv6 alone see it: a NAT gateway translates. */
const translated = "64:ff9b::/96";

type Network = Pick<AWSClusterSpecNetwork, "subnets" | "vpc">;

/** Ways out of a subnet, besides the local ones. capa-behaviour 2.22. */
export function planRoutes(
  network: Network,
  subnet: AWSClusterSpecNetworkSubnet,
): readonly WantedRoute[] {
  return subnet.isPublic === true ? publicRoutes(network, subnet) : privateRoutes(network, subnet);
}

function publicRoutes(
  { vpc = {} }: Network,
  subnet: AWSClusterSpecNetworkSubnet,
): readonly WantedRoute[] {
  if (subnet.zoneType === "wavelength-zone") {
    const CarrierGatewayId = known(vpc.carrierGatewayId, "carrier gateway");
    return [{ destination: everywhere, target: { CarrierGatewayId } }];
  }
  const target = { GatewayId: known(vpc.internetGatewayId, "internet gateway") };
  const routes = [{ destination: everywhere, target }];
  return subnet.isIpv6 === true ? [...routes, { destination: everywhere6, target }] : routes;
}

function privateRoutes(
  network: Network,
  subnet: AWSClusterSpecNetworkSubnet,
): readonly WantedRoute[] {
  const nat = { NatGatewayId: natGateway(network, subnet) };
  const hasIpv4 = (subnet.cidrBlock ?? "") !== "";
  const routes: WantedRoute[] = hasIpv4 ? [{ destination: everywhere, target: nat }] : [];
  if (subnet.isIpv6 !== true) return routes;
  const id = network.vpc?.ipv6?.egressOnlyInternetGatewayId;
  const EgressOnlyInternetGatewayId = known(id, "egress-only internet gateway");
  routes.push({ destination: everywhere6, target: { EgressOnlyInternetGatewayId } });
  if (!hasIpv4) routes.push({ destination: translated, target: nat });
  return routes;
}

/** That of the subnet's own zone; an edge zone has none and uses its parent's, or any. */
function natGateway({ subnets = [] }: Network, subnet: AWSClusterSpecNetworkSubnet): string {
  const isEdge = subnet.zoneType === "local-zone" || subnet.zoneType === "wavelength-zone";
  const zone = isEdge ? subnet.parentZoneName : subnet.availabilityZone;
  const homes = subnets.filter(({ natGatewayId }) => natGatewayId !== undefined);
  const own = homes.find(({ availabilityZone }) => availabilityZone === zone);
  const id = (own ?? (isEdge ? homes[0] : undefined))?.natGatewayId;
  if (id === undefined) {
    throw new Error(`no NAT gateway is available in ${zone} for private subnet ${subnet.id}`);
  }
  return id;
}

function known(id: string | undefined, what: string): string {
  if (id === undefined) throw new Error(`the ${what} is not known yet`);
  return id;
}
