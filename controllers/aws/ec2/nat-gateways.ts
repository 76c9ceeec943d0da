import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  type NatGateway,
} from "@aws-sdk/client-ec2";
import type { AWSClusterSpecNetworkSubnet } from "../../api/generated/definitions.ts";
import { clientToken } from "../client-token.ts";
import {
  type ClusterScope,
  clusterTags,
  isManagedNetwork,
  networkOf,
  networkStatusOf,
  pollMs,
  ready,
  requireVpcId,
  type Wait,
} from "../cluster-scope.ts";
import { parseTime } from "../../runtime/clock.ts";
import { ignoreNotFound } from "../errors.ts";
import { natGatewayName } from "../names.ts";
import { isEdge } from "./availability-zones.ts";
import { ensureUnusedAddresses, releaseSurplusAddresses } from "./elastic-ips.ts";
import { subnetId } from "./subnets.ts";
import { tagSpecification } from "./tags.ts";

/** No list of AWS is known to lag behind for longer; after this time one more resync has looked. */
const lagMs = 900_000;

/** One gateway per zone that has private subnets, in that zone's first public subnet. */
export async function reconcileNatGateways(scope: ClusterScope): Promise<Wait | undefined> {
  const all = await describeNatGateways(scope, requireVpcId(scope));
  const live = all.filter(({ State }) => State === "available" || State === "pending");
  recordAddresses(scope, live);
  if (!isManagedNetwork(scope)) return ready;
  const homes = natHomes(networkOf(scope).subnets ?? []);
  const homeless = homes.filter(
    (home) => !live.some(({ SubnetId }) => SubnetId === subnetId(home)),
  );
  const unseen = homeless.filter(({ natGatewayId }) => isUnseen(scope, natGatewayId, all));
  if (unseen.length > 0) return waitFor(unseen.length);
  const addresses = await ensureUnusedAddresses(scope, homeless.length);
  const created = [];
  for (const [index, home] of homeless.entries()) {
    created.push(await createNatGateway(scope, home, addresses[index] ?? ""));
  }
  for (const home of homes) {
    const gateway = [...live, ...created].find(({ SubnetId }) => SubnetId === subnetId(home));
    if (gateway?.NatGatewayId !== undefined) home.natGatewayId = gateway.NatGatewayId;
  }
  const waiting = [...live, ...created].filter(({ State }) => State !== "available");
  if (waiting.length > 0) return waitFor(waiting.length);
  if (!isSettled(scope)) await releaseSurplusAddresses(scope, addressIds(live));
  return ready;
}

function waitFor(count: number): Wait {
  return {
    reason: "NatGatewaysCreationStarted",
    message: `waiting for ${count} NAT gateway(s) to become available`,
    requeueAfterMs: pollMs,
  };
}

/**
 * One that was made and is not in the list, in no state at all: the list lags behind (capa-bugs 24). AWS lists deleted and failed ones
 * for an hour, so one that has been known to work for long and is missing now has gone for good.
 */
function isUnseen(
  scope: ClusterScope,
  id: string | undefined,
  listed: readonly NatGateway[],
): boolean {
  if (id === undefined || listed.some(({ NatGatewayId }) => NatGatewayId === id)) return false;
  return !isSettled(scope);
}

/** Whether all gateways have been there for so long that no list can hide one. */
function isSettled({ draft, clock }: ClusterScope): boolean {
  const condition = draft.status?.conditions?.find(({ type }) => type === "NatGatewaysReady");
  const sinceMs = parseTime(condition?.lastTransitionTime ?? "") ?? clock.now();
  return condition?.status === "True" && clock.now() - sinceMs >= lagMs;
}

function addressIds(gateways: readonly NatGateway[]): readonly (string | undefined)[] {
  return gateways.flatMap(({ NatGatewayAddresses = [] }) =>
    NatGatewayAddresses.map(({ AllocationId }) => AllocationId),
  );
}

function natHomes(
  subnets: readonly AWSClusterSpecNetworkSubnet[],
): readonly AWSClusterSpecNetworkSubnet[] {
  const zones = new Set(
    subnets
      .filter((subnet) => subnet.isPublic !== true && !isEdge(subnet))
      .map(({ availabilityZone }) => availabilityZone),
  );
  return [...zones].flatMap((zone) => {
    const home = subnets.find(
      ({ isPublic, availabilityZone }) => isPublic === true && availabilityZone === zone,
    );
    return home ?? [];
  });
}

async function createNatGateway(
  scope: ClusterScope,
  home: AWSClusterSpecNetworkSubnet,
  AllocationId: string,
): Promise<NatGateway> {
  const tags = clusterTags(scope, { name: natGatewayName(scope.clusterName), role: "common" });
  const { NatGateway: gateway = {} } = await scope.aws.ec2.send(
    new CreateNatGatewayCommand({
      SubnetId: subnetId(home),
      AllocationId,
      // After a gateway that has failed or was deleted by hand the next one is another one, though it may get the same address.
      ClientToken: clientToken(
        scope.draft.metadata.uid ?? "",
        `nat-gateway/${home.id}`,
        `${AllocationId}/${home.natGatewayId ?? "first"}`,
      ),
      TagSpecifications: [tagSpecification("natgateway", tags)],
    }),
  );
  return gateway;
}

function recordAddresses(scope: ClusterScope, gateways: readonly NatGateway[]): void {
  const addresses = gateways
    .flatMap(({ NatGatewayAddresses = [] }) => NatGatewayAddresses.map(({ PublicIp }) => PublicIp))
    .filter((address) => address !== undefined)
    .toSorted();
  if (addresses.length > 0) networkStatusOf(scope).natGatewaysIPs = addresses;
}

async function describeNatGateways(
  scope: ClusterScope,
  vpcId: string,
): Promise<readonly NatGateway[]> {
  const { NatGateways = [] } = await scope.aws.ec2.send(
    new DescribeNatGatewaysCommand({
      Filter: [{ Name: "vpc-id", Values: [vpcId] }],
    }),
  );
  return NatGateways;
}

export async function deleteNatGateways(
  scope: ClusterScope,
  vpcId: string,
): Promise<Wait | undefined> {
  const gateways = (await describeNatGateways(scope, vpcId)).filter(
    ({ State = "" }) => !["deleted", "failed"].includes(State),
  );
  for (const { NatGatewayId, State } of gateways) {
    if (State === "deleting") continue;
    await ignoreNotFound(scope.aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })));
  }
  if (gateways.length === 0) return ready;
  return {
    reason: "Deleting",
    message: `waiting for ${gateways.length} NAT gateway(s) to go`,
    requeueAfterMs: pollMs,
  };
}
