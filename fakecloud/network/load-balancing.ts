import { Adjustable } from "../kernel/adjustable.ts";
import type { Clock } from "../kernel/clock.ts";
import { between, type Random } from "../kernel/random.ts";
import type { LoadBalancer, LoadBalancerNode } from "./load-balancer.ts";
import type { EnforcedNetwork } from "./network.ts";
import type { ManagedInterfaces, SubnetNode, Topology } from "./topology.ts";

/** How long things take, in ms. AWS publishes none of these; sources are in quirks.md. */
export interface LoadBalancerTimings {
  /** From creation until the DNS name of a classic one resolves. */
  readonly classicProvisioning: Span;
  /** From creation until an NLB or ALB is active. */
  readonly provisioning: Span;
  /** From the deletion of a load balancer until its interfaces are gone. */
  readonly interfaceCleanup: Span;
  /** From registration with a network load balancer until its first health check can count. */
  readonly targetRegistration: Span;
}

export interface Span {
  readonly min: number;
  readonly max: number;
}

const none: Span = { min: 0, max: 0 };

export const faithfulTimings: LoadBalancerTimings = {
  classicProvisioning: { min: 20_000, max: 60_000 },
  provisioning: { min: 90_000, max: 180_000 },
  interfaceCleanup: { min: 60_000, max: 180_000 },
  targetRegistration: { min: 70_000, max: 120_000 },
};

export const lenientTimings: LoadBalancerTimings = {
  classicProvisioning: none,
  provisioning: none,
  interfaceCleanup: none,
  targetRegistration: none,
};

export interface LoadBalancingOptions {
  readonly topology: ManagedInterfaces & Topology;
  readonly network: EnforcedNetwork;
  readonly clock: Clock;
  readonly random: Random;
  readonly timings: LoadBalancerTimings;
  readonly transitions: LaterSteps;
}

/** What happens later, as data: it survives a restart. */
export interface LaterSteps {
  define(steps: Readonly<Record<string, (...args: string[]) => void>>): void;
  after(
    delayMs: number,
    label: string,
    transition: { readonly step: string; readonly args: readonly string[] },
  ): void;
}

/** What classic ELB and ELBv2 share: interfaces in subnets, and durations on the clock. */
export class LoadBalancing {
  readonly topology: ManagedInterfaces & Topology;
  readonly network: EnforcedNetwork;
  readonly clock: Clock;
  readonly random: Random;
  readonly transitions: LaterSteps;
  #timings: LoadBalancerTimings;
  readonly #adjustable: Adjustable<LoadBalancerTimings>;

  constructor(options: LoadBalancingOptions) {
    this.topology = options.topology;
    this.network = options.network;
    this.clock = options.clock;
    this.random = options.random;
    this.#timings = options.timings;
    this.#adjustable = new Adjustable(options.timings, (timings) => (this.#timings = timings));
    this.transitions = options.transitions;
    this.transitions.define({
      "load-balancer/interfacesRemoved": (...interfaceIds) => {
        for (const id of interfaceIds) this.topology.deleteManagedInterface(id);
      },
    });
  }

  get timings(): LoadBalancerTimings {
    return this.#timings;
  }

  /** Returns what takes the change back. */
  adjustTimings(change: (timings: LoadBalancerTimings) => LoadBalancerTimings): () => void {
    return this.#adjustable.change(change);
  }

  /** Does a defined step after a drawn duration; at once, and in the same turn, if it is none. */
  after(span: Span, label: string, step: string, args: readonly string[]): void {
    const delayMs = between(this.random, span, "load-balancer/duration", label);
    this.transitions.after(delayMs, label, { step, args });
  }

  createNode(request: {
    readonly subnet: SubnetNode;
    readonly securityGroupIds: readonly string[];
    readonly description: string;
    readonly internal: boolean;
    readonly allocationId?: string;
  }): LoadBalancerNode {
    const { subnet, securityGroupIds, description, allocationId } = request;
    const made = this.topology.createManagedInterface({
      subnetId: subnet.subnetId,
      securityGroupIds,
      description,
      requesterId: "amazon-elb",
      publicIp: !request.internal,
      ...(allocationId === undefined ? {} : { allocationId }),
    });
    return {
      interfaceId: made.networkInterfaceId,
      subnetId: subnet.subnetId,
      zone: subnet.zone,
      privateIp: made.privateIps[0] ?? "",
      ...(made.publicIp === undefined ? {} : { publicIp: made.publicIp }),
    };
  }

  /** Interfaces outlive their load balancer by a while; subnets and groups cannot be deleted meanwhile. */
  releaseNodes(balancer: LoadBalancer, nodes: readonly LoadBalancerNode[]): void {
    const label = `interfaces of load balancer ${balancer.name} are removed`;
    const interfaceIds = nodes.map((node) => node.interfaceId);
    this.after(
      this.timings.interfaceCleanup,
      label,
      "load-balancer/interfacesRemoved",
      interfaceIds,
    );
  }

  setGroups(balancer: LoadBalancer, securityGroupIds: readonly string[]): void {
    for (const node of balancer.nodes) {
      this.topology.setManagedInterfaceGroups(node.interfaceId, securityGroupIds);
    }
  }
}
