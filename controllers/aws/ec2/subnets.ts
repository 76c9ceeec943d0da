import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  type RouteTable,
  type Subnet,
} from "@aws-sdk/client-ec2";
import type { AWSClusterSpecNetworkSubnet } from "../../api/generated/definitions.ts";
import {
  type ClusterScope,
  clusterTags,
  isManagedNetwork,
  networkOf,
  pollMs,
  ready,
  requireVpcId,
  type Wait,
} from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { planSubnets, selectZones } from "../plan-subnets.ts";
import { cloudProviderTagKey, type Tags, tagMap } from "../tags.ts";
import { describeZones, isEdge, recordZoneTypes } from "./availability-zones.ts";
import { keepSubnetAttributes } from "./subnet-attributes.ts";
import { ensureTags, tagSpecification } from "./tags.ts";
import { isPublicSubnet, tagUnmanagedSubnet } from "./unmanaged-subnets.ts";

const defaultZoneLimit = 3;

export async function reconcileSubnets(scope: ClusterScope): Promise<Wait | undefined> {
  if (isManagedNetwork(scope)) await planMissingSubnets(scope);
  const existing = await describeVpcSubnets(scope, requireVpcId(scope));
  const tables = isManagedNetwork(scope) ? [] : await describeVpcRouteTables(scope);
  await recordZoneTypes(scope);
  let pending = false;
  for (const subnet of networkOf(scope).subnets ?? []) {
    const found = existing.find((candidate) => isSame(subnet, candidate));
    const actual = found ?? (await createSubnet(scope, subnet));
    recordSubnet(scope, subnet, actual);
    if (isManagedNetwork(scope)) {
      if (found !== undefined) {
        await ensureTags(
          scope.aws.ec2,
          found.SubnetId ?? "",
          found.Tags,
          subnetTags(scope, subnet),
        );
      }
      await keepSubnetAttributes(scope, subnet, actual);
    } else {
      subnet.isPublic = isPublicSubnet(actual, tables);
      await tagUnmanagedSubnet(scope, subnet, actual);
    }
    pending ||= actual.State === "pending";
  }
  assertUsable(scope);
  if (!pending) return ready;
  return {
    reason: "SubnetsReconciliationFailed",
    message: "waiting for subnets to become available",
    requeueAfterMs: pollMs,
  };
}

/** The plan is stored before the first subnet is made, so that a later pass makes the same ones. */
async function planMissingSubnets(scope: ClusterScope): Promise<void> {
  const network = networkOf(scope);
  if ((network.subnets ?? []).length > 0) return;
  const { vpc } = network;
  const zones = selectZones(await describeZones(scope), {
    limit: vpc.availabilityZoneUsageLimit ?? defaultZoneLimit,
    selection: vpc.availabilityZoneSelection ?? "Ordered",
    draw: (zone) => scope.random.next("zone-selection", `${scope.clusterName}/${zone}`),
  });
  if (zones.length === 0) throw new Error(`region ${scope.region} has no availability zone to use`);
  const planned = planSubnets({
    clusterName: scope.clusterName,
    vpcCidrBlock: vpc.cidrBlock ?? "",
    zones,
    ...(vpc.ipv6?.cidrBlock === undefined ? {} : { vpcIpv6CidrBlock: vpc.ipv6.cidrBlock }),
    ...(vpc.subnetSchema === undefined ? {} : { schema: vpc.subnetSchema }),
  });
  network.subnets = planned.map((subnet) => ({ ...subnet }));
  await scope.persist();
}

export async function describeVpcSubnets(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly Subnet[]> {
  const { Subnets = [] } = await scope.aws.ec2.send(
    new DescribeSubnetsCommand({
      Filters: [
        { Name: "state", Values: ["pending", "available"] },
        { Name: "vpc-id", Values: [vpcId] },
      ],
    }),
  );
  return Subnets;
}

async function describeVpcRouteTables(scope: ClusterScope): Promise<readonly RouteTable[]> {
  const { RouteTables = [] } = await scope.aws.ec2.send(
    new DescribeRouteTablesCommand({
      Filters: [{ Name: "vpc-id", Values: [requireVpcId(scope)] }],
    }),
  );
  return RouteTables;
}

function isSame(subnet: AWSClusterSpecNetworkSubnet, candidate: Subnet): boolean {
  const id = subnet.resourceID ?? subnet.id;
  if (candidate.SubnetId === id) return true;
  if (subnet.cidrBlock !== undefined && subnet.cidrBlock === candidate.CidrBlock) return true;
  return subnet.ipv6CidrBlock !== undefined && subnet.ipv6CidrBlock === ipv6Of(candidate);
}

function ipv6Of({ Ipv6CidrBlockAssociationSet = [] }: Subnet): string | undefined {
  return Ipv6CidrBlockAssociationSet.find(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State !== "disassociated",
  )?.Ipv6CidrBlock;
}

async function createSubnet(
  scope: ClusterScope,
  subnet: AWSClusterSpecNetworkSubnet,
): Promise<Subnet> {
  if (!isManagedNetwork(scope)) {
    throw new Error(`subnet ${subnet.id} of the spec does not exist in VPC ${requireVpcId(scope)}`);
  }
  const { Subnet: created = {} } = await scope.aws.ec2.send(
    new CreateSubnetCommand({
      VpcId: requireVpcId(scope),
      AvailabilityZone: subnet.availabilityZone,
      ...addressRanges(subnet),
      TagSpecifications: [tagSpecification("subnet", subnetTags(scope, subnet))],
    }),
  );
  return created;
}

/** A subnet without an IPv4 range has IPv6 alone. */
function addressRanges({ cidrBlock = "", ipv6CidrBlock = "" }: AWSClusterSpecNetworkSubnet) {
  return {
    ...(cidrBlock === "" ? {} : { CidrBlock: cidrBlock }),
    ...(ipv6CidrBlock === "" ? {} : { Ipv6CidrBlock: ipv6CidrBlock }),
    ...(cidrBlock === "" && ipv6CidrBlock !== "" ? { Ipv6Native: true } : {}),
  };
}

function subnetTags(scope: ClusterScope, subnet: AWSClusterSpecNetworkSubnet): Tags {
  const isPublic = subnet.isPublic === true;
  const balancerRole = isPublic ? "kubernetes.io/role/elb" : "kubernetes.io/role/internal-elb";
  return clusterTags(scope, {
    name: subnet.tags?.["Name"] ?? subnet.id,
    role: isPublic ? "public" : "private",
    extra: {
      [cloudProviderTagKey(scope.clusterName)]: "owned",
      // No load balancer of a Service may go to an edge zone.
      ...(isEdge(subnet) ? {} : { [balancerRole]: "1" }),
    },
  });
}

function recordSubnet(
  scope: ClusterScope,
  subnet: AWSClusterSpecNetworkSubnet,
  actual: Subnet,
): void {
  if (actual.SubnetId !== undefined) subnet.resourceID = actual.SubnetId;
  if (actual.CidrBlock !== undefined && actual.CidrBlock !== "")
    subnet.cidrBlock = actual.CidrBlock;
  const ipv6CidrBlock = ipv6Of(actual);
  if (ipv6CidrBlock !== undefined) {
    subnet.ipv6CidrBlock = ipv6CidrBlock;
    subnet.isIpv6 = true;
  }
  if (actual.AvailabilityZone !== undefined) subnet.availabilityZone = actual.AvailabilityZone;
  if (isManagedNetwork(scope)) return;
  const tags = tagMap(actual.Tags);
  subnet.tags = { ...tags };
}

function assertUsable(scope: ClusterScope): void {
  const subnets = networkOf(scope).subnets ?? [];
  if (isManagedNetwork(scope) && !subnets.some(({ isPublic }) => isPublic === true)) {
    throw new Error("a managed VPC needs at least one public subnet");
  }
  if (subnets.length === 0) {
    throw new Error("spec.network.subnets must list the subnets to use in a VPC of your own");
  }
}

/** The ID that AWS knows a subnet by. */
export function subnetId(subnet: AWSClusterSpecNetworkSubnet): string {
  return subnet.resourceID ?? subnet.id;
}

export async function deleteSubnets(scope: ClusterScope, vpcId: string): Promise<void> {
  for (const { SubnetId } of await describeVpcSubnets(scope, vpcId)) {
    await ignoreNotFound(scope.aws.ec2.send(new DeleteSubnetCommand({ SubnetId })));
  }
}
