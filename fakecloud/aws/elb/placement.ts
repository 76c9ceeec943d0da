import type {
  AddAvailabilityZonesInput,
  ApplySecurityGroupsToLoadBalancerInput,
  AttachLoadBalancerToSubnetsInput,
  DetachLoadBalancerFromSubnetsInput,
  RemoveAvailabilityZonesInput,
} from "@aws-sdk/client-elastic-load-balancing";
import type { SubnetNode } from "../../network/topology.ts";
import type { ClassicLoadBalancer } from "./classic-load-balancer.ts";
import { checkPlacement, createNode, defaultSubnet } from "./create-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

export function applySecurityGroups(elb: ElbRegion, input: ApplySecurityGroupsToLoadBalancerInput) {
  const balancer = elb.require(input.LoadBalancerName);
  balancer.securityGroupIds = elb.requireGroups(input.SecurityGroups ?? [], balancer.network.vpcId);
  elb.balancing.setGroups(balancer.network, balancer.securityGroupIds);
  return { SecurityGroups: [...balancer.securityGroupIds] };
}

export function attachToSubnets(elb: ElbRegion, input: AttachLoadBalancerToSubnetsInput) {
  const balancer = elb.require(input.LoadBalancerName);
  const subnets = (input.Subnets ?? []).map((subnetId) => elb.requireSubnet(subnetId));
  attach(elb, balancer, subnets);
  return { Subnets: balancer.network.nodes.map((node) => node.subnetId) };
}

export function detachFromSubnets(elb: ElbRegion, input: DetachLoadBalancerFromSubnetsInput) {
  const balancer = elb.require(input.LoadBalancerName);
  detach(elb, balancer, (subnet) => (input.Subnets ?? []).includes(subnet.subnetId));
  return { Subnets: balancer.network.nodes.map((node) => node.subnetId) };
}

export function enableZones(elb: ElbRegion, input: AddAvailabilityZonesInput) {
  const balancer = elb.require(input.LoadBalancerName);
  attach(
    elb,
    balancer,
    (input.AvailabilityZones ?? []).map((zone) => defaultSubnet(elb, zone)),
  );
  return { AvailabilityZones: balancer.network.nodes.map((node) => node.zone) };
}

export function disableZones(elb: ElbRegion, input: RemoveAvailabilityZonesInput) {
  const balancer = elb.require(input.LoadBalancerName);
  detach(elb, balancer, (subnet) => (input.AvailabilityZones ?? []).includes(subnet.zone));
  return { AvailabilityZones: balancer.network.nodes.map((node) => node.zone) };
}

function attach(
  elb: ElbRegion,
  balancer: ClassicLoadBalancer,
  subnets: readonly SubnetNode[],
): void {
  const { network } = balancer;
  const fresh = subnets.filter(({ subnetId }) =>
    network.nodes.every((node) => node.subnetId !== subnetId),
  );
  for (const subnet of fresh) {
    if (subnet.vpcId === network.vpcId) continue;
    throw elbError("InvalidConfigurationRequest", `${subnet.subnetId} is not in ${network.vpcId}`);
  }
  const present = network.nodes.map((node) => elb.requireSubnet(node.subnetId));
  checkPlacement([...present, ...fresh]);
  network.nodes = [...network.nodes, ...fresh.map((subnet) => createNode(elb, balancer, subnet))];
  elb.balancing.network.setBalancer(network);
}

function detach(
  elb: ElbRegion,
  balancer: ClassicLoadBalancer,
  leaves: (node: { readonly subnetId: string; readonly zone: string }) => boolean,
): void {
  const { network } = balancer;
  const gone = network.nodes.filter(leaves);
  if (gone.length === network.nodes.length) {
    const why = "A load balancer must stay attached to at least one subnet";
    throw elbError("InvalidConfigurationRequest", why);
  }
  network.nodes = network.nodes.filter((node) => !leaves(node));
  elb.balancing.network.setBalancer(network);
  elb.balancing.releaseNodes(network, gone);
}
