import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer as WireBalancer,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { toDate } from "../../kernel/clock.ts";
import { between } from "../../kernel/random.ts";
import { hostedZoneIds } from "../elb/tables/hosted-zones.ts";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error, invalid } from "./errors.ts";
import { detachGroup } from "./forwarding.ts";
import { page } from "./pages.ts";
import { makeNodes, type Place, placeOf } from "./placement.ts";
import type { Balancer, BalancerType } from "./records.ts";
import { balancerAttributes } from "./tables/attributes.ts";
import { tagMap } from "./tags.ts";

const pathOf = { application: "app", network: "net" } as const;

/** When several errors apply, the first of these wins: name, type, tags, duplicate, quota, scheme, subnets, gateway, groups. */
export function createLoadBalancer(
  elb: Elbv2Region,
  input: CreateLoadBalancerInput,
): CreateLoadBalancerOutput {
  const name = checkName(input.Name);
  const type = checkType(input.Type);
  const tags = tagMap(input.Tags);
  const createdWith = JSON.stringify({ ...input, Tags: undefined });
  const existing = [...elb.balancers.values()].find((one) => one.name === name);
  if (existing !== undefined) {
    if (existing.createdWith !== createdWith) throw elbv2Error("DuplicateLoadBalancerName", name);
    return { LoadBalancers: [toWire(elb, existing)] };
  }
  const limit = elb.settings.quotas?.loadBalancers ?? Number.POSITIVE_INFINITY;
  if (elb.balancers.size >= limit) throw elbv2Error("TooManyLoadBalancers", `${limit}`);
  const place = placeOf(elb, input, type);
  const balancer = build(elb, place, { name, type, tags, createdWith });
  balancer.network.nodes = makeNodes(elb, balancer, place.subnets);
  elb.balancers.set(balancer.arn, balancer);
  const answer = { LoadBalancers: [toWire(elb, balancer)] };
  provision(elb, balancer);
  return answer;
}

function provision(elb: Elbv2Region, balancer: Balancer): void {
  const { balancing } = elb;
  balancing.network.setBalancer(balancer.network);
  const label = `load balancer ${balancer.name} is provisioned`;
  const args = [elb.accountId, elb.region, balancer.arn];
  balancing.after(balancing.timings.provisioning, label, "elbv2/provisioned", args);
}

export function provisioned(elb: Elbv2Region, arn: string): void {
  const balancer = elb.balancers.get(arn);
  if (balancer === undefined) return;
  balancer.state = "active";
  balancer.network.active = true;
  elb.balancing.network.healthChecks.wake();
}

function build(
  elb: Elbv2Region,
  place: Place,
  identity: Pick<Balancer, "createdWith" | "name" | "tags" | "type">,
): Balancer {
  const { name, type } = identity;
  const arn = elb.newArn("loadbalancer", `${pathOf[type]}/${name}`);
  const attributes = new Map(Object.entries(balancerAttributes[type]));
  return {
    ...identity,
    arn,
    scheme: place.scheme,
    createdAtMs: elb.balancing.clock.now(),
    state: "provisioning",
    ipAddressType: place.ipAddressType,
    securityGroupIds: place.securityGroupIds,
    attributes,
    network: {
      id: arn,
      kind: type,
      name,
      vpcId: place.vpcId,
      internal: place.scheme === "internal",
      dnsName: dnsNameOf(elb, arn, { name, type, scheme: place.scheme }),
      active: false,
      crossZone: attributes.get("load_balancing.cross_zone.enabled") === "true",
      nodes: [],
      listeners: new Map(),
    },
  };
}

/** Network ones carry the id of their ARN in the name, application ones a number; only those say that they are internal. */
function dnsNameOf(
  elb: Elbv2Region,
  arn: string,
  balancer: Pick<Balancer, "name" | "scheme" | "type">,
): string {
  const { name, type, scheme } = balancer;
  const { region } = elb;
  const range = { min: 100_000_000, max: 2_147_483_647 };
  const number = between(elb.balancing.random, range, "elbv2/dns-name", arn);
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  const prefix = scheme === "internal" ? "internal-" : "";
  const generated =
    type === "network"
      ? `${name}-${id}.elb.${region}.amazonaws.com`
      : `${prefix}${name}-${number}.${region}.elb.amazonaws.com`;
  return elb.settings.loadBalancerDnsName?.({ name, region, generated }) ?? generated;
}

function checkName(name: string | undefined): string {
  const text = name ?? "";
  if (text.length > 32)
    throw invalid(`The load balancer name '${text}' cannot be longer than '32' characters`);
  if (text.startsWith("internal-"))
    throw invalid(`The load balancer name '${text}' cannot begin with 'internal-'`);
  if (/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(text)) return text;
  throw invalid(
    `The load balancer name '${text}' can only contain characters that are alphanumeric characters and hyphens(-), and must not begin or end with a hyphen`,
  );
}

function checkType(type: string | undefined): BalancerType {
  if (type === undefined || type === "application") return "application";
  if (type === "network") return type;
  if (type === "gateway") throw invalid("Seatrial has no gateway load balancers");
  throw invalid(`Load balancer type '${type}' is not valid`);
}

export function toWire(elb: Elbv2Region, balancer: Balancer): WireBalancer {
  const { network, type } = balancer;
  const zoneId = hostedZoneIds[elb.region]?.[type] ?? "Z26RNL4JYFTOTI";
  const hasGroups = type === "application" || balancer.securityGroupIds.length > 0;
  return {
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.name,
    DNSName: network.dnsName,
    CanonicalHostedZoneId: zoneId,
    CreatedTime: toDate(balancer.createdAtMs),
    Scheme: balancer.scheme,
    VpcId: network.vpcId,
    State: { Code: balancer.state },
    Type: type,
    AvailabilityZones: network.nodes.map((node) => ({
      ZoneName: node.zone,
      SubnetId: node.subnetId,
      LoadBalancerAddresses: [],
    })),
    ...(hasGroups ? { SecurityGroups: [...balancer.securityGroupIds] } : {}),
    IpAddressType: balancer.ipAddressType as "ipv4",
  };
}

/** ARNs or names that do not exist are an error. */
export function describeLoadBalancers(
  elb: Elbv2Region,
  input: DescribeLoadBalancersInput,
): DescribeLoadBalancersOutput {
  const { LoadBalancerArns: arns = [], Names: names = [] } = input;
  if (arns.length > 0 && names.length > 0) {
    throw invalid("Load balancer ARNs and names cannot be specified at the same time");
  }
  const all = [...elb.balancers.values()];
  const byName = names.map((name) => all.find((one) => one.name === name));
  if (byName.includes(undefined)) throw elbv2Error("LoadBalancerNotFound");
  const chosen =
    arns.length > 0
      ? arns.map((arn) => elb.requireBalancer(arn))
      : names.length > 0
        ? byName.filter((one) => one !== undefined)
        : all;
  const { items, ...marker } = page(chosen, input);
  return { LoadBalancers: items.map((one) => toWire(elb, one)), ...marker };
}

/** Deleting what does not exist succeeds. Listeners go with it, target groups stay, interfaces go a while later. */
export function deleteLoadBalancer(elb: Elbv2Region, input: DeleteLoadBalancerInput) {
  const balancer = elb.balancers.get(input.LoadBalancerArn ?? "");
  if (balancer === undefined) return {};
  if (balancer.attributes.get("deletion_protection.enabled") === "true") {
    throw elbv2Error(
      "OperationNotPermitted",
      `Load balancer '${balancer.arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  for (const listener of elb.listenersOf(balancer)) {
    elb.listeners.delete(listener.arn);
    const group = elb.targetGroups.get(listener.action.targetGroupArn ?? "");
    if (group !== undefined) detachGroup(elb, group);
  }
  elb.balancers.delete(balancer.arn);
  elb.balancing.network.removeBalancer(balancer.network);
  elb.balancing.releaseNodes(balancer.network, balancer.network.nodes);
  return {};
}
