import ipaddr from "ipaddr.js";
import type { Bastion, IngressRule } from "../api/generated/definitions.ts";
import { type ClusterScope, networkOf, networkStatusOf } from "./cluster-scope.ts";
import {
  defaultCniRules,
  type IngressRuleSpec,
  type SecurityGroupPlanInput,
  type SecurityGroupRole,
} from "./plan-security-groups.ts";

export const defaultApiServerPort = 6443;

/** What the rules of the cluster's security groups depend on, read off the AWSCluster. */
export function securityGroupPlanInput(scope: ClusterScope): SecurityGroupPlanInput {
  const { spec = {} } = scope.draft;
  const network = networkOf(scope);
  const status = networkStatusOf(scope);
  const ipv6 = network.vpc.ipv6 !== undefined;
  const ids = Object.fromEntries(
    Object.entries(status.securityGroups ?? {}).map(([role, { id }]) => [role, id]),
  ) as Partial<Record<SecurityGroupRole, string>>;
  return {
    ids,
    vpcCidrBlocks: ownRanges(scope),
    ipv6,
    apiServerPort: apiServerPort(scope),
    bastion: bastionInput(spec.bastion),
    cniRules: network.cni?.cniIngressRules ?? defaultCniRules,
    loadBalancer: loadBalancerInput(scope),
    natGatewayIps: status.natGatewaysIPs ?? [],
    nodePortCidrBlocks: network.nodePortIngressRuleCidrBlocks ?? [],
    additionalControlPlaneRules: specRules(scope, network.additionalControlPlaneIngressRules),
    additionalNodeRules: specRules(scope, network.additionalNodeIngressRules),
  };
}

/** A VPC may have several ranges; those of a user's own VPC are known by the subnets in them. */
function ownRanges(scope: ClusterScope): readonly string[] {
  const { vpc, subnets = [] } = networkOf(scope);
  const secondary = (vpc.secondaryCidrBlocks ?? []).map(({ ipv4CidrBlock }) => ipv4CidrBlock);
  const ranges = [vpc.cidrBlock ?? "", ...secondary].filter((range) => range !== "");
  const others = subnets
    .map(({ cidrBlock = "" }) => cidrBlock)
    .filter((block) => block !== "" && !ranges.some((range) => isInside(block, range)));
  return [...ranges, ...others];
}

function isInside(block: string, range: string): boolean {
  const [address, bits] = ipaddr.IPv4.parseCIDR(block);
  const [network, prefix] = ipaddr.IPv4.parseCIDR(range);
  return bits >= prefix && address.match(network, prefix);
}

function bastionInput(bastion: Bastion = {}): SecurityGroupPlanInput["bastion"] {
  const open = bastion.allowedCIDRBlocks ?? ["0.0.0.0/0", "::/0"];
  return {
    enabled: bastion.enabled === true,
    allowedCidrBlocks: bastion.disableIngressRules === true ? [] : open,
  };
}

function loadBalancerInput(scope: ClusterScope): SecurityGroupPlanInput["loadBalancer"] {
  const balancer = scope.draft.spec?.controlPlaneLoadBalancer ?? {};
  const secondary = scope.draft.spec?.secondaryControlPlaneLoadBalancer ?? {};
  return {
    internal: balancer.scheme === "internal",
    type: balancer.loadBalancerType ?? "classic",
    preserveClientIp: balancer.preserveClientIP === true,
    ingressRules: [
      ...specRules(scope, balancer.ingressRules),
      ...specRules(scope, secondary.ingressRules),
    ],
    additionalListenerPorts: (balancer.additionalListeners ?? []).map(({ port }) => port),
  };
}

/** Rules as the user wrote them; the addresses of the NAT gateways stand in where a rule asks for them. */
function specRules(
  scope: ClusterScope,
  rules: readonly IngressRule[] = [],
): readonly IngressRuleSpec[] {
  const natIps = networkStatusOf(scope).natGatewaysIPs ?? [];
  return rules.map((rule) => {
    const { natGatewaysIPsSource, sourceSecurityGroupRoles, ...rest } = rule;
    return {
      ...rest,
      ...(natGatewaysIPsSource === true ? { cidrBlocks: natIps.map((ip) => `${ip}/32`) } : {}),
      ...(sourceSecurityGroupRoles === undefined
        ? {}
        : { sourceSecurityGroupRoles: sourceSecurityGroupRoles as SecurityGroupRole[] }),
    };
  });
}

/** The port of the control plane's endpoint. */
export function apiServerPort(scope: ClusterScope): number {
  const { port } = scope.draft.spec?.controlPlaneEndpoint ?? {};
  return port === undefined || port === 0 ? defaultApiServerPort : port;
}
