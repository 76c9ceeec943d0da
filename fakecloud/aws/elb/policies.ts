import type {
  CreateAppCookieStickinessPolicyInput,
  CreateLBCookieStickinessPolicyInput,
  CreateLoadBalancerPolicyInput,
  DeleteLoadBalancerPolicyInput,
  DescribeLoadBalancerPoliciesInput,
  DescribeLoadBalancerPoliciesOutput,
  DescribeLoadBalancerPolicyTypesInput,
  DescribeLoadBalancerPolicyTypesOutput,
  SetLoadBalancerPoliciesForBackendServerInput,
  SetLoadBalancerPoliciesOfListenerInput,
} from "@aws-sdk/client-elastic-load-balancing";
import type { ClassicLoadBalancer, ClassicPolicy } from "./classic-load-balancer.ts";
import type { ElbRegion } from "./elb-region.ts";
import { elbError } from "./errors.ts";

const typeNames = [
  "AppCookieStickinessPolicyType",
  "BackendServerAuthenticationPolicyType",
  "LBCookieStickinessPolicyType",
  "ProxyProtocolPolicyType",
  "PublicKeyPolicyType",
  "SSLNegotiationPolicyType",
];

export function createLoadBalancerPolicy(elb: ElbRegion, input: CreateLoadBalancerPolicyInput) {
  const typeName = input.PolicyTypeName ?? "";
  if (!typeNames.includes(typeName)) throw elbError("PolicyTypeNotFound", typeName);
  const attributes = (input.PolicyAttributes ?? []).map((attribute) => ({
    name: attribute.AttributeName ?? "",
    value: attribute.AttributeValue ?? "",
  }));
  const balancer = elb.require(input.LoadBalancerName);
  return addPolicy(balancer, { name: input.PolicyName ?? "", typeName, attributes });
}

export function createAppCookieStickinessPolicy(
  elb: ElbRegion,
  input: CreateAppCookieStickinessPolicyInput,
) {
  const attributes = [{ name: "CookieName", value: input.CookieName ?? "" }];
  const typeName = "AppCookieStickinessPolicyType";
  const balancer = elb.require(input.LoadBalancerName);
  return addPolicy(balancer, { name: input.PolicyName ?? "", typeName, attributes });
}

export function createLbCookieStickinessPolicy(
  elb: ElbRegion,
  input: CreateLBCookieStickinessPolicyInput,
) {
  const period = `${input.CookieExpirationPeriod ?? 0}`;
  const attributes = [{ name: "CookieExpirationPeriod", value: period }];
  const typeName = "LBCookieStickinessPolicyType";
  const balancer = elb.require(input.LoadBalancerName);
  return addPolicy(balancer, { name: input.PolicyName ?? "", typeName, attributes });
}

function addPolicy(balancer: ClassicLoadBalancer, policy: ClassicPolicy) {
  const existing = balancer.policies.get(policy.name);
  if (existing !== undefined && JSON.stringify(existing) !== JSON.stringify(policy)) {
    throw elbError("DuplicatePolicyName", policy.name);
  }
  balancer.policies.set(policy.name, policy);
  return {};
}

export function deleteLoadBalancerPolicy(elb: ElbRegion, input: DeleteLoadBalancerPolicyInput) {
  const balancer = elb.require(input.LoadBalancerName);
  const name = input.PolicyName ?? "";
  const inUse =
    [...balancer.listeners.values()].some((listener) => listener.policyNames.includes(name)) ||
    [...balancer.backendPolicies.values()].some((names) => names.includes(name));
  if (inUse) {
    throw elbError("InvalidConfigurationRequest", `Policy ${name} is in use by a listener`);
  }
  balancer.policies.delete(name);
  return {};
}

export function setPoliciesOfListener(
  elb: ElbRegion,
  input: SetLoadBalancerPoliciesOfListenerInput,
) {
  const balancer = elb.require(input.LoadBalancerName);
  const listener = balancer.listeners.get(input.LoadBalancerPort ?? 0);
  if (listener === undefined) throw elbError("ListenerNotFound", `${input.LoadBalancerPort}`);
  listener.policyNames = requirePolicies(balancer, input.PolicyNames ?? []);
  return {};
}

export function setPoliciesForBackendServer(
  elb: ElbRegion,
  input: SetLoadBalancerPoliciesForBackendServerInput,
) {
  const balancer = elb.require(input.LoadBalancerName);
  const names = requirePolicies(balancer, input.PolicyNames ?? []);
  const port = input.InstancePort ?? 0;
  if (names.length === 0) balancer.backendPolicies.delete(port);
  else balancer.backendPolicies.set(port, names);
  return {};
}

function requirePolicies(
  balancer: ClassicLoadBalancer,
  names: readonly string[],
): readonly string[] {
  for (const name of names) {
    if (!balancer.policies.has(name)) throw elbError("PolicyNotFound", name);
  }
  return names;
}

/** Without a load balancer the sample policies are meant, of which there are none here. */
export function describeLoadBalancerPolicies(
  elb: ElbRegion,
  input: DescribeLoadBalancerPoliciesInput,
): DescribeLoadBalancerPoliciesOutput {
  const balancer =
    input.LoadBalancerName === undefined ? undefined : elb.require(input.LoadBalancerName);
  const policies = balancer?.policies ?? new Map<string, ClassicPolicy>();
  const names = input.PolicyNames ?? [...policies.keys()];
  return {
    PolicyDescriptions: names.map((name) => {
      const policy = policies.get(name);
      if (policy === undefined) throw elbError("PolicyNotFound", name);
      return {
        PolicyName: policy.name,
        PolicyTypeName: policy.typeName,
        PolicyAttributeDescriptions: policy.attributes.map((attribute) => ({
          AttributeName: attribute.name,
          AttributeValue: attribute.value,
        })),
      };
    }),
  };
}

export function describeLoadBalancerPolicyTypes(
  _elb: ElbRegion,
  input: DescribeLoadBalancerPolicyTypesInput,
): DescribeLoadBalancerPolicyTypesOutput {
  const names = input.PolicyTypeNames ?? typeNames;
  for (const name of names) {
    if (!typeNames.includes(name)) throw elbError("PolicyTypeNotFound", name);
  }
  return { PolicyTypeDescriptions: names.map((name) => ({ PolicyTypeName: name })) };
}
