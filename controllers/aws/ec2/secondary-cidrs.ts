import {
  AssociateVpcCidrBlockCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
  type VpcCidrBlockAssociation,
} from "@aws-sdk/client-ec2";
import { type ClusterScope, isManagedNetwork, networkOf, requireVpcId } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";

function wanted(scope: ClusterScope): readonly string[] {
  return (networkOf(scope).vpc.secondaryCidrBlocks ?? []).map(({ ipv4CidrBlock }) => ipv4CidrBlock);
}

/** Adds the missing ranges to the VPC. A VPC of the user's own is never changed. capa-behaviour 2.6. */
export async function reconcileSecondaryCidrs(scope: ClusterScope): Promise<void> {
  if (wanted(scope).length === 0 || !isManagedNetwork(scope)) return;
  const VpcId = requireVpcId(scope);
  const present = new Set((await associations(scope, VpcId)).map(({ CidrBlock }) => CidrBlock));
  for (const CidrBlock of wanted(scope)) {
    if (present.has(CidrBlock)) continue;
    await scope.aws.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock }));
  }
}

export async function deleteSecondaryCidrs(scope: ClusterScope, vpcId: string): Promise<void> {
  if (wanted(scope).length === 0) return;
  for (const { CidrBlock = "", AssociationId } of await associations(scope, vpcId)) {
    if (!wanted(scope).includes(CidrBlock)) continue;
    await ignoreNotFound(
      scope.aws.ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId })),
    );
  }
}

async function associations(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly VpcCidrBlockAssociation[]> {
  const { Vpcs = [] } = await scope.aws.ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
  return (Vpcs[0]?.CidrBlockAssociationSet ?? []).filter(({ CidrBlockState }) =>
    ["associated", "associating"].includes(CidrBlockState?.State ?? ""),
  );
}
