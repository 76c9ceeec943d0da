import {
  AddTagsCommand,
  ApplySecurityGroupsToLoadBalancerCommand,
  AttachLoadBalancerToSubnetsCommand,
  ConfigureHealthCheckCommand,
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DeregisterInstancesFromLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  type HealthCheck,
  type LoadBalancerDescription,
  ModifyLoadBalancerAttributesCommand,
  RegisterInstancesWithLoadBalancerCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import type { AwsClients } from "../clients.ts";
import type { Clock } from "../../runtime/clock.ts";
import { deepEqual } from "../../runtime/json.ts";
import { type ClusterScope, networkStatusOf, pollMs, ready, type Wait } from "../cluster-scope.ts";
import { ignoreNotFound, isNotFound } from "../errors.ts";
import { apiServerPort } from "../security-group-input.ts";
import { SharedLooks } from "../shared-looks.ts";
import { isOwned, missingTags, tagList, tagMap } from "../tags.ts";
import {
  assertPlace,
  hasEndpoint,
  healthCheckFigures,
  instancePort,
  loadBalancerGroups,
  type LoadBalancerPlan,
  loadBalancerSubnets,
  loadBalancerTags,
  zonesOf,
} from "./load-balancer-plan.ts";

/** Who asks, and whose time it is. */
export interface Caller {
  readonly aws: AwsClients;
  readonly clock: Clock;
}

const idleTimeoutSeconds = 600;

/** The API server's classic load balancer: made once, then kept as the spec says. */
export async function reconcileClassicLoadBalancer(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
): Promise<Wait | undefined> {
  const { name } = plan;
  const found = await describeClassic(scope.aws, name);
  if (found === undefined) {
    if (hasEndpoint(scope)) {
      throw new Error(
        `load balancer ${name} is gone, but the control plane endpoint is already set: this is unrecoverable, ` +
          "since every kubeconfig names it",
      );
    }
    await create(scope, plan);
  }
  const balancer = found ?? (await describeClassic(scope.aws, name)) ?? {};
  if (found !== undefined) await assertOwned(scope, plan, found);
  await configure(scope, plan, balancer);
  record(scope, plan, balancer);
  if (balancer.DNSName !== undefined && balancer.DNSName !== "") return ready;
  return {
    reason: "WaitForDNSName",
    message: `waiting for the DNS name of load balancer ${name}`,
    requeueAfterMs: pollMs,
  };
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

/** Creating it again under the same name and with the same settings is the API's own idempotency. */
async function create(scope: ClusterScope, plan: LoadBalancerPlan): Promise<void> {
  await scope.aws.elb.send(
    new CreateLoadBalancerCommand({
      LoadBalancerName: plan.name,
      Listeners: [
        {
          Protocol: "TCP",
          LoadBalancerPort: apiServerPort(scope),
          InstanceProtocol: "TCP",
          InstancePort: instancePort,
        },
      ],
      Scheme: plan.scheme,
      SecurityGroups: loadBalancerGroups(scope, plan),
      Subnets: loadBalancerSubnets(scope, plan),
      Tags: tagList(loadBalancerTags(scope, plan)),
    }),
  );
}

async function configure(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  balancer: LoadBalancerDescription,
): Promise<void> {
  const { elb } = scope.aws;
  const LoadBalancerName = plan.name;
  const HealthCheck = healthCheckOf(plan);
  if (!deepEqual(balancer.HealthCheck, HealthCheck)) {
    await elb.send(new ConfigureHealthCheckCommand({ LoadBalancerName, HealthCheck }));
  }
  await configureAttributes(scope, plan);
  const SecurityGroups = loadBalancerGroups(scope, plan);
  if (!sameMembers(balancer.SecurityGroups ?? [], SecurityGroups)) {
    await elb.send(
      new ApplySecurityGroupsToLoadBalancerCommand({ LoadBalancerName, SecurityGroups }),
    );
  }
  const missing = loadBalancerSubnets(scope, plan).filter(
    (id) => !(balancer.Subnets ?? []).includes(id),
  );
  if (missing.length > 0) {
    await elb.send(new AttachLoadBalancerToSubnetsCommand({ LoadBalancerName, Subnets: missing }));
  }
}

async function configureAttributes(scope: ClusterScope, plan: LoadBalancerPlan): Promise<void> {
  const { elb } = scope.aws;
  const LoadBalancerName = plan.name;
  const wanted = {
    ConnectionSettings: { IdleTimeout: idleTimeoutSeconds },
    CrossZoneLoadBalancing: { Enabled: plan.spec.crossZoneLoadBalancing === true },
  };
  const { LoadBalancerAttributes: current = {} } = await elb.send(
    new DescribeLoadBalancerAttributesCommand({ LoadBalancerName }),
  );
  const same =
    current.ConnectionSettings?.IdleTimeout === idleTimeoutSeconds &&
    current.CrossZoneLoadBalancing?.Enabled === wanted.CrossZoneLoadBalancing.Enabled;
  if (same) return;
  await elb.send(
    new ModifyLoadBalancerAttributesCommand({ LoadBalancerName, LoadBalancerAttributes: wanted }),
  );
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item) => b.includes(item));
}

function healthCheckOf(plan: LoadBalancerPlan): HealthCheck {
  const protocol = plan.spec.healthCheckProtocol ?? "TCP";
  const path = protocol.startsWith("HTTP") ? "/readyz" : "";
  const figures = healthCheckFigures(plan);
  return {
    Target: `${protocol}:${instancePort}${path}`,
    Interval: figures.intervalSeconds,
    Timeout: figures.timeoutSeconds,
    HealthyThreshold: figures.healthyThreshold,
    UnhealthyThreshold: figures.unhealthyThreshold,
  };
}

async function assertOwned(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  balancer: LoadBalancerDescription,
): Promise<void> {
  const { name } = plan;
  assertPlace(scope, plan, { scheme: balancer.Scheme, vpcId: balancer.VPCId });
  const { TagDescriptions = [] } = await scope.aws.elb.send(
    new DescribeTagsCommand({ LoadBalancerNames: [name] }),
  );
  const tags = tagMap(TagDescriptions[0]?.Tags);
  if (!isOwned(tags, scope.clusterName) && Object.keys(tags).length > 0) {
    throw new Error(
      `load balancer ${name} exists and is not owned by cluster ${scope.clusterName}`,
    );
  }
  const missing = missingTags(tags, loadBalancerTags(scope, plan));
  if (Object.keys(missing).length === 0) return;
  await scope.aws.elb.send(
    new AddTagsCommand({ LoadBalancerNames: [name], Tags: tagList(missing) }),
  );
}

function record(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  balancer: LoadBalancerDescription,
): void {
  networkStatusOf(scope).apiServerElb = {
    ...networkStatusOf(scope).apiServerElb,
    name: plan.name,
    loadBalancerType: "classic",
    scheme: plan.scheme,
    availabilityZones: zonesOf(scope, balancer.Subnets ?? []),
    ...(balancer.DNSName === undefined ? {} : { dnsName: balancer.DNSName }),
  };
}

export async function deleteClassicLoadBalancer(
  scope: ClusterScope,
  { name }: LoadBalancerPlan,
): Promise<Wait | undefined> {
  const found = await describeClassic(scope.aws, name);
  if (found === undefined) return ready;
  await scope.aws.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerName: name }));
  return {
    reason: "Deleting",
    message: `waiting for load balancer ${name} to go`,
    requeueAfterMs: pollMs,
  };
}

/** All machines of a control plane ask for the same load balancer. */
const looks = new SharedLooks(async (aws: AwsClients, names: readonly string[]) => {
  const balancers = new Map<string, LoadBalancerDescription>();
  for (const name of names) {
    const found = await describeClassic(aws, name);
    if (found !== undefined) balancers.set(name, found);
  }
  return balancers;
});

export async function isRegistered(
  { aws, clock }: Caller,
  name: string,
  instanceId: string,
): Promise<boolean> {
  const balancer = await looks.get(aws, clock, name);
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
