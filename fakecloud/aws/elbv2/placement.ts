import type {
  CreateLoadBalancerInput,
  SetIpAddressTypeInput,
  SetSecurityGroupsInput,
  SetSubnetsInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LoadBalancerNode } from "../../network/load-balancer.ts";
import type { SubnetNode } from "../../network/topology.ts";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error, invalid } from "./errors.ts";
import type { Balancer, BalancerType } from "./records.ts";

export interface ChosenSubnet {
  readonly subnet: SubnetNode;
  readonly allocationId: string | undefined;
}

export interface Place {
  readonly scheme: "internal" | "internet-facing";
  readonly subnets: readonly ChosenSubnet[];
  readonly vpcId: string;
  readonly securityGroupIds: readonly string[];
  readonly ipAddressType: string;
}

export function placeOf(
  elb: Elbv2Region,
  input: CreateLoadBalancerInput,
  type: BalancerType,
): Place {
  const scheme = checkScheme(input.Scheme);
  const subnets = chooseSubnets(elb, input, type);
  const vpcId = subnets[0]?.subnet.vpcId ?? "";
  if (scheme === "internet-facing" && elb.balancing.topology.internetGatewaysOf(vpcId).length === 0)
    throw elbv2Error("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
  const securityGroupIds = chooseGroups(elb, { type, vpcId, groupIds: input.SecurityGroups ?? [] });
  return { scheme, subnets, vpcId, securityGroupIds, ipAddressType: input.IpAddressType ?? "ipv4" };
}

function checkScheme(scheme: string | undefined): Place["scheme"] {
  if (scheme === undefined || scheme === "internet-facing") return "internet-facing";
  if (scheme === "internal") return scheme;
  throw elbv2Error("InvalidScheme", scheme);
}

type SubnetChoice = Pick<SetSubnetsInput, "SubnetMappings" | "Subnets">;

function chooseSubnets(
  elb: Elbv2Region,
  input: SubnetChoice,
  type: BalancerType,
): readonly ChosenSubnet[] {
  const { Subnets: ids = [], SubnetMappings: mappings = [] } = input;
  if (ids.length > 0 && mappings.length > 0) {
    throw invalid("You must specify either subnets or subnet mappings, not both");
  }
  const wanted =
    mappings.length > 0 ? mappings : ids.map((SubnetId) => ({ SubnetId, AllocationId: undefined }));
  if (wanted.length === 0) throw invalid("At least one subnet must be specified");
  const subnets = wanted.map((one) => ({
    subnet: elb.requireSubnet(one.SubnetId ?? ""),
    allocationId: one.AllocationId,
  }));
  checkZones(subnets, type);
  return subnets;
}

/** One VPC, one subnet per zone; an application load balancer needs two zones. */
function checkZones(subnets: readonly ChosenSubnet[], type: BalancerType): void {
  const vpcIds = new Set(subnets.map(({ subnet }) => subnet.vpcId));
  if (vpcIds.size > 1) {
    throw elbv2Error("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
  }
  const zones = new Set(subnets.map(({ subnet }) => subnet.zone));
  if (zones.size < subnets.length) {
    const why =
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone";
    throw elbv2Error("InvalidConfigurationRequest", why);
  }
  if (type === "application" && zones.size < 2) {
    throw invalid("At least two subnets in two different Availability Zones must be specified");
  }
}

/** Application load balancers without groups get the VPC's default group; network ones have none. */
function chooseGroups(
  elb: Elbv2Region,
  wanted: {
    readonly type: BalancerType;
    readonly vpcId: string;
    readonly groupIds: readonly string[];
  },
): readonly string[] {
  const { topology } = elb.balancing;
  const { type, vpcId, groupIds } = wanted;
  for (const groupId of groupIds) {
    const group = topology.securityGroup(groupId);
    if (group?.vpcId === vpcId) continue;
    const why =
      group === undefined
        ? `One or more security groups are invalid: ${groupId}`
        : `Security group '${groupId}' does not belong to VPC '${vpcId}'`;
    throw elbv2Error(
      group === undefined ? "InvalidSecurityGroup" : "InvalidConfigurationRequest",
      why,
    );
  }
  if (groupIds.length > 0 || type === "network") return [...groupIds];
  const standard = topology.defaultSecurityGroup(vpcId);
  return standard === undefined ? [] : [standard];
}

export function makeNodes(
  elb: Elbv2Region,
  balancer: Balancer,
  subnets: readonly ChosenSubnet[],
): readonly LoadBalancerNode[] {
  const description = `ELB ${balancer.arn.slice(balancer.arn.indexOf("loadbalancer/") + 13)}`;
  return subnets.map(({ subnet, allocationId }) =>
    elb.balancing.createNode({
      subnet,
      securityGroupIds: balancer.securityGroupIds,
      description,
      internal: balancer.scheme === "internal",
      ...(allocationId === undefined ? {} : { allocationId }),
    }),
  );
}

export function setSecurityGroups(elb: Elbv2Region, input: SetSecurityGroupsInput) {
  const balancer = elb.requireBalancer(input.LoadBalancerArn);
  const { vpcId } = balancer.network;
  const groupIds = input.SecurityGroups ?? [];
  if (
    balancer.type === "network" &&
    balancer.securityGroupIds.length === 0 &&
    groupIds.length > 0
  ) {
    const why =
      "You can't associate security groups with a Network Load Balancer that was created without security groups";
    throw elbv2Error("InvalidConfigurationRequest", why);
  }
  balancer.securityGroupIds = chooseGroups(elb, { type: balancer.type, vpcId, groupIds });
  elb.balancing.setGroups(balancer.network, balancer.securityGroupIds);
  return { SecurityGroupIds: [...balancer.securityGroupIds] };
}

/** The list replaces the present one; a network load balancer keeps the subnets that it has and may get more. */
export function setSubnets(elb: Elbv2Region, input: SetSubnetsInput) {
  const balancer = elb.requireBalancer(input.LoadBalancerArn);
  const chosen = chooseSubnets(elb, input, balancer.type);
  const { network } = balancer;
  if (chosen[0]?.subnet.vpcId !== network.vpcId) {
    throw elbv2Error("InvalidConfigurationRequest", `Subnets must be in ${network.vpcId}`);
  }
  const wanted = new Set(chosen.map(({ subnet }) => subnet.subnetId));
  const gone = network.nodes.filter((node) => !wanted.has(node.subnetId));
  const kept = network.nodes.filter((node) => wanted.has(node.subnetId));
  const known = new Set(kept.map((node) => node.subnetId));
  const fresh = chosen.filter(({ subnet }) => !known.has(subnet.subnetId));
  network.nodes = [...kept, ...makeNodes(elb, balancer, fresh)];
  elb.balancing.network.setBalancer(network);
  elb.balancing.releaseNodes(network, gone);
  balancer.ipAddressType = input.IpAddressType ?? balancer.ipAddressType;
  return {
    AvailabilityZones: network.nodes.map((node) => ({
      ZoneName: node.zone,
      SubnetId: node.subnetId,
    })),
    IpAddressType: balancer.ipAddressType as "ipv4",
  };
}

export function setIpAddressType(elb: Elbv2Region, input: SetIpAddressTypeInput) {
  const balancer = elb.requireBalancer(input.LoadBalancerArn);
  balancer.ipAddressType = input.IpAddressType ?? "ipv4";
  return { IpAddressType: balancer.ipAddressType as "ipv4" };
}
