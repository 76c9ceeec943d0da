import {
  CreateVpcCommand,
  type CreateVpcRequest,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  ModifyVpcAttributeCommand,
  type Vpc,
} from "@aws-sdk/client-ec2";
import {
  type ClusterScope,
  clusterTags,
  isManagedNetwork,
  networkOf,
  ownedFilter,
  pollMs,
  ready,
  type Wait,
} from "../cluster-scope.ts";
import { ignoreNotFound, isDependencyViolation, isNotFound } from "../errors.ts";
import { vpcName } from "../names.ts";
import { isOwned, tagMap } from "../tags.ts";
import { ensureTags, tagSpecification } from "./tags.ts";

const defaultCidrBlock = "10.0.0.0/16";

export async function reconcileVpc(scope: ClusterScope): Promise<Wait | undefined> {
  const { id = "" } = networkOf(scope).vpc;
  const owned = id !== "" && isManagedNetwork(scope) ? await describeOwned(scope) : [];
  if (id === "") {
    await adoptOrCreate(scope);
  } else {
    const found = owned.find(({ VpcId }) => VpcId === id) ?? (await requireVpc(scope, id));
    recordVpc(scope, found);
    if (!isManagedNetwork(scope)) return ready;
    await ensureTags(scope.aws.ec2, id, found.Tags, vpcTags(scope));
    await removeDuplicates(scope, owned);
  }
  await ensureDnsAttributes(scope);
  const { ipv6 } = networkOf(scope).vpc;
  if (ipv6 === undefined || (ipv6.cidrBlock ?? "") !== "") return ready;
  return {
    reason: "VpcCreationStarted",
    message: "waiting for the IPv6 range of the VPC",
    requeueAfterMs: pollMs,
  };
}

function vpcTags(scope: ClusterScope) {
  return clusterTags(scope, { name: vpcName(scope.clusterName), role: "common" });
}

async function requireVpc(scope: ClusterScope, id: string): Promise<Vpc> {
  const { Vpcs = [] } = await scope.aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }));
  const [found] = Vpcs;
  if (found === undefined) throw new Error(`VPC ${id} of the spec does not exist`);
  return found;
}

function recordVpc(scope: ClusterScope, found: Vpc): void {
  const { vpc } = networkOf(scope);
  if (found.VpcId !== undefined) vpc.id = found.VpcId;
  if (found.CidrBlock !== undefined) vpc.cidrBlock = found.CidrBlock;
  vpc.tags = { ...tagMap(found.Tags) };
  recordIpv6(scope, found);
}

/** The range that AWS has given; a VPC of the user's own tells by itself whether it has one. */
function recordIpv6(scope: ClusterScope, found: Vpc): void {
  const { vpc } = networkOf(scope);
  const [association] = (found.Ipv6CidrBlockAssociationSet ?? []).filter(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === "associated",
  );
  if (association?.Ipv6CidrBlock === undefined) return;
  if (vpc.ipv6 === undefined && isManagedNetwork(scope)) return; // Nobody has asked for it.
  const { Ipv6CidrBlock: cidrBlock, Ipv6Pool: poolId } = association;
  vpc.ipv6 = { ...vpc.ipv6, cidrBlock, ...(poolId === undefined ? {} : { poolId }) };
}

/** CreateVpc takes no token: the tags go into the call, and one that an earlier attempt made is found by them. */
async function adoptOrCreate(scope: ClusterScope): Promise<void> {
  const name = vpcName(scope.clusterName);
  const { Vpcs = [] } = await scope.aws.ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: "tag:Name", Values: [name] }] }),
  );
  const stranger = Vpcs.find((vpc) => !isOwned(tagMap(vpc.Tags), scope.clusterName));
  if (stranger !== undefined) {
    throw new Error(
      `VPC ${stranger.VpcId} is named ${name} but does not carry this cluster's ownership tag: ` +
        "tag it, or set spec.network.vpc.id",
    );
  }
  const [first] = Vpcs.toSorted((a, b) => ((a.VpcId ?? "") < (b.VpcId ?? "") ? -1 : 1));
  const vpc = first ?? (await createVpc(scope));
  recordVpc(scope, vpc);
  await scope.persist();
}

/** Amazon's own range, or one that the user has brought to AWS. */
function ipv6Request(
  scope: ClusterScope,
): Pick<CreateVpcRequest, "AmazonProvidedIpv6CidrBlock" | "Ipv6CidrBlock" | "Ipv6Pool"> {
  const { ipv6 } = networkOf(scope).vpc;
  if (ipv6 === undefined) return {};
  const { cidrBlock = "", poolId } = ipv6;
  return cidrBlock === ""
    ? { AmazonProvidedIpv6CidrBlock: true }
    : { Ipv6CidrBlock: cidrBlock, Ipv6Pool: poolId };
}

async function createVpc(scope: ClusterScope): Promise<Vpc> {
  const cidrBlock = networkOf(scope).vpc.cidrBlock;
  const { Vpc: vpc } = await scope.aws.ec2.send(
    new CreateVpcCommand({
      CidrBlock: cidrBlock === undefined || cidrBlock === "" ? defaultCidrBlock : cidrBlock,
      ...ipv6Request(scope),
      TagSpecifications: [tagSpecification("vpc", vpcTags(scope))],
    }),
  );
  return vpc ?? {};
}

async function describeOwned(scope: ClusterScope): Promise<readonly Vpc[]> {
  const { Vpcs = [] } = await scope.aws.ec2.send(
    new DescribeVpcsCommand({ Filters: [ownedFilter(scope)] }),
  );
  return Vpcs;
}

/** A VPC that was made because a read lagged behind an earlier create: empty, and owned by nobody else. */
async function removeDuplicates(scope: ClusterScope, owned: readonly Vpc[]): Promise<void> {
  for (const { VpcId = "" } of owned) {
    if (VpcId !== networkOf(scope).vpc.id) await deleteVpc(scope, VpcId);
  }
}

async function ensureDnsAttributes(scope: ClusterScope): Promise<void> {
  const { ec2 } = scope.aws;
  const VpcId = networkOf(scope).vpc.id ?? "";
  const hostnames = await ec2.send(
    new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsHostnames" }),
  );
  if (hostnames.EnableDnsHostnames?.Value !== true) {
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  }
  const support = await ec2.send(
    new DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsSupport" }),
  );
  if (support.EnableDnsSupport?.Value !== true) {
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: true } }));
  }
}

/** The VPC to delete: by its ID, or by its name if a crash came before the ID was stored. */
export async function findVpc(scope: ClusterScope): Promise<Vpc | undefined> {
  const { id } = networkOf(scope).vpc;
  const request =
    id === undefined || id === ""
      ? {
          Filters: [{ Name: "tag:Name", Values: [vpcName(scope.clusterName)] }, ownedFilter(scope)],
        }
      : { VpcIds: [id] };
  try {
    const { Vpcs = [] } = await scope.aws.ec2.send(new DescribeVpcsCommand(request));
    return Vpcs[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export async function deleteVpc(scope: ClusterScope, VpcId: string): Promise<void> {
  try {
    await ignoreNotFound(scope.aws.ec2.send(new DeleteVpcCommand({ VpcId })));
  } catch (error) {
    // A duplicate in use is no duplicate; the VPC itself is deleted when nothing is left in it.
    if (!isDependencyViolation(error) || VpcId === networkOf(scope).vpc.id) throw error;
  }
}
