import {
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { type ClusterScope, isManagedNetwork, networkOf, requireVpcId } from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";

/** Takes every rule from the VPC's default group where the spec asks for that. capa-behaviour 3.8. */
export async function emptyDefaultSecurityGroup(scope: ClusterScope): Promise<void> {
  if (networkOf(scope).vpc.emptyRoutesDefaultVPCSecurityGroup !== true) return;
  if (!isManagedNetwork(scope)) return;
  const { ec2 } = scope.aws;
  const { SecurityGroups = [] } = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: "vpc-id", Values: [requireVpcId(scope)] },
        { Name: "group-name", Values: ["default"] },
      ],
    }),
  );
  for (const { GroupId, IpPermissions = [], IpPermissionsEgress = [] } of SecurityGroups) {
    if (IpPermissions.length > 0) {
      await ignoreNotFound(
        ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
      );
    }
    if (IpPermissionsEgress.length > 0) {
      const request = { GroupId, IpPermissions: IpPermissionsEgress };
      await ignoreNotFound(ec2.send(new RevokeSecurityGroupEgressCommand(request)));
    }
  }
}
