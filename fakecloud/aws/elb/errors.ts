import { AwsError } from "../aws-error.ts";
import type { HealthCheck } from "../../network/load-balancer.ts";

/** Every error of classic ELB by its code on the wire; the SDK's class names differ for some of them. */
const messages = {
  CertificateNotFound: (id: string) => `Server Certificate not found for the key: ${id}`,
  DuplicateListener: (port: string) =>
    `A listener already exists for load balancer port ${port} with different parameters`,
  DuplicateLoadBalancerName: (name: string) =>
    `Load Balancer named '${name}' already exists and it is configured with different parameters.`,
  DuplicatePolicyName: (name: string) =>
    `Policy '${name}' already exists with different attributes`,
  DuplicateTagKeys: (key: string) => `Tag keys must be unique: ${key} was given more than once`,
  InvalidConfigurationRequest: (why: string) => why,
  InvalidInstance: (why: string) => why,
  InvalidScheme: (scheme: string) => `Scheme '${scheme}' is not valid`,
  InvalidSecurityGroup: (why: string) => why,
  InvalidSubnet: (vpcId: string) => `VPC ${vpcId} has no internet gateway`,
  ListenerNotFound: (port: string) => `Cannot find a listener on load balancer port ${port}`,
  LoadBalancerNotFound: (name: string) => `There is no ACTIVE Load Balancer named '${name}'`,
  PolicyNotFound: (name: string) => `There is no policy with name ${name}`,
  PolicyTypeNotFound: (name: string) => `Policy Type: ${name} not found`,
  SubnetNotFound: (subnetId: string) => `The requested subnet '${subnetId}' does not exist`,
  TooManyLoadBalancers: (limit: string) =>
    `Exceeded quota of account: no more than ${limit} load balancers are allowed`,
  TooManyTags: (limit: string) => `Exceeded the limit of ${limit} tags per load balancer`,
  UnsupportedProtocol: (protocol: string) => `Protocol '${protocol}' is not supported`,
  ValidationError: (why: string) => why,
} as const;

export type ElbErrorCode = keyof typeof messages;

export function elbError(code: ElbErrorCode, detail: string): AwsError {
  return new AwsError(code, messages[code](detail));
}

/** Splits and validates the target of a health check. */
export function checkTarget(text: string): {
  readonly protocol: HealthCheck["protocol"];
  readonly port: number;
  readonly path?: string;
} {
  const match = /^(TCP|SSL|HTTPS?):(\d{1,5})(\/.*)?$/i.exec(text);
  const protocol = match?.[1]?.toUpperCase() as HealthCheck["protocol"] | undefined;
  const port = Number(match?.[2]);
  const path = match?.[3];
  const wantsPath = protocol === "HTTP" || protocol === "HTTPS";
  if (protocol === undefined || port < 1 || port > 65_535 || wantsPath !== (path !== undefined)) {
    throw elbError(
      "ValidationError",
      `HealthCheck Target '${text}' is not valid: protocol:port, with /path for HTTP and HTTPS`,
    );
  }
  return path === undefined ? { protocol, port } : { protocol, port, path };
}
