import type {
  HealthCheck as WireHealthCheck,
  Listener,
  LoadBalancerAttributes,
  LoadBalancerDescription,
  Tag,
} from "@aws-sdk/client-elastic-load-balancing";
import { toDate } from "../../kernel/clock.ts";
import type { HealthCheck, LoadBalancer, Target, TargetPool } from "../../network/load-balancer.ts";
import { checkTarget } from "./errors.ts";
import { hostedZoneIds } from "./tables/hosted-zones.ts";

export interface ClassicListener {
  readonly protocol: string;
  readonly port: number;
  readonly instanceProtocol: string;
  readonly instancePort: number;
  certificateId: string | undefined;
  policyNames: readonly string[];
}

export interface ClassicPolicy {
  readonly name: string;
  readonly typeName: string;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

export interface ClassicLoadBalancer {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly createdAtMs: number;
  readonly scheme: "internal" | "internet-facing";
  /** What the creating request said, to tell a repetition from a duplicate. */
  readonly createdWith: string;
  readonly listeners: Map<number, ClassicListener>;
  securityGroupIds: readonly string[];
  healthCheck: Required<WireHealthCheck>;
  attributes: Required<LoadBalancerAttributes>;
  readonly tags: Map<string, string>;
  readonly policies: Map<string, ClassicPolicy>;
  /** Policies by instance port. */
  readonly backendPolicies: Map<number, readonly string[]>;
  /** Health of the registered instances, in the order of their registration. */
  readonly health: TargetPool;
  readonly network: LoadBalancer;
}

/** "TCP:6443", "HTTP:8080/healthz". */
export function parseHealthCheck(wire: Required<WireHealthCheck>): HealthCheck {
  const { protocol, port, path } = checkTarget(wire.Target ?? "");
  return {
    protocol,
    port,
    ...(path === undefined ? {} : { path }),
    intervalMs: (wire.Interval ?? 30) * 1000,
    timeoutMs: (wire.Timeout ?? 5) * 1000,
    healthyThreshold: wire.HealthyThreshold ?? 10,
    unhealthyThreshold: wire.UnhealthyThreshold ?? 2,
  };
}

/** A listener's view of a registered instance: its own port, the health that is checked once for all listeners. */
class ForwardedTarget implements Target {
  readonly id: string;
  readonly port: number;
  readonly #checked: Target;

  constructor(checked: Target, port: number) {
    this.id = checked.id;
    this.port = port;
    this.#checked = checked;
  }

  get state() {
    return this.#checked.state;
  }

  get streak() {
    return this.#checked.streak;
  }

  get obstacle() {
    return this.#checked.obstacle;
  }

  get checkFromMs() {
    return this.#checked.checkFromMs;
  }
}

/** Brings what the network sees in line with listeners and instances. */
export function syncListeners(balancer: ClassicLoadBalancer): void {
  balancer.network.listeners.clear();
  for (const listener of balancer.listeners.values()) {
    const targets = [...balancer.health.targets.values()].map((target): [string, Target] => [
      target.id,
      new ForwardedTarget(target, listener.instancePort),
    ]);
    balancer.network.listeners.set(listener.port, {
      id: balancer.name,
      preserveClientIp: false,
      healthCheck: balancer.health.healthCheck,
      targets: new Map(targets),
    });
  }
}

export function toWire(
  balancer: ClassicLoadBalancer,
  firstGroupName: string,
): LoadBalancerDescription {
  const { network } = balancer;
  const zoneId = hostedZoneIds[balancer.region]?.application ?? "Z35SXDOTRQ7X7K";
  const internetFacing = balancer.scheme === "internet-facing";
  return {
    LoadBalancerName: balancer.name,
    DNSName: network.dnsName,
    ...(internetFacing ? { CanonicalHostedZoneName: network.dnsName } : {}),
    CanonicalHostedZoneNameID: zoneId,
    ListenerDescriptions: [...balancer.listeners.values()].map((listener) => ({
      Listener: listenerToWire(listener),
      PolicyNames: [...listener.policyNames],
    })),
    Policies: policiesToWire(balancer),
    BackendServerDescriptions: [...balancer.backendPolicies].map(([port, names]) => ({
      InstancePort: port,
      PolicyNames: [...names],
    })),
    AvailabilityZones: network.nodes.map((node) => node.zone),
    Subnets: network.nodes.map((node) => node.subnetId),
    VPCId: network.vpcId,
    Instances: instancesToWire(balancer),
    HealthCheck: balancer.healthCheck,
    SourceSecurityGroup: { OwnerAlias: balancer.accountId, GroupName: firstGroupName },
    SecurityGroups: [...balancer.securityGroupIds],
    CreatedTime: toDate(balancer.createdAtMs),
    Scheme: balancer.scheme,
  };
}

function listenerToWire(listener: ClassicListener): Listener {
  return {
    Protocol: listener.protocol,
    LoadBalancerPort: listener.port,
    InstanceProtocol: listener.instanceProtocol,
    InstancePort: listener.instancePort,
    ...(listener.certificateId === undefined ? {} : { SSLCertificateId: listener.certificateId }),
  };
}

function policiesToWire(balancer: ClassicLoadBalancer) {
  const policies = [...balancer.policies.values()];
  const value = (policy: ClassicPolicy, name: string) =>
    policy.attributes.find((attribute) => attribute.name === name)?.value;
  return {
    AppCookieStickinessPolicies: policies
      .filter((policy) => policy.typeName === "AppCookieStickinessPolicyType")
      .map((policy) => ({ PolicyName: policy.name, CookieName: value(policy, "CookieName") })),
    LBCookieStickinessPolicies: policies
      .filter((policy) => policy.typeName === "LBCookieStickinessPolicyType")
      .map((policy) => ({
        PolicyName: policy.name,
        CookieExpirationPeriod: Number(value(policy, "CookieExpirationPeriod") ?? 0),
      })),
    OtherPolicies: policies
      .filter((policy) => !policy.typeName.endsWith("CookieStickinessPolicyType"))
      .map((policy) => policy.name),
  };
}

export function instancesToWire(balancer: ClassicLoadBalancer) {
  return [...balancer.health.targets.keys()].map((id) => ({ InstanceId: id }));
}

export function tagsToWire(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
