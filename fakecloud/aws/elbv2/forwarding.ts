import { applyResult } from "../../network/health-checks.ts";
import type { Target } from "../../network/load-balancer.ts";
import type { Elbv2Region } from "./elbv2-region.ts";
import type { Balancer, TargetGroup } from "./records.ts";

/** Brings what the network sees in line with the listeners of a load balancer. */
export function syncListeners(elb: Elbv2Region, balancer: Balancer): void {
  balancer.network.listeners.clear();
  for (const listener of elb.listenersOf(balancer)) {
    const pool = elb.targetGroups.get(listener.action.targetGroupArn ?? "")?.pool;
    if (pool !== undefined) balancer.network.listeners.set(listener.port, pool);
  }
}

/** A target group that a listener names is checked; the targets that it already has start as new ones. */
export function attachGroup(elb: Elbv2Region, balancer: Balancer, group: TargetGroup): void {
  for (const target of group.pool.targets.values()) {
    if (target.state === "unused") startChecks(elb, { balancer, group }, target);
  }
}

/** Called when a listener is gone: without any, its targets are unused. */
export function detachGroup(elb: Elbv2Region, group: TargetGroup): void {
  if (elb.balancerOf(group) !== undefined) return;
  for (const target of group.pool.targets.values()) {
    elb.balancing.network.healthChecks.unwatch(target);
    if (target.state === "draining") continue;
    target.state = "unused";
    target.streak = 0;
    target.obstacle = undefined;
  }
}

export function stopChecks(elb: Elbv2Region, group: TargetGroup): void {
  for (const target of group.pool.targets.values()) {
    elb.balancing.network.healthChecks.unwatch(target);
  }
}

export function startChecks(
  elb: Elbv2Region,
  place: { readonly balancer: Balancer; readonly group: TargetGroup },
  target: Target,
): void {
  const { balancer, group } = place;
  const { network } = elb.balancing;
  target.state = "initial";
  target.streak = 0;
  if (!elb.settings.gradual && network.checkTarget(balancer.network, group.pool, target).passed) {
    const { healthyThreshold } = group.pool.healthCheck;
    for (let passed = 0; passed < healthyThreshold; passed += 1) {
      applyResult(target, group.pool, { passed: true });
    }
  }
  network.healthChecks.watch(balancer.network, group.pool, target);
}
