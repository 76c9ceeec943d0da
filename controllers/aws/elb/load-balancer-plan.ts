import type { AWSClusterSpec, ControlPlaneLoadBalancer } from "../../api/generated/definitions.ts";
import { type ClusterScope, clusterTags, networkOf, networkStatusOf } from "../cluster-scope.ts";
import { subnetId } from "../ec2/subnets.ts";
import { apiServerLoadBalancerName } from "../names.ts";

export type Position = "primary" | "secondary";

/** What the spec asks of one of the API server's load balancers. */
export interface LoadBalancerPlan {
  readonly position: Position;
  readonly name: string;
  readonly type: NonNullable<ControlPlaneLoadBalancer["loadBalancerType"]>;
  readonly scheme: "internal" | "internet-facing";
  readonly spec: ControlPlaneLoadBalancer;
}

/** The port on which API servers listen. */
export const instancePort = 6443;

/** Regions whose network load balancers take no security groups. capa-behaviour 5.3. */
const regionsWithoutGroups = new Set(["us-iso-east-1", "us-iso-west-1", "us-isob-east-1"]);

/** The load balancers of the cluster; a secondary one is always a network load balancer. */
export function planLoadBalancers(
  owner: { readonly namespace: string; readonly clusterName: string },
  spec: AWSClusterSpec | undefined,
): readonly LoadBalancerPlan[] {
  const plans: LoadBalancerPlan[] = [];
  const primary = spec?.controlPlaneLoadBalancer ?? {};
  const type = primary.loadBalancerType ?? "classic";
  if (type !== "disabled") plans.push(plan(owner, { position: "primary", type, spec: primary }));
  const secondary = spec?.secondaryControlPlaneLoadBalancer;
  if (secondary !== undefined) {
    plans.push(plan(owner, { position: "secondary", type: "nlb", spec: secondary }));
  }
  return plans;
}

function plan(
  { namespace, clusterName }: { readonly namespace: string; readonly clusterName: string },
  { position, type, spec }: Pick<LoadBalancerPlan, "position" | "spec" | "type">,
): LoadBalancerPlan {
  const family = type === "classic" ? "classic" : "v2";
  const generated = apiServerLoadBalancerName({ namespace, name: clusterName }, family);
  if (position === "secondary" && spec.name === undefined) {
    throw new Error("spec.secondaryControlPlaneLoadBalancer needs a name");
  }
  const scheme = spec.scheme ?? (position === "secondary" ? "internal" : "internet-facing");
  return { position, type, spec, name: spec.name ?? generated, scheme };
}

export function plansOf(scope: ClusterScope): readonly LoadBalancerPlan[] {
  return planLoadBalancers(scope, scope.draft.spec);
}

/** At most one subnet per zone; public ones unless the load balancer is internal. capa-behaviour 5.2. */
export function loadBalancerSubnets(scope: ClusterScope, plan: LoadBalancerPlan): string[] {
  const { subnets = [] } = networkOf(scope);
  const wanted = plan.spec.subnets ?? [];
  const wantsPublic = plan.scheme === "internet-facing";
  const usable =
    wanted.length > 0
      ? subnets.filter((subnet) => wanted.includes(subnetId(subnet)) || wanted.includes(subnet.id))
      : subnets.filter(
          ({ isPublic, zoneType }) =>
            (isPublic === true) === wantsPublic &&
            (zoneType === undefined || zoneType === "availability-zone"),
        );
  const byZone = new Map(usable.toReversed().map((subnet) => [subnet.availabilityZone, subnet]));
  const ids = [...byZone.values()].toReversed().map(subnetId);
  if (ids.length === 0) {
    const which = wantsPublic ? "public" : "private";
    throw new Error(`load balancer ${plan.name} requires at least one ${which} subnet`);
  }
  return ids;
}

/** Zones in which the load balancer has a leg. */
export function zonesOf(scope: ClusterScope, subnetIds: readonly string[]): string[] {
  const zones = (networkOf(scope).subnets ?? [])
    .filter((subnet) => subnetIds.includes(subnetId(subnet)))
    .map(({ availabilityZone = "" }) => availabilityZone);
  return [...new Set(zones)];
}

export function loadBalancerGroups(scope: ClusterScope, plan: LoadBalancerPlan): string[] {
  if (plan.type !== "classic" && regionsWithoutGroups.has(scope.region)) return [];
  const group = networkStatusOf(scope).securityGroups?.["apiserver-lb"]?.id;
  return [...(group === undefined ? [] : [group]), ...(plan.spec.additionalSecurityGroups ?? [])];
}

export function loadBalancerTags(scope: ClusterScope, { name }: LoadBalancerPlan) {
  return clusterTags(scope, { name, role: "apiserver" });
}

/** Whether kubeconfigs already name a load balancer: then it must never be made anew. */
export function hasEndpoint(scope: ClusterScope): boolean {
  const { host } = scope.draft.spec?.controlPlaneEndpoint ?? {};
  return host !== undefined && host !== "";
}

/** Upstream's figures: AWS's own defaults would take five minutes to find an API server healthy. */
export function healthCheckFigures({ spec }: LoadBalancerPlan) {
  const { healthCheck = {} } = spec;
  return {
    intervalSeconds: healthCheck.intervalSeconds ?? 10,
    timeoutSeconds: healthCheck.timeoutSeconds ?? 5,
    healthyThreshold: healthCheck.thresholdCount ?? 5,
    unhealthyThreshold: healthCheck.unhealthyThresholdCount ?? 3,
  };
}

/** Neither the VPC nor the scheme of a load balancer can be changed. */
export function assertPlace(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  actual: { readonly scheme: string | undefined; readonly vpcId: string | undefined },
): void {
  const { scheme, vpcId } = actual;
  const wanted = networkOf(scope).vpc.id;
  if (scheme !== undefined && scheme !== plan.scheme) {
    throw new Error(`load balancer ${plan.name} is ${scheme}, the spec says ${plan.scheme}`);
  }
  if (vpcId !== undefined && wanted !== undefined && vpcId !== wanted) {
    throw new Error(`load balancer ${plan.name} is in VPC ${vpcId}, not in ${wanted}`);
  }
}
