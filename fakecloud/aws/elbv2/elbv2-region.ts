import { randomHex } from "../../kernel/random.ts";
import type { LoadBalancing } from "../../network/load-balancing.ts";
import type { SubnetNode } from "../../network/topology.ts";
import { elbv2Error } from "./errors.ts";
import type { Balancer, Listener, TargetGroup } from "./records.ts";

export interface Elbv2Settings {
  readonly balancing: LoadBalancing;
  /** Targets drain before they are gone, and become healthy by checks alone; otherwise both happen at once. */
  readonly gradual: boolean;
  /** Undefined: no quotas. */
  readonly quotas?: { readonly loadBalancers: number; readonly targetGroups: number };
  readonly loadBalancerDnsName?: (loadBalancer: {
    readonly name: string;
    readonly region: string;
    readonly generated: string;
  }) => string;
}

/** Network and application load balancers of one account in one region. */
export class Elbv2Region {
  readonly accountId: string;
  readonly region: string;
  readonly settings: Elbv2Settings;
  readonly balancers = new Map<string, Balancer>();
  readonly targetGroups = new Map<string, TargetGroup>();
  readonly listeners = new Map<string, Listener>();

  constructor(accountId: string, region: string, settings: Elbv2Settings) {
    this.accountId = accountId;
    this.region = region;
    this.settings = settings;
  }

  get balancing(): LoadBalancing {
    return this.settings.balancing;
  }

  /** `path` is what stands between kind and drawn id: "net/my-lb". */
  newArn(kind: string, path: string): string {
    const key = `${this.accountId}/${this.region}/${path}`;
    const id = randomHex(this.balancing.random, `elbv2/id/${kind}`, key, 16);
    return `arn:aws:elasticloadbalancing:${this.region}:${this.accountId}:${kind}/${path}/${id}`;
  }

  requireBalancer(arn: string | undefined): Balancer {
    const found = this.balancers.get(this.#checkArn(arn));
    if (found === undefined) throw elbv2Error("LoadBalancerNotFound");
    return found;
  }

  requireTargetGroup(arn: string | undefined): TargetGroup {
    const found = this.targetGroups.get(this.#checkArn(arn));
    if (found === undefined) throw elbv2Error("TargetGroupNotFound");
    return found;
  }

  requireListener(arn: string | undefined): Listener {
    const found = this.listeners.get(this.#checkArn(arn));
    if (found === undefined) throw elbv2Error("ListenerNotFound");
    return found;
  }

  #checkArn(arn: string | undefined): string {
    if (arn?.startsWith("arn:") === true) return arn;
    throw elbv2Error("ValidationError", `'${arn ?? ""}' is not a valid ARN`);
  }

  requireSubnet(subnetId: string): SubnetNode {
    const subnet = this.balancing.topology.subnet(subnetId);
    if (subnet === undefined) throw elbv2Error("SubnetNotFound", subnetId);
    return subnet;
  }

  listenersOf(balancer: Balancer): readonly Listener[] {
    return [...this.listeners.values()].filter((one) => one.balancerArn === balancer.arn);
  }

  /** The load balancer that sends traffic to a target group, if any listener names it. */
  balancerOf(group: TargetGroup): Balancer | undefined {
    const listener = [...this.listeners.values()].find(
      (one) => one.action.targetGroupArn === group.arn,
    );
    return listener === undefined ? undefined : this.balancers.get(listener.balancerArn);
  }
}
