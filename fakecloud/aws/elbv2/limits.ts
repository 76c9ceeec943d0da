import type {
  DescribeAccountLimitsInput,
  DescribeAccountLimitsOutput,
  DescribeCapacityReservationInput,
  DescribeCapacityReservationOutput,
  DescribeListenerCertificatesInput,
  DescribeListenerCertificatesOutput,
  DescribeRulesInput,
  DescribeRulesOutput,
  DescribeSSLPoliciesInput,
  DescribeSSLPoliciesOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Elbv2Region } from "./elbv2-region.ts";
import { elbv2Error } from "./errors.ts";
// Limits and policies are paged by their names, as other lists are by ARNs.
import { actionToWire } from "./listener-actions.ts";
import { page } from "./pages.ts";
import { accountLimits, sslPolicies } from "./tables/account-limits.ts";

export function describeAccountLimits(
  _elb: Elbv2Region,
  input: DescribeAccountLimitsInput,
): DescribeAccountLimitsOutput {
  const all = Object.entries(accountLimits).map(([arn, max]) => ({ arn, max }));
  const { items, ...marker } = page(all, input);
  return { Limits: items.map(({ arn, max }) => ({ Name: arn, Max: `${max}` })), ...marker };
}

export function describeSslPolicies(
  _elb: Elbv2Region,
  input: DescribeSSLPoliciesInput,
): DescribeSSLPoliciesOutput {
  const names = input.Names ?? [];
  const unknown = names.find((name) => !Object.hasOwn(sslPolicies, name));
  if (unknown !== undefined) throw elbv2Error("SSLPolicyNotFound", unknown);
  const { LoadBalancerType: type = "network" } = input;
  const chosen = Object.entries(type === "gateway" ? {} : sslPolicies)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([arn, protocols]) => ({ arn, protocols }));
  const { items, ...marker } = page(chosen, input);
  return {
    SslPolicies: items.map(({ arn, protocols }) => ({
      Name: arn,
      SslProtocols: [...protocols],
      Ciphers: [{ Name: "ECDHE-RSA-AES128-GCM-SHA256", Priority: 1 }],
      SupportedLoadBalancerTypes: ["application", "network"],
    })),
    ...marker,
  };
}

/** Nobody reserves capacity here; what there is, is what was never asked for. */
export function describeCapacityReservation(
  elb: Elbv2Region,
  input: DescribeCapacityReservationInput,
): DescribeCapacityReservationOutput {
  elb.requireBalancer(input.LoadBalancerArn);
  return { DecreaseRequestsRemaining: 2, CapacityReservationState: [] };
}

export function describeListenerCertificates(
  elb: Elbv2Region,
  input: DescribeListenerCertificatesInput,
): DescribeListenerCertificatesOutput {
  const { certificateArns } = elb.requireListener(input.ListenerArn ?? "");
  const all = certificateArns.map((arn, index) => ({ arn, isDefault: index === 0 }));
  const { items, ...marker } = page(all, input);
  return {
    Certificates: items.map(({ arn, isDefault }) => ({
      CertificateArn: arn,
      IsDefault: isDefault,
    })),
    ...marker,
  };
}

/** The default rule of a listener, which forwards as the listener does; others are not simulated. */
export function describeRules(elb: Elbv2Region, input: DescribeRulesInput): DescribeRulesOutput {
  if (input.RuleArns !== undefined) throw elbv2Error("RuleNotFound", input.RuleArns.join(", "));
  const listener = elb.requireListener(input.ListenerArn ?? "");
  const arn = `${listener.arn.replace(":listener/", ":listener-rule/")}/default`;
  const { items, ...marker } = page([{ arn }], input);
  return {
    Rules: items.map((rule) => ({
      RuleArn: rule.arn,
      Priority: "default",
      IsDefault: true,
      Conditions: [],
      Actions: [actionToWire(listener.action)],
    })),
    ...marker,
  };
}
