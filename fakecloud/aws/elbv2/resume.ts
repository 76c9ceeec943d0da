import type { Elbv2Region } from "./elbv2-region.ts";
import { syncListeners } from "./forwarding.ts";

/** After a restart: the network knows the load balancers again, and targets in use are checked on. */
export function resumeForwarding(elb: Elbv2Region): void {
  const { network } = elb.balancing;
  for (const balancer of elb.balancers.values()) {
    const { name } = balancer;
    const { dnsName } = balancer.network;
    // Whoever opens addresses for load balancers opens this one again.
    elb.settings.loadBalancerDnsName?.({ name, region: elb.region, generated: dnsName });
    syncListeners(elb, balancer);
    network.setBalancer(balancer.network);
  }
  for (const group of elb.targetGroups.values()) {
    const balancer = elb.balancerOf(group);
    if (balancer === undefined) continue;
    for (const target of group.pool.targets.values()) {
      if (target.state === "draining" || target.state === "unused") continue;
      network.healthChecks.resume(balancer.network, group.pool, target);
    }
  }
}
