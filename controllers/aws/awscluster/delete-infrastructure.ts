import { type ClusterScope, isManagedNetwork, ready, type Wait } from "../cluster-scope.ts";
import { markFalse } from "../conditions.ts";
import { deleteBastion } from "../ec2/bastion.ts";
import { deleteCarrierGateways } from "../ec2/carrier-gateways.ts";
import { deleteEgressOnlyInternetGateways } from "../ec2/egress-only-internet-gateways.ts";
import { releaseAddresses } from "../ec2/elastic-ips.ts";
import { deleteInternetGateways } from "../ec2/internet-gateways.ts";
import { deleteNatGateways } from "../ec2/nat-gateways.ts";
import { deleteRouteTables } from "../ec2/route-tables.ts";
import { deleteSecondaryCidrs } from "../ec2/secondary-cidrs.ts";
import { deleteSecurityGroups, groupsToDelete } from "../ec2/security-groups.ts";
import { deleteSubnets, describeVpcSubnets } from "../ec2/subnets.ts";
import { untagUnmanagedSubnets } from "../ec2/unmanaged-subnets.ts";
import { deleteVpc, findVpc } from "../ec2/vpcs.ts";
import { deleteLoadBalancers } from "../elb/api-server-load-balancers.ts";
import { isDependencyViolation } from "../errors.ts";
import { deleteIdleInterfaces } from "../ec2/network-interfaces.ts";
import { deleteExternalResources } from "../external-resources/external-resources.ts";
import { isOwned, tagMap } from "../tags.ts";

/** As often as upstream's waiters look. */
const dependencyRetryMs = 15_000;

/** One part of a cluster's infrastructure to take down, and the condition that tells how far that is. */
interface DeletionStep {
  readonly condition: string;
  readonly run: (scope: ClusterScope, vpcId: string) => Promise<Wait | undefined>;
}

async function done(work: Promise<void>): Promise<undefined> {
  await work;
  return ready;
}

/** What the provider has made in any VPC, its own or the user's; these need no VPC to be found. */
const ownSteps: readonly DeletionStep[] = [
  {
    condition: "LoadBalancerReady",
    run: async (scope) => {
      const external = await deleteExternalResources(scope);
      const own = await deleteLoadBalancers(scope);
      return external ?? own;
    },
  },
  { condition: "BastionHostReady", run: deleteBastion },
];

const groupStep: DeletionStep = {
  condition: "ClusterSecurityGroupsReady",
  run: async (scope, vpcId) => {
    const groups = await groupsToDelete(scope, vpcId);
    await deleteIdleInterfaces(scope, vpcId, groups);
    return done(deleteSecurityGroups(scope, groups));
  },
};

/** In the order in which AWS lets go. */
const networkSteps: readonly DeletionStep[] = [
  { condition: "RouteTablesReady", run: (scope, id) => done(deleteRouteTables(scope, id)) },
  { condition: "NatGatewaysReady", run: deleteNatGatewaysAndAddresses },
  {
    condition: "InternetGatewayReady",
    run: (scope, id) => done(deleteInternetGateways(scope, id)),
  },
  { condition: "CarrierGatewayReady", run: (scope, id) => done(deleteCarrierGateways(scope, id)) },
  {
    condition: "EgressOnlyInternetGatewayReady",
    run: (scope, id) => done(deleteEgressOnlyInternetGateways(scope, id)),
  },
  { condition: "SubnetsReady", run: (scope, id) => done(deleteSubnets(scope, id)) },
  { condition: "SecondaryCidrsReady", run: (scope, id) => done(deleteSecondaryCidrs(scope, id)) },
  { condition: "VpcReady", run: (scope, id) => done(deleteVpc(scope, id)) },
];

async function deleteNatGatewaysAndAddresses(
  scope: ClusterScope,
  vpcId: string,
): Promise<Wait | undefined> {
  const wait = await deleteNatGateways(scope, vpcId);
  if (wait === undefined) await releaseAddresses(scope);
  return wait;
}

/** Takes everything down; undefined once nothing is left. */
export async function deleteInfrastructure(scope: ClusterScope): Promise<Wait | undefined> {
  const own = await runSteps(scope, ownSteps, "");
  if (own !== undefined) return own;
  const vpc = await findVpc(scope);
  if (vpc?.VpcId === undefined) {
    // No VPC: what can be left without one is an address or an unattached gateway of an early crash.
    if (isManagedNetwork(scope)) await deleteLeftovers(scope);
    return ready;
  }
  const groups = await runSteps(scope, [groupStep], vpc.VpcId);
  if (groups !== undefined) return groups;
  if (isOwned(tagMap(vpc.Tags), scope.clusterName)) return runSteps(scope, networkSteps, vpc.VpcId);
  await untagUnmanagedSubnets(scope, await describeVpcSubnets(scope, vpc.VpcId));
  return ready; // The user's own network stays.
}

/** The first step that has to wait ends the pass; every step tells in its condition how far it is. */
async function runSteps(
  scope: ClusterScope,
  steps: readonly DeletionStep[],
  vpcId: string,
): Promise<Wait | undefined> {
  for (const { condition, run } of steps) {
    if (scope.passed.has(condition)) continue;
    const wait = await patiently(scope, condition, run(scope, vpcId));
    if (wait !== undefined) {
      const { reason, message } = wait;
      tell(scope, condition, { reason, severity: "Info", message });
      return wait;
    }
    tell(scope, condition, { reason: "Deleted", severity: "Info" });
    scope.passed.add(condition);
  }
  return ready;
}

/** Nothing is said of a part that the cluster never had. */
function tell(scope: ClusterScope, type: string, why: Parameters<typeof markFalse>[2]): void {
  const isKnown = scope.draft.status?.conditions?.some((condition) => condition.type === type);
  if (isKnown === true) markFalse(scope.draft, type, why, scope.clock);
}

/**
 * What AWS has not cleared away yet (the interfaces of a load balancer linger for minutes) is waited for, not failed on.
 */
async function patiently(
  scope: ClusterScope,
  condition: string,
  work: Promise<Wait | undefined>,
): Promise<Wait | undefined> {
  try {
    return await work;
  } catch (error) {
    const { message } = error as Error;
    if (isDependencyViolation(error)) {
      return { reason: "Deleting", message, requeueAfterMs: dependencyRetryMs };
    }
    tell(scope, condition, { reason: "DeletingFailed", severity: "Warning", message });
    throw error;
  }
}

async function deleteLeftovers(scope: ClusterScope): Promise<void> {
  await releaseAddresses(scope);
  await deleteInternetGateways(scope, "");
}
