import type {
  DescribeListenerAttributesInput,
  DescribeLoadBalancerAttributesInput,
  DescribeTargetGroupAttributesInput,
  ModifyListenerAttributesInput,
  ModifyLoadBalancerAttributesInput,
  ModifyTargetGroupAttributesInput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Elbv2Region } from "./elbv2-region.ts";
import { invalid } from "./errors.ts";

interface Attribute {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** All or nothing: an attribute that the resource does not have refuses the call. */
function modify(attributes: Map<string, string>, changes: readonly Attribute[]): void {
  for (const { Key: key = "", Value: value } of changes) {
    if (!attributes.has(key)) throw invalid(`Attribute key '${key}' is not recognized`);
    checkValue(key, value);
  }
  for (const { Key: key = "", Value: value = "" } of changes) attributes.set(key, value);
}

function checkValue(key: string, value: string | undefined): void {
  const mustBeBoolean = key.endsWith(".enabled") && !key.startsWith("load_balancing.cross_zone");
  const fits = mustBeBoolean
    ? value === "true" || value === "false"
    : !key.endsWith("_seconds") || /^\d+$/.test(value ?? "");
  if (!fits) throw invalid(`Attribute value '${value ?? ""}' is not valid for '${key}'`);
}

function toWire(attributes: ReadonlyMap<string, string>) {
  return [...attributes].map(([Key, Value]) => ({ Key, Value }));
}

export function describeBalancerAttributes(
  elb: Elbv2Region,
  input: DescribeLoadBalancerAttributesInput,
) {
  return { Attributes: toWire(elb.requireBalancer(input.LoadBalancerArn).attributes) };
}

export function modifyBalancerAttributes(
  elb: Elbv2Region,
  input: ModifyLoadBalancerAttributesInput,
) {
  const balancer = elb.requireBalancer(input.LoadBalancerArn);
  modify(balancer.attributes, input.Attributes ?? []);
  balancer.network.crossZone =
    balancer.attributes.get("load_balancing.cross_zone.enabled") === "true";
  elb.balancing.network.healthChecks.wake();
  return { Attributes: toWire(balancer.attributes) };
}

export function describeTargetGroupAttributes(
  elb: Elbv2Region,
  input: DescribeTargetGroupAttributesInput,
) {
  return { Attributes: toWire(elb.requireTargetGroup(input.TargetGroupArn).attributes) };
}

export function modifyTargetGroupAttributes(
  elb: Elbv2Region,
  input: ModifyTargetGroupAttributesInput,
) {
  const group = elb.requireTargetGroup(input.TargetGroupArn);
  modify(group.attributes, input.Attributes ?? []);
  return { Attributes: toWire(group.attributes) };
}

export function describeListenerAttributes(
  elb: Elbv2Region,
  input: DescribeListenerAttributesInput,
) {
  return { Attributes: toWire(elb.requireListener(input.ListenerArn).attributes) };
}

export function modifyListenerAttributes(elb: Elbv2Region, input: ModifyListenerAttributesInput) {
  const listener = elb.requireListener(input.ListenerArn);
  modify(listener.attributes, input.Attributes ?? []);
  return { Attributes: toWire(listener.attributes) };
}
