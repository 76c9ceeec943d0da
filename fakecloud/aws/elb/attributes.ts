import type {
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  LoadBalancerAttributes,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
} from "@aws-sdk/client-elastic-load-balancing";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

export function describeLoadBalancerAttributes(
  elb: ElbRegion,
  input: DescribeLoadBalancerAttributesInput,
): DescribeLoadBalancerAttributesOutput {
  return { LoadBalancerAttributes: elb.require(input.LoadBalancerName).attributes };
}

/** Attributes that are not named stay as they are. */
export function modifyLoadBalancerAttributes(
  elb: ElbRegion,
  input: ModifyLoadBalancerAttributesInput,
): ModifyLoadBalancerAttributesOutput {
  const balancer = elb.require(input.LoadBalancerName);
  const wanted: LoadBalancerAttributes = input.LoadBalancerAttributes ?? {};
  check(wanted);
  const { AdditionalAttributes: additional, ...rest } = wanted;
  balancer.attributes = {
    ...balancer.attributes,
    ...rest,
    // The timeout stays when draining is switched on or off without one.
    ConnectionDraining: {
      Enabled: false,
      ...balancer.attributes.ConnectionDraining,
      ...rest.ConnectionDraining,
    },
    AdditionalAttributes: [
      ...(balancer.attributes.AdditionalAttributes ?? []).filter(
        (old) => !(additional ?? []).some((attribute) => attribute.Key === old.Key),
      ),
      ...(additional ?? []),
    ],
  };
  balancer.network.crossZone = balancer.attributes.CrossZoneLoadBalancing?.Enabled ?? false;
  elb.balancing.network.setBalancer(balancer.network);
  return { LoadBalancerName: balancer.name, LoadBalancerAttributes: wanted };
}

function check(wanted: LoadBalancerAttributes): void {
  const idle = wanted.ConnectionSettings?.IdleTimeout;
  if (idle !== undefined && (idle < 1 || idle > 4000)) {
    throw elbError("InvalidConfigurationRequest", "IdleTimeout must be between 1 and 4000 seconds");
  }
  const drain = wanted.ConnectionDraining?.Timeout;
  if (drain !== undefined && (drain < 1 || drain > 3600)) {
    const why = "ConnectionDraining timeout must be between 1 and 3600 seconds";
    throw elbError("InvalidConfigurationRequest", why);
  }
  const log = wanted.AccessLog;
  if (log?.Enabled === true && log.S3BucketName === undefined) {
    throw elbError("InvalidConfigurationRequest", "S3BucketName is required for access logs");
  }
}
