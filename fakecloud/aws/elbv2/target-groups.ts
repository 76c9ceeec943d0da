import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  DeleteTargetGroupInput,
  DescribeTargetGroupsInput,
  DescribeTargetGroupsOutput,
  ModifyTargetGroupInput,
  ModifyTargetGroupOutput,
  TargetGroup as WireGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { TargetPool } from "../../network/load-balancer.ts";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error, invalid } from "./errors.ts";
import { stopChecks } from "./forwarding.ts";
import { checkSettings, healthCheckOf, toNetwork } from "./health-check.ts";
import { page } from "./pages.ts";
import type { TargetGroup } from "./records.ts";
import { targetGroupAttributes } from "./tables/attributes.ts";
import { tagMap } from "./tags.ts";

const networkProtocols = new Set(["TCP", "TCP_UDP", "TLS", "UDP"]);
const applicationProtocols = new Set(["HTTP", "HTTPS"]);

export function layerOf(protocol: string): "application" | "network" {
  return applicationProtocols.has(protocol) ? "application" : "network";
}

/** When several errors apply, the first of these wins: name, type, protocol, port, VPC, health check, duplicate, quota. */
export function createTargetGroup(
  elb: Elbv2Region,
  input: CreateTargetGroupInput,
): CreateTargetGroupOutput {
  const name = checkName(input.Name);
  const shape = checkShape(elb, input);
  const healthCheck = healthCheckOf(input, shape.protocol);
  checkSettings(healthCheck);
  const tags = tagMap(input.Tags);
  const createdWith = JSON.stringify({ ...input, Tags: undefined });
  const existing = [...elb.targetGroups.values()].find((one) => one.name === name);
  if (existing !== undefined) {
    if (existing.createdWith !== createdWith) throw elbv2Error("DuplicateTargetGroupName", name);
    return { TargetGroups: [toWire(elb, existing)] };
  }
  const limit = elb.settings.quotas?.targetGroups ?? Number.POSITIVE_INFINITY;
  if (elb.targetGroups.size >= limit) throw elbv2Error("TooManyTargetGroups", `${limit}`);
  const arn = elb.newArn("targetgroup", name);
  const attributes = new Map(Object.entries(targetGroupAttributes[layerOf(shape.protocol)]));
  if (shape.targetType === "ip" && attributes.has("preserve_client_ip.enabled")) {
    attributes.set("preserve_client_ip.enabled", String(shape.protocol.includes("UDP")));
  }
  const pool = poolOf({ arn, attributes, healthCheck }, new Map());
  const group = { ...shape, arn, name, createdWith, healthCheck, attributes, tags, pool };
  elb.targetGroups.set(arn, group);
  return { TargetGroups: [toWire(elb, group)] };
}

/** What the network sees of a target group. */
export function poolOf(
  group: Pick<TargetGroup, "arn" | "attributes" | "healthCheck">,
  targets: TargetPool["targets"],
): TargetPool {
  return {
    id: group.arn,
    // Read afresh: the attribute can be changed at any time.
    get preserveClientIp() {
      return group.attributes.get("preserve_client_ip.enabled") === "true";
    },
    healthCheck: toNetwork(group.healthCheck),
    targets,
  };
}

function checkShape(elb: Elbv2Region, input: CreateTargetGroupInput) {
  const targetType: string = input.TargetType ?? "instance";
  if (targetType !== "instance" && targetType !== "ip") {
    throw invalid(
      `Seatrial has target groups of instances and IP addresses, not of type '${targetType}'`,
    );
  }
  const protocol: string = input.Protocol ?? "";
  if (!networkProtocols.has(protocol) && !applicationProtocols.has(protocol)) {
    throw elbv2Error("UnsupportedProtocol", protocol);
  }
  const port = checkPort(input.Port);
  const vpcId = checkVpc(elb, input.VpcId);
  return {
    targetType,
    protocol,
    port,
    vpcId,
    ipAddressType: input.IpAddressType ?? "ipv4",
  } as const;
}

function checkPort(port: number | undefined): number {
  if (port !== undefined && port >= 1 && port <= 65_535) return port;
  throw invalid(`Port '${port ?? ""}' is not valid`);
}

function checkVpc(elb: Elbv2Region, vpcId: string | undefined): string {
  if (vpcId === undefined) throw invalid("A VPC ID must be specified");
  if (elb.balancing.topology.vpc(vpcId) !== undefined) return vpcId;
  throw invalid(`The VPC ID '${vpcId}' is not found`);
}

function checkName(name: string | undefined): string {
  const text = name ?? "";
  if (text.length > 32)
    throw invalid(`Target group name '${text}' cannot be longer than '32' characters`);
  if (/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(text)) return text;
  throw invalid(
    `Target group name '${text}' can only contain characters that are alphanumeric characters or hyphens(-), and must not begin or end with a hyphen`,
  );
}

function toWire(elb: Elbv2Region, group: TargetGroup): WireGroup {
  const { healthCheck: check } = group;
  const balancer = elb.balancerOf(group);
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol as "TCP",
    Port: group.port,
    VpcId: group.vpcId,
    TargetType: group.targetType,
    IpAddressType: group.ipAddressType as "ipv4",
    HealthCheckEnabled: check.enabled,
    HealthCheckProtocol: check.protocol as "TCP",
    HealthCheckPort: check.port,
    HealthCheckIntervalSeconds: check.intervalSeconds,
    HealthCheckTimeoutSeconds: check.timeoutSeconds,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    ...(check.path === undefined ? {} : { HealthCheckPath: check.path }),
    ...(check.matcher === undefined ? {} : { Matcher: { HttpCode: check.matcher } }),
    ...(layerOf(group.protocol) === "application" ? { ProtocolVersion: "HTTP1" } : {}),
    LoadBalancerArns: balancer === undefined ? [] : [balancer.arn],
  };
}

export function describeTargetGroups(
  elb: Elbv2Region,
  input: DescribeTargetGroupsInput,
): DescribeTargetGroupsOutput {
  const { items, ...marker } = page(chooseGroups(elb, input), input);
  return { TargetGroups: items.map((one) => toWire(elb, one)), ...marker };
}

function chooseGroups(elb: Elbv2Region, input: DescribeTargetGroupsInput): readonly TargetGroup[] {
  const { TargetGroupArns: arns = [], Names: names = [], LoadBalancerArn: balancerArn } = input;
  const given = [arns.length > 0, names.length > 0, balancerArn !== undefined].filter(Boolean);
  if (given.length > 1) {
    throw invalid(
      "Target group ARNs, names and a load balancer ARN cannot be specified at the same time",
    );
  }
  const all = [...elb.targetGroups.values()];
  if (arns.length > 0) return arns.map((arn) => elb.requireTargetGroup(arn));
  if (balancerArn !== undefined) {
    const balancer = elb.requireBalancer(balancerArn);
    return all.filter((group) => elb.balancerOf(group) === balancer);
  }
  return names.length === 0 ? all : names.map((name) => requireNamed(all, name));
}

function requireNamed(all: readonly TargetGroup[], name: string): TargetGroup {
  const found = all.find((one) => one.name === name);
  if (found === undefined) throw elbv2Error("TargetGroupNotFound");
  return found;
}

export function modifyTargetGroup(
  elb: Elbv2Region,
  input: ModifyTargetGroupInput,
): ModifyTargetGroupOutput {
  const group = elb.requireTargetGroup(input.TargetGroupArn);
  const changed = healthCheckOf(input, group.protocol, group.healthCheck);
  checkSettings(changed);
  group.healthCheck = changed;
  group.pool.healthCheck = toNetwork(changed);
  elb.balancing.network.healthChecks.wake();
  return { TargetGroups: [toWire(elb, group)] };
}

/** Deleting what does not exist succeeds. */
export function deleteTargetGroup(elb: Elbv2Region, input: DeleteTargetGroupInput) {
  const group = elb.targetGroups.get(input.TargetGroupArn ?? "");
  if (group === undefined) return {};
  if (elb.balancerOf(group) !== undefined) {
    const why = `Target group '${group.arn}' is currently in use by a listener or a rule`;
    throw elbv2Error("ResourceInUse", why);
  }
  stopChecks(elb, group);
  elb.targetGroups.delete(group.arn);
  return {};
}
