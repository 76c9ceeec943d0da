/** Where a connection starts. */
export type Origin =
  | { readonly from: "instance"; readonly instanceId: string }
  /** The management cluster and people: outside every VPC. */
  | { readonly from: "internet" }
  /** Code that acts inside a VPC without being an instance: a private management cluster, a load balancer node. */
  | { readonly from: "subnet"; readonly subnetId: string };

/** The first thing on the way that stops a connection. */
export interface Obstacle {
  /**
   * "DnsNameNotFound", "NoRoute", "NoInternetGateway", "NoPublicIp", "SecurityGroupEgress", "SecurityGroupIngress",
   * "NetworkAclEgress", "NetworkAclIngress", "NoListener", "NoTargets", "NoHealthyTargets", "InstanceNotRunning",
   * "ConnectionRefused".
   */
  readonly code: string;
  /** One sentence that a user can act on: names the rule, table or target that is missing. */
  readonly message: string;
  /** The AWS resource to look at: "sg-0abc", "rtb-0def", "arn:aws:elasticloadbalancing:…". */
  readonly resource?: string;
  /** True: packets vanish (time-out). False: refused at once. */
  readonly silent: boolean;
}

export interface Endpoint {
  readonly instanceId: string;
  readonly port: number;
  /** What listens there: whatever was given to `listen`. */
  readonly service: unknown;
}

export type Reach =
  | { readonly reachable: false; readonly obstacle: Obstacle }
  | { readonly reachable: true; readonly endpoint: Endpoint };

/** The enforced network: decides by routes, gateways, security groups, NACLs, load balancers and DNS. */
export interface Network {
  /** A process on an instance opens a port. Closing twice is harmless; a stopped instance closes all its ports. */
  listen(instanceId: string, port: number, service: unknown): { close(): void };
  /** `host` is an IP address or a DNS name; a load balancer is followed to one healthy target (keyed choice). */
  canReach(from: Origin, host: string, port: number): Reach;
  /** Addresses behind a DNS name as seen from an origin; empty if the name does not exist. */
  resolve(from: Origin, name: string): readonly string[];
  /** Grows with everything that may change who reaches whom: what was found out before may be kept until then. */
  changes(): number;
}
