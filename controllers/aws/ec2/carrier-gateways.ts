import {
  type CarrierGateway,
  CreateCarrierGatewayCommand,
  DeleteCarrierGatewayCommand,
  DescribeCarrierGatewaysCommand,
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
import { internetGatewayName } from "../names.ts";
import { ensureTags, tagSpecification } from "./tags.ts";

/** Public subnets in wavelength zones reach the carrier's network through it, and the internet through that. */
export function needsCarrierGateway(scope: ClusterScope): boolean {
  return (networkOf(scope).subnets ?? []).some(
    ({ isPublic, zoneType }) => isPublic === true && zoneType === "wavelength-zone",
  );
}

export async function reconcileCarrierGateway(scope: ClusterScope): Promise<void> {
  if (!isManagedNetwork(scope) || !needsCarrierGateway(scope)) return;
  const [found] = await describeOwned(scope, requireVpcId(scope));
  const gateway = found ?? (await create(scope));
  const id = gateway.CarrierGatewayId ?? "";
  if (found !== undefined) await ensureTags(scope.aws.ec2, id, found.Tags, gatewayTags(scope));
  networkOf(scope).vpc.carrierGatewayId = id;
}

function gatewayTags(scope: ClusterScope) {
  return clusterTags(scope, { name: internetGatewayName(scope.clusterName), role: "common" });
}

async function describeOwned(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly CarrierGateway[]> {
  const { CarrierGateways = [] } = await scope.aws.ec2.send(
    new DescribeCarrierGatewaysCommand({
      Filters: [{ Name: "vpc-id", Values: [vpcId] }, ownedFilter(scope)],
    }),
  );
  return CarrierGateways.filter(({ State }) => State !== "deleting" && State !== "deleted");
}

async function create(scope: ClusterScope): Promise<CarrierGateway> {
  const VpcId = requireVpcId(scope);
  const { CarrierGateway: gateway = {} } = await scope.aws.ec2.send(
    new CreateCarrierGatewayCommand({
      VpcId,
      ClientToken: clientToken(
        scope.draft.metadata.uid ?? "",
        "carrier-gateway",
        // One that was deleted by hand is followed by another one.
        `${VpcId}/${networkOf(scope).vpc.carrierGatewayId ?? "first"}`,
      ),
      TagSpecifications: [tagSpecification("carrier-gateway", gatewayTags(scope))],
    }),
  );
  return gateway;
}

export async function deleteCarrierGateways(scope: ClusterScope, vpcId: string): Promise<void> {
  for (const { CarrierGatewayId } of await describeOwned(scope, vpcId)) {
    await ignoreNotFound(scope.aws.ec2.send(new DeleteCarrierGatewayCommand({ CarrierGatewayId })));
  }
}
