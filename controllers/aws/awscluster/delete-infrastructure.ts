import { type ClusterScope, isManagedNetwork, ready, type Wait } from "../cluster-scope.ts";
import { deleteBastion } from "../ec2/bastion.ts";
import { deleteCarrierGateways } from "../ec2/carrier-gateways.ts";
import { deleteEgressOnlyInternetGateways } from "../ec2/egress-only-internet-gateways.ts";
import { releaseAddresses } from "../ec2/elastic-ips.ts";
import { deleteInternetGateways } from "../ec2/internet-gateways.ts";
import { deleteNatGateways } from "../ec2/nat-gateways.ts";
import { deleteRouteTables } from "../ec2/route-tables.ts";
import { deleteSecondaryCidrs } from "../ec2/secondary-cidrs.ts";
import { deleteSecurityGroups } from "../ec2/security-groups.ts";
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

/**
 * Takes everything down in the order in which AWS lets go; undefined once nothing is left. What AWS has not cleared away yet (the
 * interfaces of a load balancer linger for minutes) is waited for, not failed on.
 */
export async function deleteInfrastructure(scope: ClusterScope): Promise<Wait | undefined> {
  try {
    return await deleteInOrder(scope);
  } catch (error) {
    if (!isDependencyViolation(error)) throw error;
    const { message } = error as Error;
    return { reason: "Deleting", message, requeueAfterMs: dependencyRetryMs };
  }
}

async function deleteInOrder(scope: ClusterScope): Promise<Wait | undefined> {
  const external = await deleteExternalResources(scope);
  const balancer = await deleteLoadBalancers(scope);
  if (external !== undefined || balancer !== undefined) return external ?? balancer;
  const bastion = await deleteBastion(scope);
  if (bastion !== undefined) return bastion;
  const vpc = await findVpc(scope);
  if (vpc?.VpcId === undefined) {
    // No VPC: what can be left without one is an address or an unattached gateway of an early crash.
    if (isManagedNetwork(scope)) await deleteLeftovers(scope);
    return ready;
  }
  await deleteIdleInterfaces(scope, vpc.VpcId);
  await deleteSecurityGroups(scope, vpc.VpcId);
  if (!isOwned(tagMap(vpc.Tags), scope.clusterName)) {
    await untagUnmanagedSubnets(scope, await describeVpcSubnets(scope, vpc.VpcId));
    return ready; // The user's own network stays.
  }
  await deleteRouteTables(scope, vpc.VpcId);
  const gateways = await deleteNatGateways(scope, vpc.VpcId);
  if (gateways !== undefined) return gateways;
  await releaseAddresses(scope);
  await deleteInternetGateways(scope, vpc.VpcId);
  await deleteCarrierGateways(scope, vpc.VpcId);
  await deleteEgressOnlyInternetGateways(scope, vpc.VpcId);
  await deleteSubnets(scope, vpc.VpcId);
  await deleteSecondaryCidrs(scope, vpc.VpcId);
  await deleteVpc(scope, vpc.VpcId);
  return ready;
}

async function deleteLeftovers(scope: ClusterScope): Promise<void> {
  await releaseAddresses(scope);
  await deleteInternetGateways(scope, "");
}
