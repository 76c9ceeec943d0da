import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type Listener,
  type LoadBalancer,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { createHash } from "node:crypto";
import { type ClusterScope, requireVpcId } from "../cluster-scope.ts";
import { tagList, tagMap } from "../tags.ts";
import {
  healthCheckFigures,
  instancePort,
  type LoadBalancerPlan,
  loadBalancerTags,
} from "./load-balancer-plan.ts";

/** One port on which the load balancer listens, with the instances' port behind it. */
interface Route {
  readonly prefix: "additional-listener" | "apiserver-target";
  readonly port: number;
  readonly targetPort: number;
  readonly healthCheck: TargetHealthCheck;
}

interface TargetHealthCheck {
  readonly HealthCheckProtocol: "HTTP" | "HTTPS" | "TCP";
  readonly HealthCheckPort: string;
  readonly HealthCheckPath?: string;
  readonly HealthCheckIntervalSeconds: number;
  readonly HealthCheckTimeoutSeconds: number;
  readonly HealthyThresholdCount: number;
  readonly UnhealthyThresholdCount: number;
}

/**
 * Each port has one target group and one listener. Every part is looked for by itself, so a failure between two of them never
 * leaves a load balancer without listeners, nor makes a second target group (capa-bugs 50, 51).
 */
export async function reconcileListeners(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  balancer: LoadBalancer,
): Promise<void> {
  const LoadBalancerArn = balancer.LoadBalancerArn ?? "";
  const { elbv2 } = scope.aws;
  const { Listeners = [] } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  for (const route of routesOf(scope, plan)) {
    const group = await ensureTargetGroup(scope, plan, route);
    const TargetGroupArn = group.TargetGroupArn ?? "";
    if (Listeners.some(({ Port }) => Port === route.port)) continue;
    await createListener(scope, plan, { LoadBalancerArn, TargetGroupArn, port: route.port });
  }
}

function routesOf(scope: ClusterScope, plan: LoadBalancerPlan): readonly Route[] {
  const { intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } =
    healthCheckFigures(plan);
  const protocol = plan.spec.healthCheckProtocol ?? "TCP";
  const isHttp = protocol === "HTTP" || protocol === "HTTPS";
  const base = {
    HealthCheckIntervalSeconds: intervalSeconds,
    HealthCheckTimeoutSeconds: timeoutSeconds,
    HealthyThresholdCount: healthyThreshold,
    UnhealthyThresholdCount: unhealthyThreshold,
  };
  const { port } = scope.draft.spec?.controlPlaneEndpoint ?? {};
  const main: Route = {
    prefix: "apiserver-target",
    // Upstream always listens on 6443 here, whatever port the endpoint names.
    port: port === undefined || port === 0 ? instancePort : port,
    targetPort: instancePort,
    healthCheck: {
      ...base,
      HealthCheckProtocol: isHttp ? protocol : "TCP",
      HealthCheckPort: String(instancePort),
      ...(isHttp ? { HealthCheckPath: "/readyz" } : {}),
    },
  };
  const additional = (plan.spec.additionalListeners ?? []).map((listener): Route => {
    const own = listener.healthCheck ?? {};
    return {
      prefix: "additional-listener",
      port: listener.port,
      targetPort: listener.port,
      healthCheck: {
        HealthCheckProtocol: own.protocol ?? "TCP",
        HealthCheckPort: own.port ?? String(listener.port),
        ...(own.path === undefined || own.path === "" ? {} : { HealthCheckPath: own.path }),
        HealthCheckIntervalSeconds: own.intervalSeconds ?? intervalSeconds,
        HealthCheckTimeoutSeconds: own.timeoutSeconds ?? timeoutSeconds,
        HealthyThresholdCount: own.thresholdCount ?? healthyThreshold,
        UnhealthyThresholdCount: own.unhealthyThresholdCount ?? unhealthyThreshold,
      },
    };
  });
  return [main, ...additional];
}

/** The name is drawn from what it is for: a lost answer finds the same group again, where upstream draws a new one. */
function targetGroupName(scope: ClusterScope, plan: LoadBalancerPlan, route: Route): string {
  const seed = [scope.namespace, scope.clusterName, plan.name, String(route.port)].join("/");
  const digest = createHash("sha256")
    .update(`${seed}/${scope.draft.metadata.uid ?? ""}`)
    .digest();
  const letters = [...digest.subarray(0, 5)].map((byte) => (byte % 36).toString(36)).join("");
  return `${route.prefix}-${letters}`;
}

/** ARNs of the groups that the plan asks for, used by a listener or not. */
export async function findPlannedTargetGroups(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
): Promise<readonly string[]> {
  const arns: string[] = [];
  for (const route of routesOf(scope, plan)) {
    const found = await findTargetGroup(scope, targetGroupName(scope, plan, route));
    if (found?.TargetGroupArn !== undefined) arns.push(found.TargetGroupArn);
  }
  return arns;
}

async function ensureTargetGroup(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  route: Route,
): Promise<TargetGroup> {
  const { elbv2 } = scope.aws;
  const Name = targetGroupName(scope, plan, route);
  const found = await findTargetGroup(scope, Name);
  if (found === undefined) return createTargetGroup(scope, plan, { route, Name });
  const actual = found as Readonly<Record<string, unknown>>;
  const differs = Object.entries(route.healthCheck).some(([key, value]) => actual[key] !== value);
  if (differs) {
    const { TargetGroupArn } = found;
    await elbv2.send(new ModifyTargetGroupCommand({ TargetGroupArn, ...route.healthCheck }));
  }
  if (plan.type === "nlb") await keepAttributes(scope, plan, found.TargetGroupArn ?? "");
  return found;
}

async function findTargetGroup(
  scope: ClusterScope,
  name: string,
): Promise<TargetGroup | undefined> {
  try {
    const { TargetGroups = [] } = await scope.aws.elbv2.send(
      new DescribeTargetGroupsCommand({ Names: [name] }),
    );
    return TargetGroups[0];
  } catch (error) {
    if ((error as Error).name.startsWith("TargetGroupNotFound")) return undefined;
    throw error;
  }
}

/** Creating it again with the same settings is the API's own idempotency. */
async function createTargetGroup(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  { route, Name }: { readonly route: Route; readonly Name: string },
): Promise<TargetGroup> {
  const { elbv2 } = scope.aws;
  const { TargetGroups = [] } = await elbv2.send(
    new CreateTargetGroupCommand({
      Name,
      Port: route.targetPort,
      Protocol: protocolOf(plan),
      VpcId: requireVpcId(scope),
      TargetType: "instance",
      IpAddressType: plan.spec.targetGroupIPType ?? "ipv4",
      HealthCheckEnabled: true,
      ...route.healthCheck,
      Tags: tagList(loadBalancerTags(scope, plan)),
    }),
  );
  const [group = {}] = TargetGroups;
  if (plan.type === "nlb") await keepAttributes(scope, plan, group.TargetGroupArn ?? "");
  return group;
}

/** capa-behaviour 5.6; on every pass, because a crash may have come between the group and its attributes. */
async function keepAttributes(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  TargetGroupArn: string,
): Promise<void> {
  const attributes = {
    // Upstream leaves connections to an API server that has gone open for minutes (capa-bugs 59); here clients reconnect.
    "deregistration_delay.connection_termination.enabled": "true",
    "deregistration_delay.timeout_seconds": "60",
    "preserve_client_ip.enabled": String(plan.spec.preserveClientIP === true),
    "target_health_state.unhealthy.connection_termination.enabled": "false",
    "target_health_state.unhealthy.draining_interval_seconds": "300",
  };
  const { elbv2 } = scope.aws;
  const { Attributes = [] } = await elbv2.send(
    new DescribeTargetGroupAttributesCommand({ TargetGroupArn }),
  );
  const current = tagMap(Attributes);
  const changed = Object.entries(attributes).filter(([key, value]) => current[key] !== value);
  if (changed.length === 0) return;
  await elbv2.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn,
      Attributes: changed.map(([Key, Value]) => ({ Key, Value })),
    }),
  );
}

function protocolOf(plan: LoadBalancerPlan): "HTTPS" | "TCP" {
  return plan.type === "alb" ? "HTTPS" : "TCP";
}

async function createListener(
  scope: ClusterScope,
  plan: LoadBalancerPlan,
  listener: {
    readonly LoadBalancerArn: string;
    readonly TargetGroupArn: string;
    readonly port: number;
  },
): Promise<Listener | undefined> {
  const { LoadBalancerArn, TargetGroupArn, port } = listener;
  const { Listeners = [] } = await scope.aws.elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: port,
      Protocol: protocolOf(plan),
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
      Tags: tagList(loadBalancerTags(scope, plan)),
    }),
  );
  return Listeners[0];
}

export async function tagResource(
  scope: ClusterScope,
  arn: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  await scope.aws.elbv2.send(new AddTagsCommand({ ResourceArns: [arn], Tags: tagList(tags) }));
}
