import type {
  CreateAccessPointInput,
  CreateAccessPointOutput,
  LoadBalancerAttributes,
} from "@aws-sdk/client-elastic-load-balancing";
import { between } from "../../kernel/random.ts";
import type { LoadBalancer, LoadBalancerNode } from "../../network/load-balancer.ts";
import type { SubnetNode } from "../../network/topology.ts";
import {
  type ClassicListener,
  type ClassicLoadBalancer,
  parseHealthCheck,
  syncListeners,
} from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";
import { parseListeners } from "./listeners.ts";
import { applyTags, checkTags } from "./tags.ts";

/**
 * When several errors apply, the first of these wins: name, tags, listeners, duplicate, scheme, subnets, gateway, groups,
 * quota.
 */
export function createLoadBalancer(
  elb: ElbRegion,
  input: CreateAccessPointInput,
): CreateAccessPointOutput {
  const { Tags: tags = [], LoadBalancerName: name = "" } = input;
  checkName(name);
  checkTags(tags, 0);
  const listeners = parseListeners(input.Listeners ?? []);
  const createdWith = JSON.stringify({ ...input, Tags: undefined });
  const existing = elb.balancers.get(name);
  if (existing !== undefined) {
    if (existing.createdWith !== createdWith) throw elbError("DuplicateLoadBalancerName", name);
    return { DNSName: existing.network.dnsName };
  }
  const place = choosePlace(elb, input);
  const limit = elb.settings.quotas?.loadBalancers ?? Number.POSITIVE_INFINITY;
  if (elb.balancers.size >= limit) throw elbError("TooManyLoadBalancers", `${limit}`);

  const balancer = build(elb, { name, createdWith, ...place }, listeners);
  applyTags(balancer.tags, tags);
  balancer.network.nodes = place.subnets.map((subnet) => createNode(elb, balancer, subnet));
  syncListeners(balancer);
  elb.balancers.set(name, balancer);
  provision(elb, balancer);
  return { DNSName: balancer.network.dnsName };
}

interface Place {
  readonly scheme: "internal" | "internet-facing";
  readonly subnets: readonly SubnetNode[];
  readonly vpcId: string;
  readonly securityGroupIds: readonly string[];
}

function choosePlace(elb: ElbRegion, input: CreateAccessPointInput): Place {
  const scheme = checkScheme(input.Scheme);
  const subnets = selectSubnets(elb, input);
  const vpcId = subnets[0]?.vpcId ?? "";
  const gateways = elb.balancing.topology.internetGatewaysOf(vpcId);
  if (scheme === "internet-facing" && gateways.length === 0) throw elbError("InvalidSubnet", vpcId);
  const securityGroupIds = elb.requireGroups(input.SecurityGroups ?? [], vpcId);
  return { scheme, subnets, vpcId, securityGroupIds };
}

function provision(elb: ElbRegion, balancer: ClassicLoadBalancer): void {
  const { balancing } = elb;
  balancing.network.setBalancer(balancer.network);
  const label = `load balancer ${balancer.name} is provisioned`;
  const args = [elb.accountId, elb.region, balancer.name, String(balancer.createdAtMs)];
  balancing.after(balancing.timings.classicProvisioning, label, "elb/provisioned", args);
}

/** Unless it was deleted meanwhile; another one may have its name by now. */
export function provisioned(elb: ElbRegion, name: string, createdAtMs: string): void {
  const balancer = elb.balancers.get(name);
  if (balancer?.createdAtMs === Number(createdAtMs)) balancer.network.active = true;
}

export function createNode(
  elb: ElbRegion,
  balancer: ClassicLoadBalancer,
  subnet: SubnetNode,
): LoadBalancerNode {
  return elb.balancing.createNode({
    subnet,
    securityGroupIds: balancer.securityGroupIds,
    description: `ELB ${balancer.name}`,
    internal: balancer.scheme === "internal",
  });
}

interface Identity extends Place {
  readonly name: string;
  readonly createdWith: string;
}

function build(
  elb: ElbRegion,
  identity: Identity,
  listeners: readonly ClassicListener[],
): ClassicLoadBalancer {
  const { name, scheme, vpcId, createdWith, securityGroupIds } = identity;
  const healthCheck = {
    Target: `TCP:${listeners[0]?.instancePort ?? 80}`,
    Interval: 30,
    Timeout: 5,
    UnhealthyThreshold: 2,
    HealthyThreshold: 10,
  };
  const network: LoadBalancer = {
    id: name,
    kind: "classic",
    name,
    vpcId,
    internal: scheme === "internal",
    dnsName: drawDnsName(elb, name, scheme),
    active: false,
    crossZone: false,
    nodes: [],
    listeners: new Map(),
  };
  return {
    name,
    scheme,
    createdWith,
    securityGroupIds,
    accountId: elb.accountId,
    region: elb.region,
    createdAtMs: elb.balancing.clock.now(),
    listeners: new Map(listeners.map((listener) => [listener.port, listener])),
    healthCheck,
    attributes: defaultAttributes(),
    tags: new Map(),
    policies: new Map(),
    backendPolicies: new Map(),
    health: {
      id: name,
      preserveClientIp: false,
      healthCheck: parseHealthCheck(healthCheck),
      targets: new Map(),
    },
    network,
  };
}

function defaultAttributes(): Required<LoadBalancerAttributes> {
  return {
    CrossZoneLoadBalancing: { Enabled: false },
    AccessLog: { Enabled: false },
    ConnectionDraining: { Enabled: false, Timeout: 300 },
    ConnectionSettings: { IdleTimeout: 60 },
    AdditionalAttributes: [{ Key: "elb.http.desyncmitigationmode", Value: "defensive" }],
  };
}

function drawDnsName(elb: ElbRegion, name: string, scheme: string): string {
  const { region } = elb;
  const key = `${elb.accountId}/${region}/${name}`;
  const range = { min: 100_000_000, max: 2_147_483_647 };
  const number = between(elb.balancing.random, range, "elb/dns-name", key);
  const prefix = scheme === "internal" ? "internal-" : "";
  const generated = `${prefix}${name}-${number}.${region}.elb.amazonaws.com`;
  return elb.settings.loadBalancerDnsName?.({ name, region, generated }) ?? generated;
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name)) return;
  const why = `LoadBalancerName '${name}' must have at most 32 letters, digits and hyphens, and no hyphen at its ends`;
  throw elbError("ValidationError", why);
}

function checkScheme(scheme: string | undefined): "internal" | "internet-facing" {
  if (scheme === undefined || scheme === "internet-facing") return "internet-facing";
  if (scheme === "internal") return scheme;
  throw elbError("InvalidScheme", scheme);
}

function selectSubnets(elb: ElbRegion, input: CreateAccessPointInput): readonly SubnetNode[] {
  const subnetIds = input.Subnets ?? [];
  const zones = input.AvailabilityZones ?? [];
  if (subnetIds.length > 0 && zones.length > 0) {
    throw elbError(
      "ValidationError",
      "Only one of SubnetIds or AvailabilityZones may be specified",
    );
  }
  if (subnetIds.length === 0 && zones.length === 0) {
    throw elbError("ValidationError", "Either AvailabilityZones or SubnetIds must be specified");
  }
  const subnets =
    subnetIds.length > 0
      ? subnetIds.map((subnetId) => elb.requireSubnet(subnetId))
      : zones.map((zone) => defaultSubnet(elb, zone));
  checkPlacement(subnets);
  return subnets;
}

export function defaultSubnet(elb: ElbRegion, zone: string): SubnetNode {
  const subnets = elb.balancing.topology.defaultSubnets(elb.accountId, elb.region);
  const found = subnets.find((subnet) => subnet.zone === zone);
  if (found !== undefined) return found;
  throw elbError(
    "ValidationError",
    `One or more of the specified Availability Zones do not exist: ${zone}`,
  );
}

/** One VPC, and one subnet per zone. */
export function checkPlacement(subnets: readonly SubnetNode[]): void {
  const vpcIds = new Set(subnets.map((subnet) => subnet.vpcId));
  if (vpcIds.size > 1) {
    throw elbError("InvalidConfigurationRequest", "Subnets must be in the same VPC");
  }
  const zones = new Set(subnets.map((subnet) => subnet.zone));
  if (zones.size === subnets.length) return;
  const why = "ELB cannot be attached to multiple subnets in the same AZ.";
  throw elbError("InvalidConfigurationRequest", why);
}
