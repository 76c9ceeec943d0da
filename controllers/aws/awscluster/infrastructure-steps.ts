import { type ClusterScope, networkOf, ready, type Wait } from "../cluster-scope.ts";
import { reconcileBastion } from "../ec2/bastion.ts";
import { needsCarrierGateway, reconcileCarrierGateway } from "../ec2/carrier-gateways.ts";
import { emptyDefaultSecurityGroup } from "../ec2/default-security-group.ts";
import { reconcileEgressOnlyInternetGateway } from "../ec2/egress-only-internet-gateways.ts";
import { reconcileInternetGateway } from "../ec2/internet-gateways.ts";
import { reconcileNatGateways } from "../ec2/nat-gateways.ts";
import { reconcileRouteTables } from "../ec2/route-tables.ts";
import { reconcileSecondaryCidrs } from "../ec2/secondary-cidrs.ts";
import { reconcileSecurityGroups } from "../ec2/security-groups.ts";
import { reconcileSubnets } from "../ec2/subnets.ts";
import { reconcileVpc } from "../ec2/vpcs.ts";
import { reconcileLoadBalancers } from "../elb/api-server-load-balancers.ts";
import { assertSupportedCluster } from "../unsupported-fields.ts";

/** One part of a cluster's infrastructure, and the condition that tells how it is. */
export interface InfrastructureStep {
  readonly condition: string;
  readonly failedReason: string;
  readonly reconcile: (scope: ClusterScope) => Promise<Wait | undefined>;
  /** Whether this cluster has such a part at all; every cluster has those that do not say. */
  readonly applies?: (scope: ClusterScope) => boolean;
}

async function done(work: Promise<void>): Promise<undefined> {
  await work;
  return ready;
}

/** In the order in which they depend on each other; the first that has to wait ends the pass. */
export const infrastructureSteps: readonly InfrastructureStep[] = [
  {
    condition: "VpcReady",
    failedReason: "VpcReconciliationFailed",
    reconcile: async (scope) => {
      assertSupportedCluster(scope.draft.spec);
      return reconcileVpc(scope);
    },
  },
  {
    condition: "SecondaryCidrsReady",
    failedReason: "SecondaryCidrReconciliationFailed",
    reconcile: (scope) => done(reconcileSecondaryCidrs(scope)),
  },
  {
    condition: "SubnetsReady",
    failedReason: "SubnetsReconciliationFailed",
    reconcile: reconcileSubnets,
  },
  {
    condition: "InternetGatewayReady",
    failedReason: "InternetGatewayFailed",
    reconcile: (scope) => done(reconcileInternetGateway(scope)),
  },
  {
    condition: "CarrierGatewayReady",
    failedReason: "CarrierGatewayFailed",
    applies: needsCarrierGateway,
    reconcile: (scope) => done(reconcileCarrierGateway(scope)),
  },
  {
    condition: "EgressOnlyInternetGatewayReady",
    failedReason: "EgressOnlyInternetGatewayFailed",
    applies: (scope) => networkOf(scope).vpc.ipv6 !== undefined,
    reconcile: (scope) => done(reconcileEgressOnlyInternetGateway(scope)),
  },
  {
    condition: "NatGatewaysReady",
    failedReason: "NatGatewaysReconciliationFailed",
    reconcile: reconcileNatGateways,
  },
  {
    condition: "RouteTablesReady",
    failedReason: "RouteTableReconciliationFailed",
    reconcile: (scope) => done(reconcileRouteTables(scope)),
  },
  {
    condition: "ClusterSecurityGroupsReady",
    failedReason: "SecurityGroupReconciliationFailed",
    reconcile: async (scope) => {
      await reconcileSecurityGroups(scope);
      await emptyDefaultSecurityGroup(scope);
      return ready;
    },
  },
  {
    condition: "BastionHostReady",
    failedReason: "BastionHostFailed",
    reconcile: reconcileBastion,
  },
  {
    condition: "LoadBalancerReady",
    failedReason: "LoadBalancerFailed",
    reconcile: reconcileLoadBalancers,
  },
];
