import {
  AddTagsCommand,
  ConfigureHealthCheckCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DeregisterInstancesFromLoadBalancerCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  type HealthCheck,
  type LoadBalancerDescription,
  ModifyLoadBalancerAttributesCommand,
  RegisterInstancesWithLoadBalancerCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import type { AwsClients } from "../clients.ts";
import {
  type ClusterScope,
  clusterTags,
  networkOf,
  networkStatusOf,
  pollMs,
  ready,
  type Wait,
} from "../cluster-scope.ts";
import { ignoreNotFound, isNotFound } from "../errors.ts";
import { subnetId } from "../ec2/subnets.ts";
import { apiServerLoadBalancerName } from "../names.ts";
import { deepEqual } from "../../runtime/json.ts";
import { apiServerPort } from "../security-group-input.ts";
import { isOwned, tagList, tagMap } from "../tags.ts";

const instancePort = 6443;
const idleTimeoutSeconds = 600;

/** The API server's classic load balancer: made once, then kept as the spec says. */
export async function reconcileClassicLoadBalancer(scope: ClusterScope): Promise<Wait | undefined> {
  const name = classicLoadBalancerName(scope);
  const found = await describeClassic(scope.aws, name);
  if (found === undefined) {
    if (hasEndpoint(scope)) {
      throw new Error(
        `load balancer ${name} is gone, but the control plane endpoint is already set: this is unrecoverable, ` +
          "since every kubeconfig names it",
      );
    }
    await create(scope, name);
  }
  const balancer = found ?? (await describeClassic(scope.aws, name)) ?? {};
  if (found !== undefined) await assertOwned(scope, name);
  await configure(scope, name, balancer);
  record(scope, name, balancer);
  if (balancer.DNSName !== undefined && balancer.DNSName !== "") return ready;
  return {
    reason: "WaitForDNSName",
    message: `waiting for the DNS name of load balancer ${name}`,
    requeueAfterMs: pollMs,
  };
}

export function classicLoadBalancerName(scope: ClusterScope): string {
  const { namespace, clusterName } = scope;
  return (
    scope.draft.spec?.controlPlaneLoadBalancer?.name ??
    apiServerLoadBalancerName({ namespace, name: clusterName }, "classic")
  );
}

function hasEndpoint(scope: ClusterScope): boolean {
  const { host } = scope.draft.spec?.controlPlaneEndpoint ?? {};
  return host !== undefined && host !== "";
}

async function describeClassic(
  aws: AwsClients,
  name: string,
): Promise<LoadBalancerDescription | undefined> {
  try {
    const { LoadBalancerDescriptions = [] } = await aws.elb.send(
      new DescribeLoadBalancersCommand({ LoadBalancerNames: [name] }),
    );
    return LoadBalancerDescriptions[0];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function balancerTags(scope: ClusterScope, name: string) {
  return clusterTags(scope, { name, role: "apiserver" });
}

/** Creating it again under the same name and with the same settings is the API's own idempotency. */
async function create(scope: ClusterScope, name: string): Promise<void> {
  const internal = scope.draft.spec?.controlPlaneLoadBalancer?.scheme === "internal";
  await scope.aws.elb.send(
    new CreateLoadBalancerCommand({
      LoadBalancerName: name,
      Listeners: [
        {
          Protocol: "TCP",
          LoadBalancerPort: apiServerPort(scope),
          InstanceProtocol: "TCP",
          InstancePort: instancePort,
        },
      ],
      Scheme: internal ? "internal" : "internet-facing",
      SecurityGroups: securityGroupIds(scope),
      Subnets: loadBalancerSubnets(scope),
      Tags: tagList(balancerTags(scope, name)),
    }),
  );
}

function securityGroupIds(scope: ClusterScope): string[] {
  const group = networkStatusOf(scope).securityGroups?.["apiserver-lb"]?.id;
  const additional = scope.draft.spec?.controlPlaneLoadBalancer?.additionalSecurityGroups ?? [];
  return [...(group === undefined ? [] : [group]), ...additional];
}

/** At most one subnet per zone; public ones unless the load balancer is internal. */
function loadBalancerSubnets(scope: ClusterScope): string[] {
  const { controlPlaneLoadBalancer: balancer = {} } = scope.draft.spec ?? {};
  const { subnets = [] } = networkOf(scope);
  const wanted = balancer.subnets ?? [];
  const usable =
    wanted.length > 0
      ? subnets.filter((subnet) => wanted.includes(subnetId(subnet)) || wanted.includes(subnet.id))
      : subnets.filter(({ isPublic }) => (isPublic === true) === (balancer.scheme !== "internal"));
  const byZone = new Map(usable.toReversed().map((subnet) => [subnet.availabilityZone, subnet]));
  const ids = [...byZone.values()].toReversed().map(subnetId);
  if (ids.length === 0)
    throw new Error("the API server's load balancer requires at least one subnet");
  return ids;
}

async function configure(
  scope: ClusterScope,
  name: string,
  balancer: LoadBalancerDescription,
): Promise<void> {
  const { elb } = scope.aws;
  const HealthCheck = healthCheckOf(scope);
  if (deepEqual(balancer.HealthCheck, HealthCheck)) return;
  await elb.send(
    new ModifyLoadBalancerAttributesCommand({
      LoadBalancerName: name,
      LoadBalancerAttributes: {
        ConnectionSettings: { IdleTimeout: idleTimeoutSeconds },
        CrossZoneLoadBalancing: {
          Enabled: scope.draft.spec?.controlPlaneLoadBalancer?.crossZoneLoadBalancing === true,
        },
      },
    }),
  );
  await elb.send(new ConfigureHealthCheckCommand({ LoadBalancerName: name, HealthCheck }));
}

/** Upstream's figures: AWS's own defaults would take five minutes to find an API server healthy. */
function healthCheckOf(scope: ClusterScope): HealthCheck {
  const { healthCheckProtocol = "TCP", healthCheck = {} } =
    scope.draft.spec?.controlPlaneLoadBalancer ?? {};
  const path = healthCheckProtocol.startsWith("HTTP") ? "/readyz" : "";
  return {
    Target: `${healthCheckProtocol}:${instancePort}${path}`,
    Interval: healthCheck.intervalSeconds ?? 10,
    Timeout: healthCheck.timeoutSeconds ?? 5,
    HealthyThreshold: healthCheck.thresholdCount ?? 5,
    UnhealthyThreshold: healthCheck.unhealthyThresholdCount ?? 3,
  };
}

async function assertOwned(scope: ClusterScope, name: string): Promise<void> {
  const { TagDescriptions = [] } = await scope.aws.elb.send(
    new DescribeTagsCommand({ LoadBalancerNames: [name] }),
  );
  const tags = tagMap(TagDescriptions[0]?.Tags);
  if (isOwned(tags, scope.clusterName)) return;
  if (Object.keys(tags).length > 0) {
    throw new Error(
      `load balancer ${name} exists and is not owned by cluster ${scope.clusterName}`,
    );
  }
  await scope.aws.elb.send(
    new AddTagsCommand({ LoadBalancerNames: [name], Tags: tagList(balancerTags(scope, name)) }),
  );
}

function record(scope: ClusterScope, name: string, balancer: LoadBalancerDescription): void {
  const zones = networkOf(scope)
    .subnets?.filter((subnet) => balancer.Subnets?.includes(subnetId(subnet)) === true)
    .map(({ availabilityZone = "" }) => availabilityZone);
  networkStatusOf(scope).apiServerElb = {
    ...networkStatusOf(scope).apiServerElb,
    name,
    loadBalancerType: "classic",
    ...(balancer.DNSName === undefined ? {} : { dnsName: balancer.DNSName }),
    ...(zones === undefined ? {} : { availabilityZones: [...new Set(zones)] }),
  };
}

export async function deleteClassicLoadBalancer(scope: ClusterScope): Promise<Wait | undefined> {
  const name = classicLoadBalancerName(scope);
  const found = await describeClassic(scope.aws, name);
  if (found === undefined) return ready;
  await scope.aws.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerName: name }));
  return {
    reason: "Deleting",
    message: `waiting for load balancer ${name} to go`,
    requeueAfterMs: pollMs,
  };
}

export async function isRegistered(
  aws: AwsClients,
  name: string,
  instanceId: string,
): Promise<boolean> {
  const balancer = await describeClassic(aws, name);
  return (balancer?.Instances ?? []).some(({ InstanceId }) => InstanceId === instanceId);
}

export async function registerInstance(
  aws: AwsClients,
  name: string,
  instanceId: string,
): Promise<void> {
  await aws.elb.send(
    new RegisterInstancesWithLoadBalancerCommand({
      LoadBalancerName: name,
      Instances: [{ InstanceId: instanceId }],
    }),
  );
}

export async function deregisterInstance(
  aws: AwsClients,
  name: string,
  instanceId: string,
): Promise<void> {
  await ignoreNotFound(
    aws.elb.send(
      new DeregisterInstancesFromLoadBalancerCommand({
        LoadBalancerName: name,
        Instances: [{ InstanceId: instanceId }],
      }),
    ),
  );
}
