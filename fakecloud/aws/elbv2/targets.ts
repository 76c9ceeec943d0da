import type {
  DeregisterTargetsInput,
  DescribeTargetHealthInput,
  DescribeTargetHealthOutput,
  RegisterTargetsInput,
  TargetDescription,
  TargetHealth,
  TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { timeOfDelay } from "../../kernel/clock.ts";
import { between } from "../../kernel/random.ts";
import { cidrContains } from "../../network/ip.ts";
import { type Target, targetKey } from "../../network/load-balancer.ts";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error, invalid } from "./errors.ts";
import { startChecks } from "./forwarding.ts";
import type { TargetGroup } from "./records.ts";

/** All or nothing; registering twice is harmless, and ends a drain. */
export function registerTargets(elb: Elbv2Region, input: RegisterTargetsInput) {
  const group = elb.requireTargetGroup(input.TargetGroupArn);
  const wanted = (input.Targets ?? []).map((one) => placeOf(group, one));
  if (wanted.length === 0) throw invalid("At least one target must be specified");
  for (const { id } of wanted) checkTarget(elb, group, id);
  for (const { id, port } of wanted) register(elb, group, { id, port });
  return {};
}

function placeOf(group: TargetGroup, target: TargetDescription) {
  return { id: target.Id ?? "", port: target.Port ?? group.port };
}

function checkTarget(elb: Elbv2Region, group: TargetGroup, id: string): void {
  const { topology } = elb.balancing;
  if (group.targetType === "ip") {
    const blocks = topology.vpc(group.vpcId)?.cidrBlocks ?? [];
    if (/^\d+\.\d+\.\d+\.\d+$/.test(id) && blocks.some((block) => cidrContains(block, id))) return;
    throw elbv2Error(
      "InvalidTarget",
      `The IP address '${id}' is not valid for the target group's VPC`,
    );
  }
  const instance = topology.instance(id);
  if (instance === undefined || instance.state === "terminated") {
    throw elbv2Error("InvalidTarget", `The following targets are not valid instances: '${id}'`);
  }
  if (instance.state !== "running") {
    throw elbv2Error(
      "InvalidTarget",
      `The following targets are not in a running state and cannot be registered: '${id}'`,
    );
  }
  if (topology.interface(instance.networkInterfaceIds[0] ?? "")?.vpcId === group.vpcId) return;
  throw elbv2Error(
    "InvalidTarget",
    `The following targets are not in the target group VPC '${group.vpcId}': '${id}'`,
  );
}

function register(
  elb: Elbv2Region,
  group: TargetGroup,
  place: { readonly id: string; readonly port: number },
): void {
  const key = targetKey(place.id, place.port);
  const present = group.pool.targets.get(key);
  if (present !== undefined && present.state !== "draining") return;
  const { clock, random, timings } = elb.balancing;
  const delayMs = between(random, timings.targetRegistration, "elbv2/registration", key);
  const target: Target = {
    ...place,
    state: "unused",
    streak: 0,
    obstacle: undefined,
    checkFromMs: clock.now() + timeOfDelay(clock, delayMs),
  };
  group.pool.targets.set(key, target);
  const balancer = elb.balancerOf(group);
  if (balancer !== undefined) startChecks(elb, { balancer, group }, target);
}

/** A target without a port means all of them. In use it drains first; what is not registered is ignored. */
export function deregisterTargets(elb: Elbv2Region, input: DeregisterTargetsInput) {
  const group = elb.requireTargetGroup(input.TargetGroupArn);
  for (const { Id: id, Port: port } of input.Targets ?? []) {
    for (const target of group.pool.targets.values()) {
      if (target.id !== id || (port !== undefined && target.port !== port)) continue;
      deregister(elb, group, target);
    }
  }
  return {};
}

function deregister(elb: Elbv2Region, group: TargetGroup, target: Target): void {
  if (target.state === "draining") return;
  const { balancing, settings } = elb;
  const wasUsed = target.state !== "unused";
  balancing.network.healthChecks.unwatch(target);
  target.state = "draining";
  const key = targetKey(target.id, target.port);
  const seconds = Number(group.attributes.get("deregistration_delay.timeout_seconds") ?? 300);
  const drains = settings.gradual && wasUsed;
  const args = [elb.accountId, elb.region, group.arn, key];
  const step = { step: "elbv2/drained", args };
  balancing.transitions.after(drains ? seconds * 1000 : 0, `target ${key} drains`, step);
}

/** A target that was registered again meanwhile drains no more. */
export function drained(elb: Elbv2Region, groupArn: string, key: string): void {
  const targets = elb.targetGroups.get(groupArn)?.pool.targets;
  if (targets?.get(key)?.state === "draining") targets.delete(key);
}

/** Terminated instances leave their target groups by themselves. */
export function dropInstance(elb: Elbv2Region, instanceId: string): void {
  for (const group of elb.targetGroups.values()) {
    for (const target of group.pool.targets.values()) {
      if (target.id === instanceId) deregister(elb, group, target);
    }
  }
}

export function describeTargetHealth(
  elb: Elbv2Region,
  input: DescribeTargetHealthInput,
): DescribeTargetHealthOutput {
  const group = elb.requireTargetGroup(input.TargetGroupArn);
  const asked = (input.Targets ?? []).map((one) => placeOf(group, one));
  const places = asked.length > 0 ? asked : [...group.pool.targets.values()];
  return { TargetHealthDescriptions: places.map((place) => describe(elb, group, place)) };
}

function describe(
  elb: Elbv2Region,
  group: TargetGroup,
  place: { readonly id: string; readonly port: number },
): TargetHealthDescription {
  const target = group.pool.targets.get(targetKey(place.id, place.port));
  const { port } = group.healthCheck;
  return {
    Target: { Id: place.id, Port: place.port },
    HealthCheckPort: port === "traffic-port" ? `${place.port}` : port,
    TargetHealth: healthOf(elb, group, target),
  };
}

const health = (State: string, Reason: string, Description: string) =>
  ({ State, Reason, Description }) as TargetHealth;

function healthOf(elb: Elbv2Region, group: TargetGroup, target: Target | undefined): TargetHealth {
  if (target === undefined) {
    return health("unused", "Target.NotRegistered", "Target is not registered to the target group");
  }
  if (target.state === "draining") {
    return health(
      "draining",
      "Target.DeregistrationInProgress",
      "Target deregistration is in progress",
    );
  }
  if (elb.balancerOf(group) === undefined) {
    const why = "Target group is not configured to receive traffic from the load balancer";
    return health("unused", "Target.NotInUse", why);
  }
  const state = target.id.startsWith("i-")
    ? elb.balancing.topology.instance(target.id)?.state
    : "running";
  if (state !== "running") {
    return health(
      "unused",
      "Target.InvalidState",
      `Target is in the ${state ?? "terminated"} state`,
    );
  }
  if (target.state === "healthy") return { State: "healthy" };
  if (target.state === "unhealthy") {
    return health("unhealthy", "Target.FailedHealthChecks", "Health checks failed");
  }
  return target.checkFromMs > elb.balancing.clock.now()
    ? health("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
    : health("initial", "Elb.InitialHealthChecking", "Initial health checks in progress");
}
