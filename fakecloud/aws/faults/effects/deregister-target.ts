import type { ParsedFault } from "../fault.ts";
import { type FaultContext, fits } from "../fault-context.ts";

const service = "elasticloadbalancing";

/** Returns how many load balancers it has taken targets from. */
export function deregisterFromClassic(context: FaultContext, { fields }: ParsedFault): number {
  let count = 0;
  for (const region of context.elb.all()) {
    for (const [LoadBalancerName, balancer] of region.balancers) {
      if (!fits(fields.text("loadBalancer"), LoadBalancerName)) continue;
      const Instances = [...balancer.health.targets.keys()]
        .filter((id) => isMeant(context, fields.text("instance"), id))
        .map((InstanceId) => ({ InstanceId }));
      if (Instances.length === 0) continue;
      const operation = "DeregisterInstancesFromLoadBalancer";
      context.perform(
        region,
        { service, version: "2012-06-01", operation },
        { LoadBalancerName, Instances },
      );
      count += 1;
    }
  }
  return count;
}

export function deregisterFromGroups(context: FaultContext, { fields }: ParsedFault): number {
  let count = 0;
  for (const region of context.elbv2.all()) {
    for (const [TargetGroupArn, group] of region.targetGroups) {
      const balancers = [...region.balancers.values()].filter(({ name }) =>
        fits(fields.text("loadBalancer"), name),
      );
      const serves = balancers.some(({ network }) =>
        [...network.listeners.values()].some((pool) => pool.id === TargetGroupArn),
      );
      if (!serves) continue;
      const Targets = [...group.pool.targets.values()]
        .filter(({ id }) => isMeant(context, fields.text("instance"), id))
        .map(({ id: Id, port: Port }) => ({ Id, Port }));
      if (Targets.length === 0) continue;
      const operation = "DeregisterTargets";
      context.perform(
        region,
        { service, version: "2015-12-01", operation },
        { TargetGroupArn, Targets },
      );
      count += 1;
    }
  }
  return count;
}

function isMeant({ ec2 }: FaultContext, pattern: string, id: string): boolean {
  return fits(pattern, id, ec2.instance(id)?.tags.get("Name"));
}
