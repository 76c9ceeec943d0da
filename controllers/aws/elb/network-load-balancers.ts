import {
  CreateLoadBalancerCommand,
  type CreateLoadBalancerInput,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type LoadBalancer,
  ModifyLoadBalancerAttributesCommand,
  RegisterTargetsCommand,
  SetSecurityGroupsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { AwsClients } from "../clients.ts";
import {
  type ClusterScope,
  networkOf,
  networkStatusOf,
  pollMs,
  ready,
  type Wait,
} from "../cluster-scope.ts";
import { ensureUnusedAddresses } from "../ec2/elastic-ips.ts";
import { ignoreNotFound, isNotFound } from "../errors.ts";
import { isOwned, missingTags, tagList, tagMap } from "../tags.ts";
import {
  assertPlace,
  hasEndpoint,
  loadBalancerGroups,
  type LoadBalancerPlan,
  loadBalancerSubnets,
  loadBalancerTags,
  zonesOf,
} from "./load-balancer-plan.ts";
import { findPlannedTargetGroups, reconcileListeners, tagResource } from "./target-groups.ts";

const typeNames = { alb: "application", elb: "gateway", nlb: "network" } as const;

/** A network or application load balancer for the API server; each of its parts is looked for and made by itself. */
export async function reconcileNetworkLoadBalancer(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
): Promise<Wait | undefined> {
  const found = await describe(scope.aws, plan.name);
  if (found === undefined && plan.position === "primary" && hasEndpoint(scope)) {
    throw new Error(
      `load balancer ${plan.name} is gone, but the control plane endpoint is already set: this is unrecoverable, ` +
        "since every kubeconfig names it",
    );
  }
  const balancer = found ?? (await create(scope, plan));
  record(scope, plan, balancer);
  if (found !== undefined && !(await isManaged(scope, plan, found)))
    return waitForName(plan, found);
  assertPlace(scope, plan, { scheme: balancer.Scheme, vpcId: balancer.VpcId });
  if (balancer.State?.Code !== "active") return waitFor(plan, "to become active");
  await reconcileListeners(scope, plan, balancer);
  await reconcileSettings(scope, plan, balancer);
  return waitForName(plan, balancer);
}

function waitFor({ name }: LoadBalancerPlan, what: string): Wait {
  const message = `waiting for load balancer ${name} ${what}`;
  return { reason: "WaitForDNSName", message, requeueAfterMs: pollMs };
}

function waitForName(plan: LoadBalancerPlan, { DNSName = "" }: LoadBalancer): Wait | undefined {
  return DNSName === "" ? waitFor(plan, "to get its DNS name") : ready;
}

export async function describe(aws: AwsClients, name: string): Promise<LoadBalancer | undefined> {
  try {
    const { LoadBalancers = [] } = await aws.elbv2.send(
      new DescribeLoadBalancersCommand({ Names: [name] }),
    );
    return LoadBalancers[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Creating it again with the same settings is the API's own idempotency. */
async function create(scope: ClusterScope, plan: LoadBalancerPlan): Promise<LoadBalancer> {
  const groups = loadBalancerGroups(scope, plan);
  const { LoadBalancers = [] } = await scope.aws.elbv2.send(
    new CreateLoadBalancerCommand({
      Name: plan.name,
      Type: typeNames[plan.type as keyof typeof typeNames],
      Scheme: plan.scheme,
      ...(await placement(scope, plan)),
      Tags: tagList(loadBalancerTags(scope, plan)),
      ...(networkOf(scope).vpc.ipv6 === undefined ? {} : { IpAddressType: "dualstack" as const }),
      ...(groups.length === 0 ? {} : { SecurityGroups: groups }),
    }),
  );
  return LoadBalancers[0] ?? {};
}

/** With a pool of addresses of the user's own, each leg of a public load balancer gets one of them. capa-behaviour 5.9. */
async function placement(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
): Promise<Pick<CreateLoadBalancerInput, "SubnetMappings" | "Subnets">> {
  const Subnets = loadBalancerSubnets(scope, plan);
  const hasPool = networkOf(scope).vpc.elasticIpPool?.publicIpv4Pool !== undefined;
  if (!hasPool || plan.type !== "nlb" || plan.scheme !== "internet-facing") return { Subnets };
  const addresses = await ensureUnusedAddresses(scope, Subnets.length, "lb-apiserver");
  return {
    SubnetMappings: Subnets.map((SubnetId, index) => ({
      SubnetId,
      AllocationId: addresses[index],
    })),
  };
}

/** One without our tag, under a name that the user gave, is the user's own: machines are registered, nothing else is touched. */
async function isManaged(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  balancer: LoadBalancer,
): Promise<boolean> {
  const arn = balancer.LoadBalancerArn ?? "";
  const { TagDescriptions = [] } = await scope.aws.elbv2.send(
    new DescribeTagsCommand({ ResourceArns: [arn] }),
  );
  const tags = tagMap(TagDescriptions[0]?.Tags);
  if (!isOwned(tags, scope.clusterName)) {
    if (plan.spec.name !== undefined) return false;
    throw new Error(`load balancer ${plan.name} exists and is not owned by this cluster`);
  }
  const missing = missingTags(tags, loadBalancerTags(scope, plan));
  if (Object.keys(missing).length > 0) await tagResource(scope, arn, missing);
  return true;
}

async function reconcileSettings(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  balancer: LoadBalancer,
): Promise<void> {
  const { elbv2 } = scope.aws;
  const LoadBalancerArn = balancer.LoadBalancerArn ?? "";
  const wanted: Record<string, string> =
    plan.type === "alb"
      ? { "idle_timeout.timeout_seconds": "60" }
      : { "load_balancing.cross_zone.enabled": String(plan.spec.crossZoneLoadBalancing === true) };
  const { Attributes = [] } = await elbv2.send(
    new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
  );
  const current = tagMap(Attributes);
  const changed = Object.entries(wanted).filter(([key, value]) => current[key] !== value);
  if (changed.length > 0) {
    await elbv2.send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: changed.map(([Key, Value]) => ({ Key, Value })),
      }),
    );
  }
  const groups = loadBalancerGroups(scope, plan);
  const actual = balancer.SecurityGroups ?? [];
  // A network load balancer that was made without groups can never have any.
  if (actual.length === 0 || sameMembers(groups, actual)) return;
  await elbv2.send(new SetSecurityGroupsCommand({ LoadBalancerArn, SecurityGroups: groups }));
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

function record(scope: ClusterScope, plan: LoadBalancerPlan, balancer: LoadBalancer): void {
  const status = networkStatusOf(scope);
  const zones = (balancer.AvailabilityZones ?? []).flatMap(({ ZoneName }) => ZoneName ?? []);
  const subnets = (balancer.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
  const field = plan.position === "primary" ? "apiServerElb" : "secondaryAPIServerELB";
  status[field] = {
    ...status[field],
    name: plan.name,
    loadBalancerType: plan.type as "nlb",
    scheme: plan.scheme,
    availabilityZones: zones.length > 0 ? zones : zonesOf(scope, subnets),
    ...(balancer.LoadBalancerArn === undefined ? {} : { arn: balancer.LoadBalancerArn }),
    ...(balancer.DNSName === undefined ? {} : { dnsName: balancer.DNSName }),
  };
}

/** Listeners, load balancer, target groups; undefined once nothing is left. */
export async function deleteNetworkLoadBalancer(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
): Promise<Wait | undefined> {
  const { elbv2 } = scope.aws;
  const found = await describe(scope.aws, plan.name);
  if (found?.LoadBalancerArn === undefined) {
    await deleteTargetGroups(scope, await findPlannedTargetGroups(scope, plan));
    return ready;
  }
  const { LoadBalancerArn } = found;
  const { TagDescriptions = [] } = await elbv2.send(
    new DescribeTagsCommand({ ResourceArns: [LoadBalancerArn] }),
  );
  if (!isOwned(tagMap(TagDescriptions[0]?.Tags), scope.clusterName)) return ready; // The user's own stays.
  // Groups that no listener uses any more are not listed with the load balancer: they are found by their names (capa-bugs 52).
  const groups = new Set([
    ...(await targetGroupsOf(scope.aws, LoadBalancerArn)),
    ...(await findPlannedTargetGroups(scope, plan)),
  ]);
  const { Listeners = [] } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  for (const { ListenerArn } of Listeners) {
    await ignoreNotFound(elbv2.send(new DeleteListenerCommand({ ListenerArn })));
  }
  await deleteTargetGroups(scope, groups);
  await ignoreNotFound(elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn })));
  return { ...waitFor(plan, "to go"), reason: "Deleting" };
}

async function deleteTargetGroups(scope: ClusterScope, arns: Iterable<string>): Promise<void> {
  for (const TargetGroupArn of arns) {
    await ignoreNotFound(scope.aws.elbv2.send(new DeleteTargetGroupCommand({ TargetGroupArn })));
  }
}

async function targetGroupsOf(aws: AwsClients, LoadBalancerArn: string): Promise<string[]> {
  const { TargetGroups = [] } = await aws.elbv2.send(
    new DescribeTargetGroupsCommand({ LoadBalancerArn }),
  );
  return TargetGroups.flatMap(({ TargetGroupArn }) => TargetGroupArn ?? []);
}

/** In every target group of the load balancer; only where it is missing. */
export async function registerTarget(
  aws: AwsClients,
  loadBalancerArn: string,
  instanceId: string,
): Promise<void> {
  for (const TargetGroupArn of await targetGroupsOf(aws, loadBalancerArn)) {
    if (await isTarget(aws, TargetGroupArn, instanceId)) continue;
    const Targets = [{ Id: instanceId }];
    await aws.elbv2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  }
}

async function isTarget(
  aws: AwsClients,
  TargetGroupArn: string,
  instanceId: string,
): Promise<boolean> {
  const { TargetHealthDescriptions = [] } = await aws.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn }),
  );
  return TargetHealthDescriptions.some(
    ({ Target, TargetHealth }) => Target?.Id === instanceId && TargetHealth?.State !== "draining",
  );
}

export async function deregisterTarget(
  aws: AwsClients,
  loadBalancerArn: string,
  instanceId: string,
): Promise<void> {
  const groups = await ignoreNotFound(targetGroupsOf(aws, loadBalancerArn));
  for (const TargetGroupArn of groups ?? []) {
    if ((await ignoreNotFound(isTarget(aws, TargetGroupArn, instanceId))) !== true) continue;
    const Targets = [{ Id: instanceId }];
    await ignoreNotFound(aws.elbv2.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets })));
  }
}
