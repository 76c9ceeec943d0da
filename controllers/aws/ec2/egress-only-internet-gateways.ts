import {
  CreateEgressOnlyInternetGatewayCommand,
  DeleteEgressOnlyInternetGatewayCommand,
  DescribeEgressOnlyInternetGatewaysCommand,
  type EgressOnlyInternetGateway,
} from "@aws-sdk/client-ec2";
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
import { egressOnlyInternetGatewayName } from "../names.ts";
import { isOwned, tagMap } from "../tags.ts";
import { ensureTags, tagSpecification } from "./tags.ts";

/** The way out for private subnets with IPv6, in a VPC that has it. */
export async function reconcileEgressOnlyInternetGateway(scope: ClusterScope): Promise<void> {
  const { vpc } = networkOf(scope);
  if (vpc.ipv6 === undefined || !isManagedNetwork(scope)) return;
  const [found] = await describeOwned(scope, requireVpcId(scope));
  const gateway = found ?? (await create(scope));
  const id = gateway.EgressOnlyInternetGatewayId ?? "";
  if (found !== undefined) await ensureTags(scope.aws.ec2, id, found.Tags, gatewayTags(scope));
  vpc.ipv6 = { ...vpc.ipv6, egressOnlyInternetGatewayId: id };
}

function gatewayTags(scope: ClusterScope) {
  const name = egressOnlyInternetGatewayName(scope.clusterName);
  return clusterTags(scope, { name, role: "common" });
}

/** Only tags can be filtered by: the VPC is compared here, or those of others would be taken (capa-bugs 29). */
async function describeOwned(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly EgressOnlyInternetGateway[]> {
  const { EgressOnlyInternetGateways = [] } = await scope.aws.ec2.send(
    new DescribeEgressOnlyInternetGatewaysCommand({ Filters: [ownedFilter(scope)] }),
  );
  return EgressOnlyInternetGateways.filter(
    ({ Attachments = [], Tags }) =>
      isOwned(tagMap(Tags), scope.clusterName) && Attachments.some(({ VpcId }) => VpcId === vpcId),
  );
}

async function create(scope: ClusterScope): Promise<EgressOnlyInternetGateway> {
  const VpcId = requireVpcId(scope);
  const type = "egress-only-internet-gateway";
  const { EgressOnlyInternetGateway: gateway = {} } = await scope.aws.ec2.send(
    new CreateEgressOnlyInternetGatewayCommand({
      VpcId,
      ClientToken: clientToken(
        scope.draft.metadata.uid ?? "",
        type,
        // One that was deleted by hand is followed by another one.
        `${VpcId}/${networkOf(scope).vpc.ipv6?.egressOnlyInternetGatewayId ?? "first"}`,
      ),
      TagSpecifications: [tagSpecification(type, gatewayTags(scope))],
    }),
  );
  return gateway;
}

export async function deleteEgressOnlyInternetGateways(
  scope: ClusterScope,
  vpcId: string,
): Promise<void> {
  for (const gateway of await describeOwned(scope, vpcId)) {
    const { EgressOnlyInternetGatewayId } = gateway;
    await ignoreNotFound(
      scope.aws.ec2.send(
        new DeleteEgressOnlyInternetGatewayCommand({ EgressOnlyInternetGatewayId }),
      ),
    );
  }
}
