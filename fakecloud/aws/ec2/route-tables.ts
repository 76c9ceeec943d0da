import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  RouteTable as WireTable,
} from "@aws-sdk/client-ec2";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { dependencyViolation, ec2Error, required } from "./errors.ts";
import type { FilterTable } from "./filters.ts";
import type { Route, RouteTable, RouteTableAssociation, Vpc } from "./records.ts";
import { routeTargetId, routeToWire } from "./routes.ts";
import { routeTablePaths } from "./tables/wire-filters.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

export function addMainRouteTable(region: Ec2Region, vpc: Vpc): void {
  const table = add(region, vpc, new Map());
  const associationId = region.newId("rtbassoc", vpc.vpcId);
  table.associations = [{ associationId, main: true, subnetId: undefined }];
}

function add(region: Ec2Region, vpc: Vpc, tags: Map<string, string>): RouteTable {
  const routeTableId = region.newId("rtb", tags.get("Name") ?? vpc.vpcId);
  const table: RouteTable = {
    routeTableId,
    vpcId: vpc.vpcId,
    routes: vpc.cidrBlocks.map(localRoute),
    associations: [],
    tags,
  };
  return region.routeTables.add(routeTableId, table);
}

function localRoute(destination: string): Route {
  return { destination, state: "active", target: { kind: "local" }, origin: "CreateRouteTable" };
}

/** Every table of a VPC has a local route for each of its blocks, also for those that come later. */
export function addLocalRoutes(region: Ec2Region, vpc: Vpc): void {
  for (const table of region.routeTables.inVpc(vpc.vpcId)) {
    const known = new Set(table.routes.map(({ destination }) => destination));
    const fresh = vpc.cidrBlocks.filter((block) => !known.has(block));
    table.routes = [...table.routes, ...fresh.map(localRoute)];
  }
}

export function removeLocalRoute(region: Ec2Region, vpc: Vpc, destination: string): void {
  for (const table of region.routeTables.inVpc(vpc.vpcId)) {
    table.routes = table.routes.filter(
      (route) => route.destination !== destination || route.target.kind !== "local",
    );
  }
}

export function createRouteTable(
  region: Ec2Region,
  input: CreateRouteTableRequest,
): CreateRouteTableResult {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const { ClientToken: token, ...asked } = input;
  const { id } = region.once("CreateRouteTable", token, asked, () => {
    const tags = tagsFor(input.TagSpecifications, "route-table");
    const count = region.routeTables.inVpc(vpc.vpcId).length;
    const limit = region.settings.quotas?.routeTablesPerVpc;
    const message = "The maximum number of route tables has been reached.";
    region.checkQuota(count, limit, "RouteTableLimitExceeded", message);
    return add(region, vpc, tags).routeTableId;
  });
  const table = region.routeTables.own(id);
  return {
    RouteTable: toWire(region, table),
    ...(token === undefined ? {} : { ClientToken: token }),
  };
}

function toWire(region: Ec2Region, table: RouteTable): WireTable {
  return {
    RouteTableId: table.routeTableId,
    VpcId: table.vpcId,
    OwnerId: region.accountId,
    Routes: table.routes.map((route) => routeToWire(route)),
    Associations: table.associations.map((association) => ({
      RouteTableAssociationId: association.associationId,
      RouteTableId: table.routeTableId,
      ...(association.subnetId === undefined ? {} : { SubnetId: association.subnetId }),
      Main: association.main,
      AssociationState: { State: "associated" },
    })),
    PropagatingVgws: [],
    Tags: tagsToWire(table.tags),
  };
}

const filters: FilterTable<RouteTable> = {
  "association.main": (table) => table.associations.map((one) => `${one.main}`),
  "association.route-table-association-id": (table) =>
    table.associations.map((one) => one.associationId),
  "association.route-table-id": (table) =>
    table.associations.length > 0 ? table.routeTableId : undefined,
  "association.subnet-id": (table) => table.associations.map((one) => one.subnetId),
  "route.destination-cidr-block": (table) => table.routes.map((route) => route.destination),
  "route.gateway-id": (table) => table.routes.map(routeTargetId),
  "route.nat-gateway-id": (table) => table.routes.map(routeTargetId),
  "route.origin": (table) => table.routes.map((route) => route.origin),
  "route.state": (table) => table.routes.map((route) => route.state),
  "route-table-id": (table) => table.routeTableId,
  "vpc-id": (table) => table.vpcId,
};

export function describeRouteTables(
  region: Ec2Region,
  input: DescribeRouteTablesRequest,
): DescribeRouteTablesResult {
  const { items, ...token } = describe(
    region.routeTables,
    {
      ids: input.RouteTableIds,
      filters: input.Filters,
      wire: { show: (table) => toWire(region, table), paths: routeTablePaths },
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    { ...filters, "owner-id": () => region.accountId },
    { min: 5, max: 100 },
  );
  return { RouteTables: items.map((table) => toWire(region, table)), ...token };
}

export function associateRouteTable(
  region: Ec2Region,
  input: AssociateRouteTableRequest,
): AssociateRouteTableResult {
  const table = region.routeTables.require(required(input.RouteTableId, "routeTableId"));
  const subnet = region.subnets.require(required(input.SubnetId, "subnetId"));
  const { subnetId } = subnet;
  const existing = explicitAssociation(region, subnetId);
  if (existing?.table === table) return associated(existing.association.associationId);
  if (existing !== undefined) {
    const message = `the specified association for route table ${table.routeTableId} conflicts with an existing association`;
    throw ec2Error("Resource.AlreadyAssociated", message);
  }
  if (subnet.vpcId !== table.vpcId) {
    const message = `Route table ${table.routeTableId} and subnet ${subnetId} belong to different networks`;
    throw ec2Error("InvalidParameterValue", message);
  }
  const associationId = region.newId("rtbassoc", subnetId);
  table.associations = [...table.associations, { associationId, main: false, subnetId }];
  return associated(associationId);
}

function associated(associationId: string): AssociateRouteTableResult {
  return { AssociationId: associationId, AssociationState: { State: "associated" } };
}

function explicitAssociation(region: Ec2Region, subnetId: string) {
  for (const table of region.routeTables.values()) {
    const association = table.associations.find((one) => one.subnetId === subnetId);
    if (association !== undefined) return { table, association };
  }
  return undefined;
}

function requireAssociation(
  region: Ec2Region,
  associationId: string,
): { readonly table: RouteTable; readonly association: RouteTableAssociation } {
  for (const table of region.routeTables.values()) {
    const association = table.associations.find((one) => one.associationId === associationId);
    if (association !== undefined) return { table, association };
  }
  const message = `The association ID '${associationId}' does not exist`;
  throw ec2Error("InvalidAssociationID.NotFound", message);
}

export function disassociateRouteTable(region: Ec2Region, input: DisassociateRouteTableRequest) {
  const associationId = required(input.AssociationId, "associationId");
  const { table, association } = requireAssociation(region, associationId);
  if (association.main) {
    const message = `cannot disassociate the main route table association ${associationId}`;
    throw ec2Error("InvalidParameterValue", message);
  }
  table.associations = table.associations.filter((one) => one !== association);
  return {};
}

/** Also how another table becomes the main one. */
export function replaceRouteTableAssociation(
  region: Ec2Region,
  input: ReplaceRouteTableAssociationRequest,
): ReplaceRouteTableAssociationResult {
  const target = region.routeTables.require(required(input.RouteTableId, "routeTableId"));
  const { table, association } = requireAssociation(
    region,
    required(input.AssociationId, "associationId"),
  );
  table.associations = table.associations.filter((one) => one !== association);
  const associationId = region.newId("rtbassoc", association.subnetId ?? target.vpcId);
  target.associations = [...target.associations, { ...association, associationId }];
  return { NewAssociationId: associationId, AssociationState: { State: "associated" } };
}

export function dissociateSubnet(region: Ec2Region, subnetId: string): void {
  for (const table of region.routeTables.values()) {
    if (!table.associations.some((one) => one.subnetId === subnetId)) continue;
    table.associations = table.associations.filter((one) => one.subnetId !== subnetId);
  }
}

export function deleteRouteTable(region: Ec2Region, input: DeleteRouteTableRequest) {
  const table = region.routeTables.require(required(input.RouteTableId, "routeTableId"));
  if (table.associations.length > 0) {
    const message = `The routeTable '${table.routeTableId}' has dependencies and cannot be deleted.`;
    throw dependencyViolation(message);
  }
  region.routeTables.delete(table.routeTableId);
  return {};
}
