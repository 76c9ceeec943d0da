import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
  Route as WireRoute,
} from "@aws-sdk/client-ec2";
import { parseCidr } from "./cidr.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter, missingParameter, required } from "./errors.ts";
import type { Route, RouteTable } from "./records.ts";

interface Destination {
  readonly DestinationCidrBlock?: string | undefined;
  readonly DestinationIpv6CidrBlock?: string | undefined;
  readonly DestinationPrefixListId?: string | undefined;
}

function destinationOf(input: Destination): string {
  const v4 = input.DestinationCidrBlock;
  if (v4 !== undefined) return parseCidr(v4, "destinationCidrBlock").text;
  const other = input.DestinationIpv6CidrBlock ?? input.DestinationPrefixListId;
  return required(other, "destinationCidrBlock");
}

/** When several errors apply, the first of these wins: table, destination, duplicate, target, quota. */
export function createRoute(region: Ec2Region, input: CreateRouteRequest): CreateRouteResult {
  const table = region.routeTables.require(required(input.RouteTableId, "routeTableId"));
  const destination = destinationOf(input);
  const existing = table.routes.find((route) => route.destination === destination);
  const target = findTarget(region, table, input);
  if (existing !== undefined) {
    if (existing.state === "active" && sameTarget(existing.target, target)) return { Return: true };
    const message = `The route identified by ${destination} already exists.`;
    throw ec2Error("RouteAlreadyExists", message);
  }
  const limit = region.settings.quotas?.routesPerTable;
  const message = "The maximum number of routes has been reached.";
  region.checkQuota(table.routes.length, limit, "RouteLimitExceeded", message);
  const route: Route = { destination, state: "active", target, origin: "CreateRoute" };
  table.routes = [...table.routes, route];
  return { Return: true };
}

function sameTarget(left: Route["target"], right: Route["target"]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export function replaceRoute(region: Ec2Region, input: ReplaceRouteRequest) {
  const table = region.routeTables.require(required(input.RouteTableId, "routeTableId"));
  const destination = destinationOf(input);
  const existing = table.routes.find((route) => route.destination === destination);
  if (existing === undefined) {
    const message = `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`;
    throw invalidParameter(message);
  }
  const target = findTarget(region, table, input);
  table.routes = table.routes.map((route) =>
    route === existing ? { ...route, state: "active", target } : route,
  );
  return {};
}

export function deleteRoute(region: Ec2Region, input: DeleteRouteRequest) {
  const table = region.routeTables.require(required(input.RouteTableId, "routeTableId"));
  const destination = destinationOf(input);
  const existing = table.routes.find((route) => route.destination === destination);
  if (existing === undefined) {
    const message = `no route with destination-cidr-block ${destination} in route table ${table.routeTableId}`;
    throw ec2Error("InvalidRoute.NotFound", message);
  }
  if (existing.target.kind === "local") {
    const message = `cannot remove local route ${destination} in route table ${table.routeTableId}`;
    throw invalidParameter(message);
  }
  table.routes = table.routes.filter((route) => route !== existing);
  return {};
}

function findTarget(
  region: Ec2Region,
  table: RouteTable,
  input: CreateRouteRequest | ReplaceRouteRequest,
): Route["target"] {
  if (input.GatewayId !== undefined) return gatewayTarget(region, table, input.GatewayId);
  if (input.NatGatewayId !== undefined) {
    const gateway = region.natGateways.get(input.NatGatewayId);
    if (gateway === undefined || gateway.state === "deleted" || gateway.state === "failed") {
      const message = `The natGateway ID '${input.NatGatewayId}' does not exist`;
      throw ec2Error("InvalidNatGatewayID.NotFound", message);
    }
    return { kind: "natGateway", id: gateway.natGatewayId };
  }
  if (input.EgressOnlyInternetGatewayId !== undefined) {
    const { id } = region.egressOnlyGateways.require(input.EgressOnlyInternetGatewayId);
    return { kind: "egressOnlyInternetGateway", id };
  }
  if (input.CarrierGatewayId !== undefined) {
    const { id } = region.carrierGateways.require(input.CarrierGatewayId);
    return { kind: "carrierGateway", id };
  }
  return interfaceTarget(region, input);
}

function gatewayTarget(region: Ec2Region, table: RouteTable, id: string): Route["target"] {
  if (id === "local") return { kind: "local" };
  if (!id.startsWith("igw-")) return { kind: "other", id };
  const gateway = region.internetGateways.get(id);
  if (gateway === undefined) {
    throw ec2Error("InvalidGatewayID.NotFound", `The gateway ID '${id}' does not exist`);
  }
  if (!gateway.attachments.has(table.vpcId)) {
    const message = `route table ${table.routeTableId} and network gateway ${id} belong to different networks`;
    throw invalidParameter(message);
  }
  return { kind: "internetGateway", id };
}

function interfaceTarget(
  region: Ec2Region,
  input: CreateRouteRequest | ReplaceRouteRequest,
): Route["target"] {
  if (input.NetworkInterfaceId !== undefined) {
    const node = region.networkInterfaces.require(input.NetworkInterfaceId);
    return { kind: "networkInterface", id: node.networkInterfaceId };
  }
  if (input.InstanceId !== undefined) {
    const { networkInterfaceIds } = region.instances.require(input.InstanceId);
    return { kind: "networkInterface", id: networkInterfaceIds[0] ?? "" };
  }
  if (input.VpcPeeringConnectionId !== undefined) {
    return { kind: "vpcPeeringConnection", id: input.VpcPeeringConnectionId };
  }
  const other = input.TransitGatewayId ?? input.LocalGatewayId;
  if (other !== undefined) return { kind: "other", id: other };
  throw missingParameter("gatewayId");
}

/** Routes to something that is gone stay in their tables as black holes. */
export function blackhole(region: Ec2Region, targetId: string): void {
  for (const table of region.routeTables.values()) {
    if (!table.routes.some((route) => routeTargetId(route) === targetId)) continue;
    table.routes = table.routes.map((route) =>
      routeTargetId(route) === targetId ? { ...route, state: "blackhole" } : route,
    );
  }
}

export function routeTargetId(route: Route): string {
  return route.target.kind === "local" ? "local" : route.target.id;
}

export function routeToWire(route: Route): WireRoute {
  const { destination, state, origin, target } = route;
  const wire: WireRoute = { Origin: origin, State: state };
  if (destination.startsWith("pl-")) wire.DestinationPrefixListId = destination;
  else if (destination.includes(":")) wire.DestinationIpv6CidrBlock = destination;
  else wire.DestinationCidrBlock = destination;
  switch (target.kind) {
    case "natGateway":
      return { ...wire, NatGatewayId: target.id };
    case "egressOnlyInternetGateway":
      return { ...wire, EgressOnlyInternetGatewayId: target.id };
    case "carrierGateway":
      return { ...wire, CarrierGatewayId: target.id };
    case "networkInterface":
      return { ...wire, NetworkInterfaceId: target.id };
    case "vpcPeeringConnection":
      return { ...wire, VpcPeeringConnectionId: target.id };
    default:
      return { ...wire, GatewayId: routeTargetId(route) };
  }
}
