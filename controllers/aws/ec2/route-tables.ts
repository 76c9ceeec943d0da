import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  type Route,
  type RouteTable,
} from "@aws-sdk/client-ec2";
import type { AWSClusterSpecNetworkSubnet } from "../../api/generated/definitions.ts";
import { clientToken } from "../client-token.ts";
import {
  type ClusterScope,
  clusterTags,
  isManagedNetwork,
  networkOf,
  ownedFilter,
  requireVpcId,
} from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { routeTableName } from "../names.ts";
import { planRoutes, type RouteTarget, type WantedRoute } from "../plan-routes.ts";
import { isOwned, tagMap } from "../tags.ts";
import { subnetId } from "./subnets.ts";
import { ensureTags, tagSpecification } from "./tags.ts";

/** One table per subnet: public ones lead to the internet gateway, private ones to the NAT gateway of their zone. */
export async function reconcileRouteTables(scope: ClusterScope): Promise<void> {
  if (!isManagedNetwork(scope)) return; // The user's own VPC has the user's own routes.
  const tables = await describeRouteTables(scope, requireVpcId(scope));
  for (const subnet of networkOf(scope).subnets ?? []) {
    const existing = tables.find((table) => isAssociated(table, subnet));
    const table = existing ?? (await createRouteTable(scope, subnet));
    if (existing !== undefined) {
      await ensureTags(
        scope.aws.ec2,
        table.RouteTableId ?? "",
        table.Tags,
        tableTags(scope, subnet),
      );
    }
    for (const route of planRoutes(networkOf(scope), subnet))
      await ensureRoute(scope, table, route);
    if (existing === undefined) {
      await scope.aws.ec2.send(
        new AssociateRouteTableCommand({
          RouteTableId: table.RouteTableId,
          SubnetId: subnetId(subnet),
        }),
      );
    }
    if (table.RouteTableId !== undefined) subnet.routeTableId = table.RouteTableId;
  }
}

function isAssociated(table: RouteTable, subnet: AWSClusterSpecNetworkSubnet): boolean {
  return (table.Associations ?? []).some(({ SubnetId }) => SubnetId === subnetId(subnet));
}

function tableTags(scope: ClusterScope, subnet: AWSClusterSpecNetworkSubnet) {
  const visibility = subnet.isPublic === true ? "public" : "private";
  const name = routeTableName(scope.clusterName, visibility, subnet.availabilityZone ?? "");
  return clusterTags(scope, { name, role: "common" });
}

async function createRouteTable(
  scope: ClusterScope,
  subnet: AWSClusterSpecNetworkSubnet,
): Promise<RouteTable> {
  const { RouteTable: table = {} } = await scope.aws.ec2.send(
    new CreateRouteTableCommand({
      VpcId: requireVpcId(scope),
      ClientToken: clientToken(
        scope.draft.metadata.uid ?? "",
        `route-table/${subnet.id}`,
        subnetId(subnet),
      ),
      TagSpecifications: [tagSpecification("route-table", tableTags(scope, subnet))],
    }),
  );
  return table;
}

async function ensureRoute(
  scope: ClusterScope,
  table: RouteTable,
  { destination, target }: WantedRoute,
): Promise<void> {
  const isIpv6 = destination.includes(":");
  const current = (table.Routes ?? []).find(
    (route) =>
      (isIpv6 ? route.DestinationIpv6CidrBlock : route.DestinationCidrBlock) === destination,
  );
  if (current !== undefined && leadsTo(current, target)) return;
  const request = {
    RouteTableId: table.RouteTableId,
    ...(isIpv6 ? { DestinationIpv6CidrBlock: destination } : { DestinationCidrBlock: destination }),
    ...target,
  };
  await (current === undefined
    ? scope.aws.ec2.send(new CreateRouteCommand(request))
    : scope.aws.ec2.send(new ReplaceRouteCommand(request)));
}

/** A target that has gone leaves a black hole, which leads nowhere. */
function leadsTo(route: Route, target: RouteTarget): boolean {
  return (
    route.State !== "blackhole" &&
    Object.entries(target).every(([key, id]) => route[key as keyof Route] === id)
  );
}

async function describeRouteTables(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly RouteTable[]> {
  const { RouteTables = [] } = await scope.aws.ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [{ Name: "vpc-id", Values: [vpcId] }, ownedFilter(scope)],
    }),
  );
  return RouteTables.filter(({ Tags }) => isOwned(tagMap(Tags), scope.clusterName));
}

export async function deleteRouteTables(scope: ClusterScope, vpcId: string): Promise<void> {
  const { ec2 } = scope.aws;
  for (const { RouteTableId, Associations = [] } of await describeRouteTables(scope, vpcId)) {
    for (const { RouteTableAssociationId: AssociationId, Main } of Associations) {
      if (Main === true || AssociationId === undefined) continue;
      await ignoreNotFound(ec2.send(new DisassociateRouteTableCommand({ AssociationId })));
    }
    await ignoreNotFound(ec2.send(new DeleteRouteTableCommand({ RouteTableId })));
  }
}
