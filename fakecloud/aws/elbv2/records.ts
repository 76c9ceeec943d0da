import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LoadBalancer, TargetPool } from "../../network/load-balancer.ts";

export type BalancerType = "application" | "network";

export interface Balancer {
  readonly arn: string;
  readonly name: string;
  readonly type: BalancerType;
  readonly scheme: "internal" | "internet-facing";
  readonly createdAtMs: number;
  /** What the creating request said, to tell a repetition from a duplicate. */
  readonly createdWith: string;
  state: "active" | "provisioning";
  ipAddressType: string;
  securityGroupIds: readonly string[];
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly network: LoadBalancer;
}

export interface TargetHealthCheck {
  readonly enabled: boolean;
  readonly protocol: string;
  /** "traffic-port" or a number. */
  readonly port: string;
  readonly path: string | undefined;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** "200", "200-399". */
  readonly matcher: string | undefined;
}

export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly vpcId: string;
  readonly targetType: "instance" | "ip";
  readonly ipAddressType: string;
  readonly createdWith: string;
  healthCheck: TargetHealthCheck;
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
  readonly pool: TargetPool;
}

/** Where a listener leads to, or what it says itself. */
export interface ListenerAction {
  readonly targetGroupArn?: string;
  readonly answer?: Action;
}

export interface Listener {
  readonly arn: string;
  readonly balancerArn: string;
  protocol: string;
  port: number;
  action: ListenerAction;
  certificateArns: readonly string[];
  sslPolicy: string | undefined;
  alpnPolicy: readonly string[];
  readonly attributes: Map<string, string>;
  readonly tags: Map<string, string>;
}
