import type {
  DeregisterEndPointsInput,
  DeregisterEndPointsOutput,
  DescribeEndPointStateInput,
  DescribeEndPointStateOutput,
  InstanceState,
  RegisterEndPointsInput,
  RegisterEndPointsOutput,
} from "@aws-sdk/client-elastic-load-balancing";
import type { Target } from "../../network/load-balancer.ts";
import {
  type ClassicLoadBalancer,
  instancesToWire,
  syncListeners,
} from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

/** All or nothing: one instance that cannot be registered refuses the call. Registering twice is harmless. */
export function registerInstances(
  elb: ElbRegion,
  input: RegisterEndPointsInput,
): RegisterEndPointsOutput {
  const balancer = elb.require(input.LoadBalancerName);
  const ids = (input.Instances ?? []).map((instance) => instance.InstanceId ?? "");
  for (const id of ids) checkInstance(elb, balancer, id);
  for (const id of ids) if (!balancer.health.targets.has(id)) register(elb, balancer, id);
  syncListeners(balancer);
  return { Instances: instancesToWire(balancer) };
}

function checkInstance(elb: ElbRegion, balancer: ClassicLoadBalancer, id: string): void {
  const { topology } = elb.balancing;
  const instance = topology.instance(id);
  if (instance === undefined || instance.state === "terminated") {
    throw elbError("InvalidInstance", `Could not find EC2 instance ${id}.`);
  }
  const vpcId = topology.interface(instance.networkInterfaceIds[0] ?? "")?.vpcId;
  if (vpcId !== balancer.network.vpcId) {
    throw elbError("InvalidInstance", `EC2 instance ${id} is not in VPC.`);
  }
  if (instance.state !== "running") {
    const why = `Instance ${id} is not in a valid state for registration: it is ${instance.state}, not running`;
    throw elbError("InvalidInstance", why);
  }
}

function register(elb: ElbRegion, balancer: ClassicLoadBalancer, id: string): void {
  const { balancing } = elb;
  const target: Target = {
    id,
    port: balancer.health.healthCheck.port ?? 80,
    state: "initial",
    streak: 0,
    obstacle: undefined,
    checkFromMs: balancing.clock.now(),
  };
  balancer.health.targets.set(id, target);
  balancing.network.healthChecks.watch(balancer.network, balancer.health, target);
}

/** Instances that exist but are not registered are ignored; unknown ones are an error. */
export function deregisterInstances(
  elb: ElbRegion,
  input: DeregisterEndPointsInput,
): DeregisterEndPointsOutput {
  const balancer = elb.require(input.LoadBalancerName);
  const ids = (input.Instances ?? []).map((instance) => instance.InstanceId ?? "");
  for (const id of ids) {
    const registered = balancer.health.targets.has(id);
    if (registered || elb.balancing.topology.instance(id) !== undefined) continue;
    throw elbError("InvalidInstance", `Could not find EC2 instance ${id}.`);
  }
  for (const id of ids) dropInstance(elb, balancer, id);
  return { Instances: instancesToWire(balancer) };
}

export function dropInstance(elb: ElbRegion, balancer: ClassicLoadBalancer, id: string): void {
  const target = balancer.health.targets.get(id);
  if (target === undefined) return;
  elb.balancing.network.healthChecks.unwatch(target);
  balancer.health.targets.delete(id);
  syncListeners(balancer);
}

export function describeInstanceHealth(
  elb: ElbRegion,
  input: DescribeEndPointStateInput,
): DescribeEndPointStateOutput {
  const balancer = elb.require(input.LoadBalancerName);
  const asked = (input.Instances ?? []).map((instance) => instance.InstanceId ?? "");
  const ids = asked.length > 0 ? asked : [...balancer.health.targets.keys()];
  return { InstanceStates: ids.map((id) => stateOf(elb, balancer, id)) };
}

function stateOf(elb: ElbRegion, balancer: ClassicLoadBalancer, id: string): InstanceState {
  const target = balancer.health.targets.get(id);
  const instance = elb.balancing.topology.instance(id);
  if (target === undefined) {
    if (instance === undefined) {
      throw elbError("InvalidInstance", `Could not find EC2 instance ${id}.`);
    }
    return state(
      id,
      "OutOfService",
      "Instance",
      "Instance is not currently registered with the LoadBalancer.",
    );
  }
  if (target.state === "healthy") return state(id, "InService", "N/A", "N/A");
  if (instance?.state !== "running") {
    return state(
      id,
      "OutOfService",
      "Instance",
      `Instance is in ${instance?.state ?? "terminated"} state.`,
    );
  }
  if (target.state === "initial") {
    return state(id, "OutOfService", "ELB", "Instance registration is still in progress.");
  }
  return state(
    id,
    "OutOfService",
    "Instance",
    "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
  );
}

function state(
  InstanceId: string,
  State: string,
  ReasonCode: string,
  Description: string,
): InstanceState {
  return { InstanceId, State, ReasonCode, Description };
}
