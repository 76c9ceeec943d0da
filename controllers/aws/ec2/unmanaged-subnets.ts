import { DeleteTagsCommand, type RouteTable, type Subnet } from "@aws-sdk/client-ec2";
import type { AWSClusterSpecNetworkSubnet } from "../../api/generated/definitions.ts";
import { type ClusterScope, networkOf } from "../cluster-scope.ts";
import { cloudProviderTagKey, isOwned, providerTag, type Tags, tagMap } from "../tags.ts";
import { ensureTags } from "./tags.ts";

/** A subnet is public if it says so, or if its route table, its own or the VPC's main one, leads to an internet gateway. */
export function isPublicSubnet(subnet: Subnet, tables: readonly RouteTable[]): boolean {
  const role = tagMap(subnet.Tags)[`${providerTag}/role`];
  if (role !== undefined) return role === "public";
  // Upstream looks at explicit associations only and so takes subnets on the main table for private ones.
  const own =
    tables.find(({ Associations }) =>
      Associations?.some(({ SubnetId }) => SubnetId === subnet.SubnetId),
    ) ?? tables.find(({ Associations }) => Associations?.some(({ Main }) => Main === true));
  return (own?.Routes ?? []).some(
    ({ GatewayId = "", CarrierGatewayId = "" }) =>
      GatewayId.startsWith("igw-") || CarrierGatewayId.startsWith("cagw-"),
  );
}

/** What the cloud controller manager looks for. The subnet stays the user's: other clusters may use it as well. */
function sharedTags(scope: ClusterScope, subnet: AWSClusterSpecNetworkSubnet): Tags {
  const role =
    subnet.isPublic === true ? "kubernetes.io/role/elb" : "kubernetes.io/role/internal-elb";
  return { [cloudProviderTagKey(scope.clusterName)]: "shared", [role]: "1" };
}

/** Tags a subnet that is the user's own. A refusal is told but stops nothing: the user may tag it as well. */
export async function tagUnmanagedSubnet(
  scope: ClusterScope,
  subnet: AWSClusterSpecNetworkSubnet,
  actual: Subnet,
): Promise<void> {
  try {
    await ensureTags(scope.aws.ec2, actual.SubnetId ?? "", actual.Tags, sharedTags(scope, subnet));
  } catch (error) {
    const message = `Failed tagging unmanaged Subnet "${subnet.id}": ${(error as Error).message}`;
    scope.recorder.event(scope.draft, "Warning", "FailedTagSubnet", message);
  }
}

/** Takes this cluster's tag off again: fifty of them, and the subnet takes no more (capa-bugs 38). */
export async function untagUnmanagedSubnets(
  scope: ClusterScope,
  subnets: readonly Subnet[],
): Promise<void> {
  const used = new Set(
    (networkOf(scope).subnets ?? []).map(({ id, resourceID }) => resourceID ?? id),
  );
  const key = cloudProviderTagKey(scope.clusterName);
  for (const { SubnetId = "", Tags } of subnets) {
    const tags = tagMap(Tags);
    if (!used.has(SubnetId) || tags[key] !== "shared" || isOwned(tags, scope.clusterName)) continue;
    await scope.aws.ec2.send(
      new DeleteTagsCommand({ Resources: [SubnetId], Tags: [{ Key: key, Value: "shared" }] }),
    );
  }
}
