import type { Obstacle } from "./contract.ts";

/** What the network must know of a load balancer; classic ELB and ELBv2 keep objects of this shape up to date. */
export interface LoadBalancer {
  /** ARN, or the name of a classic one: names it in explanations. */
  readonly id: string;
  readonly kind: "application" | "classic" | "network";
  readonly name: string;
  readonly vpcId: string;
  readonly internal: boolean;
  /** What clients resolve; may be an address (a loopback address in `seatrial up`). */
  readonly dnsName: string;
  /** Connections are refused until provisioning is over. */
  active: boolean;
  crossZone: boolean;
  nodes: readonly LoadBalancerNode[];
  /** By the port that clients connect to. */
  readonly listeners: Map<number, TargetPool>;
}

/** One interface of a load balancer in one zone. */
export interface LoadBalancerNode {
  readonly interfaceId: string;
  readonly subnetId: string;
  readonly zone: string;
  readonly privateIp: string;
  readonly publicIp?: string;
}

/** Targets behind a listener: a target group, or the instances of a classic load balancer with one instance port. */
export interface TargetPool {
  /** Names it in explanations: ARN of the target group, or name of the classic load balancer. */
  readonly id: string;
  readonly preserveClientIp: boolean;
  healthCheck: HealthCheck;
  readonly targets: Map<string, Target>;
}

export interface HealthCheck {
  readonly protocol: "HTTP" | "HTTPS" | "SSL" | "TCP";
  /** Absent: the port that the target receives traffic on. */
  readonly port?: number;
  readonly path?: string;
  readonly matcher?: (status: number) => boolean;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

export type TargetState = "draining" | "healthy" | "initial" | "unhealthy" | "unused";

export interface Target {
  /** Instance id or IP address. */
  readonly id: string;
  readonly port: number;
  state: TargetState;
  /** Checks that ended the same way in a row: positive successes, negative failures. */
  streak: number;
  /** Why the latest check failed. */
  obstacle: Obstacle | undefined;
  /** No check before this time: real registration takes its time. */
  checkFromMs: number;
  /** Checks happen at whole intervals after this time; set when they begin. */
  phaseMs?: number;
}

export function targetKey(id: string, port: number): string {
  return `${id}:${port}`;
}

/** Targets that a node may send a new connection to, in a stable order, or the reason why there is none. */
export type Candidates =
  | { readonly found: true; readonly targets: readonly Target[] }
  | {
      readonly found: false;
      readonly code: "NoHealthyTargets" | "NoTargets";
      readonly message: string;
    };

/**
 * Healthy targets win. A network or application load balancer whose targets are all unhealthy uses all of them (fail
 * open); a classic one refuses. `zoneOf` tells where a target is, for load balancers that stay within a zone.
 */
export function selectCandidates(
  balancer: LoadBalancer,
  pool: TargetPool,
  zone: string,
  zoneOf: (target: Target) => string | undefined,
): Candidates {
  const registered = [...pool.targets.values()].filter((target) => target.state !== "draining");
  if (registered.length === 0) {
    const message = `no target is registered with ${nameOf(balancer, pool)}`;
    return { found: false, code: "NoTargets", message };
  }
  const local = balancer.crossZone
    ? registered
    : registered.filter((target) => zoneOf(target) === zone);
  const healthy = local.filter((target) => target.state === "healthy");
  if (healthy.length > 0) return { found: true, targets: healthy };
  const failsOpen =
    balancer.kind !== "classic" &&
    registered.every((target) => target.state === "unhealthy") &&
    local.length > 0;
  if (failsOpen) return { found: true, targets: local };
  return { found: false, code: "NoHealthyTargets", message: explain(balancer, pool, zone, local) };
}

function explain(
  balancer: LoadBalancer,
  pool: TargetPool,
  zone: string,
  local: readonly Target[],
): string {
  const name = nameOf(balancer, pool);
  if (local.length === 0) {
    return `${name} has no target in ${zone}, and cross-zone load balancing is off`;
  }
  const states = local.map(describeTarget);
  return `no target of ${name} is healthy: ${states.join("; ")}`;
}

function describeTarget(target: Target): string {
  const where = `${target.id} port ${target.port} is ${target.state}`;
  return target.obstacle === undefined ? where : `${where} (${target.obstacle.message})`;
}

function nameOf(balancer: LoadBalancer, pool: TargetPool): string {
  const balancerName = `load balancer ${balancer.name}`;
  return balancer.kind === "classic" ? balancerName : `${balancerName} (${pool.id})`;
}
