import {
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  type SecurityGroup,
} from "@aws-sdk/client-ec2";
import type { ClusterScope } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";

/**
 * Interfaces that nothing uses any more but that still hold the cluster's security groups: what a load balancer or a CNI has left
 * behind would block the deletion of groups and subnets for as long as AWS takes to notice (capa-bugs 32).
 */
export async function deleteIdleInterfaces(
  scope: ClusterScope,
  vpcId: string,
  groups: readonly SecurityGroup[],
): Promise<void> {
  const { ec2 } = scope.aws;
  if (groups.length === 0) return;
  const { NetworkInterfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [
        { Name: "vpc-id", Values: [vpcId] },
        { Name: "group-id", Values: groups.flatMap(({ GroupId }) => GroupId ?? []) },
        { Name: "status", Values: ["available"] },
      ],
    }),
  );
  for (const { NetworkInterfaceId, RequesterManaged } of NetworkInterfaces) {
    if (RequesterManaged === true) continue; // AWS removes its own.
    await ignoreNotFound(ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })));
  }
}
