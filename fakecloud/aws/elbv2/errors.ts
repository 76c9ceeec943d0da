import { AwsError } from "../aws-error.ts";

/** Every error of ELBv2 by its code on the wire. */
const messages = {
  DuplicateListener: (port: string) =>
    `A listener already exists on this port for this load balancer: ${port}`,
  DuplicateLoadBalancerName: (name: string) =>
    `A load balancer with the same name '${name}' exists, but with different settings`,
  DuplicateTagKeys: (key: string) => `Tag keys must be unique: ${key} was given more than once`,
  DuplicateTargetGroupName: (name: string) =>
    `A target group with the same name '${name}' exists, but with different settings`,
  IncompatibleProtocols: (why: string) => why,
  InvalidConfigurationRequest: (why: string) => why,
  InvalidLoadBalancerAction: (why: string) => why,
  InvalidScheme: (scheme: string) => `Scheme '${scheme}' is not valid`,
  InvalidSecurityGroup: (why: string) => why,
  InvalidSubnet: (why: string) => why,
  InvalidTarget: (why: string) => why,
  ListenerNotFound: () => "One or more listeners not found",
  LoadBalancerNotFound: () => "One or more load balancers not found",
  OperationNotPermitted: (why: string) => why,
  ResourceInUse: (why: string) => why,
  RuleNotFound: () => "One or more rules not found",
  SSLPolicyNotFound: () => "One or more SSL policies not found",
  SubnetNotFound: (id: string) => `The subnet ID '${id}' does not exist`,
  TargetGroupAssociationLimit: (arn: string) =>
    `The following target groups cannot be associated with more than one load balancer: ${arn}`,
  TargetGroupNotFound: () => "One or more target groups not found",
  TooManyLoadBalancers: (limit: string) => `The limit of ${limit} load balancers has been reached`,
  TooManyTags: (limit: string) => `Exceeded the limit of ${limit} tags per resource`,
  TooManyTargetGroups: (limit: string) => `The limit of ${limit} target groups has been reached`,
  UnsupportedProtocol: (protocol: string) => `Protocol '${protocol}' is not supported`,
  ValidationError: (why: string) => why,
} as const;

export type Elbv2ErrorCode = keyof typeof messages;

export function elbv2Error(code: Elbv2ErrorCode, detail = ""): AwsError {
  return new AwsError(code, messages[code](detail));
}

export function invalid(why: string): AwsError {
  return elbv2Error("ValidationError", why);
}
