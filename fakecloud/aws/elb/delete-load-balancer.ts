import type { DeleteAccessPointInput } from "@aws-sdk/client-elastic-load-balancing";
import type { ElbRegion } from "./elb-region.ts";

/** Deleting what does not exist succeeds. The name is free at once; the interfaces go a while later. */
export function deleteLoadBalancer(elb: ElbRegion, input: DeleteAccessPointInput) {
  const balancer = elb.balancers.get(input.LoadBalancerName ?? "");
  if (balancer === undefined) return {};
  elb.balancers.delete(balancer.name);
  const { balancing } = elb;
  for (const target of balancer.health.targets.values()) {
    balancing.network.healthChecks.unwatch(target);
  }
  balancing.network.removeBalancer(balancer.network);
  balancing.releaseNodes(balancer.network, balancer.network.nodes);
  return {};
}
