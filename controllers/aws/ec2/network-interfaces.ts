import {
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
} from "@aws-sdk/client-ec2";
import type { ClusterScope } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { groupsToDelete } from "./security-groups.ts";

/**
 * Interfaces that nothing uses any more but that still hold the cluster's security groups: what a load balancer or a CNI has left
 * behind would block the deletion of groups and subnets for as long as AWS takes to notice (capa-bugs 32).
 */
export async function deleteIdleInterfaces(scope: ClusterScope, vpcId: string): Promise<void> {
  const { ec2 } = scope.aws;
  const vpc = { Name: "vpc-id", Values: [vpcId] };
  const groups = (await groupsToDelete(scope, vpcId)).flatMap(({ GroupId }) => GroupId ?? []);
  if (groups.length === 0) return;
  const { NetworkInterfaces = [] } = await ec2.send(
    new DescribeNetworkInterfacesCommand({
      Filters: [
        vpc,
        { Name: "group-id", Values: groups },
        { Name: "status", Values: ["available"] },
      ],
    }),
  );
  for (const { NetworkInterfaceId, RequesterManaged } of NetworkInterfaces) {
    if (RequesterManaged === true) continue; // AWS removes its own.
    await ignoreNotFound(ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })));
  }
}
