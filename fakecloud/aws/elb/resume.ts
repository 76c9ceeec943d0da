import { syncListeners } from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";

/** After a restart: the network knows the load balancers again, and their instances are checked on. */
export function resumeBalancers(elb: ElbRegion): void {
  const { network } = elb.balancing;
  for (const balancer of elb.balancers.values()) {
    const { name, region } = balancer;
    const { dnsName } = balancer.network;
    // Whoever opens addresses for load balancers opens this one again.
    elb.settings.loadBalancerDnsName?.({ name, region, generated: dnsName });
    syncListeners(balancer);
    network.setBalancer(balancer.network);
    for (const target of balancer.health.targets.values()) {
      network.healthChecks.resume(balancer.network, balancer.health, target);
    }
  }
}
