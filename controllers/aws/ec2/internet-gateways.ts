import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DetachInternetGatewayCommand,
  type InternetGateway,
} from "@aws-sdk/client-ec2";
import {
  type ClusterScope,
  clusterTags,
  isManagedNetwork,
  networkOf,
  ownedFilter,
  requireVpcId,
} from "../cluster-scope.ts";
import { ignoreNotFound } from "../errors.ts";
import { internetGatewayName } from "../names.ts";
import { ensureTags, tagSpecification } from "./tags.ts";

export async function reconcileInternetGateway(scope: ClusterScope): Promise<void> {
  if (!isManagedNetwork(scope)) return; // The user's own VPC has what the user gave it.
  const vpcId = requireVpcId(scope);
  const attached = (await describeAttached(scope, vpcId))[0];
  const gateway = attached ?? (await findUnattached(scope)) ?? (await create(scope));
  const { InternetGatewayId = "" } = gateway;
  if (attached === undefined) {
    await scope.aws.ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId }));
  } else {
    await ensureTags(scope.aws.ec2, InternetGatewayId, attached.Tags, gatewayTags(scope));
  }
  networkOf(scope).vpc.internetGatewayId = InternetGatewayId;
}

function gatewayTags(scope: ClusterScope) {
  return clusterTags(scope, { name: internetGatewayName(scope.clusterName), role: "common" });
}

async function describeAttached(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly InternetGateway[]> {
  const { InternetGateways = [] } = await scope.aws.ec2.send(
    new DescribeInternetGatewaysCommand({
      Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }],
    }),
  );
  return InternetGateways;
}

async function describeOwned(scope: ClusterScope): Promise<readonly InternetGateway[]> {
  const { InternetGateways = [] } = await scope.aws.ec2.send(
    new DescribeInternetGatewaysCommand({ Filters: [ownedFilter(scope)] }),
  );
  return InternetGateways;
}

/** One that was made, but not attached before a crash or a lost answer. */
async function findUnattached(scope: ClusterScope): Promise<InternetGateway | undefined> {
  const owned = await describeOwned(scope);
  return owned.find(({ Attachments = [] }) => Attachments.length === 0);
}

async function create(scope: ClusterScope): Promise<InternetGateway> {
  const { InternetGateway: gateway = {} } = await scope.aws.ec2.send(
    new CreateInternetGatewayCommand({
      TagSpecifications: [tagSpecification("internet-gateway", gatewayTags(scope))],
    }),
  );
  return gateway;
}

export async function deleteInternetGateways(scope: ClusterScope, vpcId: string): Promise<void> {
  const { ec2 } = scope.aws;
  const attached = vpcId === "" ? [] : await describeAttached(scope, vpcId);
  for (const { InternetGatewayId } of attached) {
    await ignoreNotFound(
      ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId: vpcId })),
    );
    await ignoreNotFound(ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId })));
  }
  for (const { InternetGatewayId, Attachments = [] } of await describeOwned(scope)) {
    if (Attachments.length > 0) continue;
    await ignoreNotFound(ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId })));
  }
}
