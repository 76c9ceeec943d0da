import type {
  ConfigureHealthCheckInput,
  ConfigureHealthCheckOutput,
  HealthCheck,
} from "@aws-sdk/client-elastic-load-balancing";
import { parseHealthCheck, syncListeners } from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

/** Instances keep their state; their checks start anew, with the new interval. */
export function configureHealthCheck(
  elb: ElbRegion,
  input: ConfigureHealthCheckInput,
): ConfigureHealthCheckOutput {
  const balancer = elb.require(input.LoadBalancerName);
  const wire = complete(input.HealthCheck);
  const changed = JSON.stringify(wire) !== JSON.stringify(balancer.healthCheck);
  const result = { HealthCheck: wire };
  // Controllers send the same check again and again: that must not restart the counting.
  if (!changed) return result;
  balancer.healthCheck = wire;
  balancer.health.healthCheck = parseHealthCheck(wire);
  for (const target of balancer.health.targets.values()) {
    elb.balancing.network.healthChecks.watch(balancer.network, balancer.health, target);
  }
  syncListeners(balancer);
  return result;
}

function complete(wire: HealthCheck | undefined): Required<HealthCheck> {
  const check = {
    Target: wire?.Target ?? "",
    Interval: inRange("Interval", wire?.Interval, { min: 5, max: 300 }),
    Timeout: inRange("Timeout", wire?.Timeout, { min: 2, max: 60 }),
    UnhealthyThreshold: inRange("UnhealthyThreshold", wire?.UnhealthyThreshold, {
      min: 2,
      max: 10,
    }),
    HealthyThreshold: inRange("HealthyThreshold", wire?.HealthyThreshold, { min: 2, max: 10 }),
  };
  parseHealthCheck(check);
  if (check.Timeout >= check.Interval) {
    throw elbError("ValidationError", "HealthCheck timeout must be less than interval");
  }
  return check;
}

function inRange(
  name: string,
  value: number | undefined,
  range: { readonly min: number; readonly max: number },
): number {
  if (value !== undefined && value >= range.min && value <= range.max) return value;
  const why = `HealthCheck ${name} must be between ${range.min} and ${range.max}`;
  throw elbError("ValidationError", why);
}
