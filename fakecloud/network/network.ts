import type { Clock } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import type { Network, Obstacle, Origin, Reach } from "./contract.ts";
import { lookUp, type Names } from "./dns.ts";
import { type CheckResult, HealthChecks } from "./health-checks.ts";
import { isAddress } from "./ip.ts";
import {
  type LoadBalancer,
  type LoadBalancerNode,
  selectCandidates,
  type Target,
  type TargetPool,
} from "./load-balancer.ts";
import { dropped, refused } from "./obstacle.ts";
import { interfaceParty, originParty, type Party } from "./party.ts";
import { isHealthResponder, Processes } from "./processes.ts";
import type { Peer } from "./security-groups.ts";
import type { InterfaceNode, Topology } from "./topology.ts";
import { travel } from "./travel.ts";

export interface NetworkOptions {
  readonly topology: Topology;
  readonly clock: Clock;
  readonly random: Random;
  /**
   * Targets on which nothing was ever told to listen count as healthy, because nobody simulates their inside: what
   * suites written for other emulators expect (the lenient profile).
   */
  readonly assumeHealthyWhenNotSimulated?: boolean;
}

/** What keeps an interface from all traffic; undefined for those that it does not concern. */
export type Cut = (node: InterfaceNode) => Obstacle | undefined;

interface Visit {
  readonly balancer: LoadBalancer;
  readonly node: LoadBalancerNode;
  /** The interface of the node. */
  readonly at: InterfaceNode;
  readonly source: Party;
  /** The client as the load balancer sees it. */
  readonly peer: Peer;
  readonly port: number;
}

/** The one network of a fake cloud. Load-balancer services keep it informed of their load balancers and targets. */
export class EnforcedNetwork implements Network {
  readonly #topology: Topology;
  readonly #random: Random;
  readonly #assumeHealthy: boolean;
  readonly #processes: Processes;
  readonly #balancersByName = new Map<string, LoadBalancer>();
  readonly #nodes = new Map<string, { balancer: LoadBalancer; node: LoadBalancerNode }>();
  readonly #cuts = new Set<Cut>();
  readonly #failedChecks = new Set<(balancer: LoadBalancer) => Obstacle | undefined>();
  readonly healthChecks: HealthChecks;
  #changes = 0;

  constructor(options: NetworkOptions) {
    this.#topology = options.topology;
    this.#random = options.random;
    this.#assumeHealthy = options.assumeHealthyWhenNotSimulated ?? false;
    this.healthChecks = new HealthChecks(options.clock, (balancer, pool, target) =>
      this.checkTarget(balancer, pool, target),
    );
    this.#processes = new Processes(() => this.#changed());
    options.topology.onChange(() => this.#changed());
    options.topology.onInstanceTransition((instanceId, to) => {
      if (to !== "running" && to !== "pending") this.#processes.closeAll(instanceId);
      this.#changes += 1;
    });
  }

  changes(): number {
    return this.#changes;
  }

  #changed(): void {
    this.#changes += 1;
    this.healthChecks.wake();
  }

  listen(instanceId: string, port: number, service: unknown): { close(): void } {
    return this.#processes.listen(instanceId, port, service);
  }

  resolve(from: Origin, name: string): readonly string[] {
    const found = lookUp(this.#names(), originParty(this.#topology, from)?.vpcId, name);
    return found.kind === "notFound" ? [] : found.ips;
  }

  canReach(from: Origin, host: string, port: number): Reach {
    const source = originParty(this.#topology, from);
    if (source === undefined) return blocked(notRunning(this.#topology, from));
    const local = from.from === "instance" && this.#isOwnAddress(from.instanceId, host);
    if (local) return this.#openPort(from.instanceId, port);
    const cut = this.#cutAtOrigin(from);
    if (cut !== undefined) return blocked(cut);
    const found = lookUp(this.#names(), source.vpcId, host);
    if (found.kind === "notFound") {
      return blocked(refused("DnsNameNotFound", source.vpcId ?? host, found.why));
    }
    // Clients try every address of a name before they give up; which one they try first is drawn.
    const ips = this.#rotate(found.ips, `${source.label} ${host}`);
    let first: Reach | undefined;
    for (const ip of ips) {
      const reach = this.#connect(source, ip, port);
      if (reach.reachable) return reach;
      first ??= reach;
    }
    return first ?? blocked(refused("DnsNameNotFound", host, `${host} has no address`));
  }

  /** Interfaces for which `cut` names an obstacle neither send nor receive. Returns what ends it. */
  cut(cut: Cut): () => void {
    return this.#keep(this.#cuts, cut);
  }

  /** Health checks of load balancers for which `fail` names an obstacle do not pass. Returns what ends it. */
  failChecks(fail: (balancer: LoadBalancer) => Obstacle | undefined): () => void {
    return this.#keep(this.#failedChecks, fail);
  }

  #keep<T>(all: Set<T>, one: T): () => void {
    all.add(one);
    this.#changed();
    return () => {
      all.delete(one);
      this.#changed();
    };
  }

  #cutAt(node: InterfaceNode | undefined): Obstacle | undefined {
    if (node === undefined || this.#cuts.size === 0) return undefined;
    return firstOf(this.#cuts, (cut) => cut(node));
  }

  /** What a machine says to itself goes through no network. */
  #cutAtOrigin(from: Origin): Obstacle | undefined {
    if (from.from !== "instance") return undefined;
    const primary = this.#topology.instance(from.instanceId)?.networkInterfaceIds[0];
    return this.#cutAt(primary === undefined ? undefined : this.#topology.interface(primary));
  }

  /** A load balancer begins or ceases to exist, or its nodes change (call again). */
  setBalancer(balancer: LoadBalancer): void {
    this.removeBalancer(balancer);
    this.#balancersByName.set(balancer.dnsName.toLowerCase(), balancer);
    for (const node of balancer.nodes) this.#nodes.set(node.interfaceId, { balancer, node });
    this.#changed();
  }

  removeBalancer(balancer: LoadBalancer): void {
    this.#balancersByName.delete(balancer.dnsName.toLowerCase());
    for (const [interfaceId, entry] of this.#nodes) {
      if (entry.balancer === balancer) this.#nodes.delete(interfaceId);
    }
  }

  /** One health check: it passes if a node that could send traffic to the target gets through. */
  checkTarget(balancer: LoadBalancer, pool: TargetPool, target: Target): CheckResult {
    let failure: Obstacle | undefined;
    for (const node of balancer.nodes) {
      if (!balancer.crossZone && node.zone !== this.zoneOf(balancer, target)) continue;
      const obstacle = this.#checkFrom(balancer, node, pool, target);
      if (obstacle === undefined) return { passed: true };
      failure ??= obstacle;
    }
    if (failure !== undefined) return { passed: false, obstacle: failure };
    const message = `load balancer ${balancer.name} has no node in the zone of ${target.id}, and cross-zone load balancing is off`;
    return { passed: false, obstacle: dropped("NoRoute", balancer.id, message) };
  }

  /** The zone that a target is in; undefined if it is gone or outside the VPC. */
  zoneOf(balancer: LoadBalancer, target: Target): string | undefined {
    const node = this.#targetInterface(balancer, target);
    return node === undefined ? undefined : this.#topology.subnet(node.subnetId)?.zone;
  }

  #checkFrom(
    balancer: LoadBalancer,
    node: LoadBalancerNode,
    pool: TargetPool,
    target: Target,
  ): Obstacle | undefined {
    const at = this.#topology.interface(node.interfaceId);
    const end = this.#targetInterface(balancer, target);
    const fault = firstOf(this.#failedChecks, (fail) => fail(balancer));
    const gone = this.#targetGone(target, end) ?? this.#cutAt(at) ?? this.#cutAt(end) ?? fault;
    if (gone !== undefined) return gone;
    const instanceId = end?.instanceId ?? "";
    if (this.#assumeHealthy && !this.#processes.hasEverListened(instanceId)) return undefined;
    const ip = addressOf(target, end);
    if (at === undefined) return dropped("NoRoute", balancer.id, `${node.interfaceId} is gone`);
    return this.#ask({ target, pool, ip, party: interfaceParty(at, nodeLabel(balancer, node)) });
  }

  /** Connects as a health check does, and asks for a status where the check wants one. */
  #ask(check: {
    readonly pool: TargetPool;
    readonly target: Target;
    readonly ip: string;
    readonly party: Party;
  }): Obstacle | undefined {
    const { pool, target, ip, party } = check;
    const reach = this.#connectFromNode(party, ip, pool.healthCheck.port ?? target.port);
    if (!reach.reachable) return reach.obstacle;
    return checkStatus(pool, target, reach.endpoint.service);
  }

  #targetInterface(balancer: LoadBalancer, target: Target): InterfaceNode | undefined {
    if (!target.id.startsWith("i-")) {
      return this.#topology.interfaceByPrivateIp(balancer.vpcId, target.id);
    }
    const primary = this.#topology.instance(target.id)?.networkInterfaceIds[0];
    return primary === undefined ? undefined : this.#topology.interface(primary);
  }

  #targetGone(target: Target, end: InterfaceNode | undefined): Obstacle | undefined {
    if (!target.id.startsWith("i-")) return undefined;
    const state = this.#topology.instance(target.id)?.state;
    if (state === "running" && end !== undefined) return undefined;
    const message = `instance ${target.id} is ${state ?? "gone"}`;
    return dropped("InstanceNotRunning", target.id, message);
  }

  #connect(source: Party, ip: string, port: number): Reach {
    const balancer = this.#balancersByName.get(ip);
    // A load balancer whose name is an address (`seatrial up`) is entered through its nodes.
    if (balancer !== undefined) return this.#connectByAlias(source, balancer, port);
    const arrival = travel(this.#topology, source, ip, port);
    if (!arrival.arrived) return blocked(arrival.obstacle);
    if (arrival.at === "outside") return outside(port, ip);
    const cut = this.#cutAt(arrival.node);
    if (cut !== undefined) return blocked(cut);
    const entry = this.#nodes.get(arrival.node.networkInterfaceId);
    if (entry === undefined) return this.#deliver(arrival.node, ip, port);
    return this.#forward({ ...entry, at: arrival.node, source, peer: arrival.peer, port });
  }

  #connectByAlias(source: Party, balancer: LoadBalancer, port: number): Reach {
    let first: Reach | undefined;
    for (const node of balancer.nodes) {
      const ip = balancer.internal ? node.privateIp : (node.publicIp ?? node.privateIp);
      const reach = this.#connect(source, ip, port);
      if (reach.reachable) return reach;
      first ??= reach;
    }
    const none = `load balancer ${balancer.name} has no node`;
    return first ?? blocked(dropped("NoRoute", balancer.id, none));
  }

  #connectFromNode(source: Party, ip: string, port: number): Reach {
    const arrival = travel(this.#topology, source, ip, port);
    if (!arrival.arrived) return blocked(arrival.obstacle);
    if (arrival.at === "outside") return outside(port, ip);
    const cut = this.#cutAt(arrival.node);
    return cut === undefined ? this.#deliver(arrival.node, ip, port) : blocked(cut);
  }

  /** The last step: a running instance with an open port. */
  #deliver(node: InterfaceNode, ip: string, port: number): Reach {
    if (node.instanceId !== undefined) return this.#openPort(node.instanceId, port);
    const message = `${node.networkInterfaceId} has the address ${ip}, but no instance is behind it`;
    return blocked(dropped("NoHost", node.networkInterfaceId, message));
  }

  #openPort(instanceId: string, port: number): Reach {
    const state = this.#topology.instance(instanceId)?.state;
    if (state !== "running") {
      const message = `instance ${instanceId} is ${state ?? "gone"}`;
      return blocked(dropped("InstanceNotRunning", instanceId, message));
    }
    const listener = this.#processes.find(instanceId, port);
    if (listener !== undefined) {
      return { reachable: true, endpoint: { instanceId, port, service: listener.service } };
    }
    const open = this.#processes.openPorts(instanceId);
    const seen = open.length === 0 ? "no port is open there" : `open ports: ${open.join(", ")}`;
    const message = `nothing listens on port ${port} of instance ${instanceId} (${seen})`;
    return blocked(refused("ConnectionRefused", instanceId, message));
  }

  #forward(visit: Visit): Reach {
    const { balancer, node, port } = visit;
    const pool = balancer.listeners.get(port);
    if (pool === undefined || !balancer.active) {
      const why = balancer.active
        ? `has no listener on port ${port}`
        : "is still being provisioned";
      const message = `load balancer ${balancer.name} ${why}`;
      return blocked(dropped("NoListener", balancer.id, message));
    }
    const candidates = selectCandidates(balancer, pool, node.zone, (target) =>
      this.zoneOf(balancer, target),
    );
    if (!candidates.found) return blocked(refused(candidates.code, pool.id, candidates.message));
    const key = `${balancer.id} ${visit.source.label}`;
    const target = this.#draw(candidates.targets, key);
    return this.#connectToTarget(visit, pool, target);
  }

  #connectToTarget(visit: Visit, pool: TargetPool, target: Target): Reach {
    const { balancer, node, at, source, peer } = visit;
    const end = this.#targetInterface(balancer, target);
    const ip = addressOf(target, end);
    const gone = this.#targetGone(target, end);
    if (gone !== undefined) return blocked(gone);
    const party = interfaceParty(at, nodeLabel(balancer, node));
    if (!pool.preserveClientIp) return this.#connectFromNode(party, ip, target.port);
    if (end !== undefined && end.privateIps.includes(source.ip)) {
      const message = `${source.label} was sent to itself by load balancer ${balancer.name}, which preserves client addresses: such connections time out`;
      return blocked(dropped("NlbHairpin", pool.id, message));
    }
    const label = `${source.label} through load balancer ${balancer.name}, which preserves client addresses`;
    return this.#connectFromNode({ ...party, label, ip: peer.ip }, ip, target.port);
  }

  #isOwnAddress(instanceId: string, host: string): boolean {
    if (this.#balancersByName.has(host)) return false;
    if (host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host)) return true;
    if (!isAddress(host)) return false;
    const ids = this.#topology.instance(instanceId)?.networkInterfaceIds ?? [];
    return ids.some((id) => this.#topology.interface(id)?.privateIps.includes(host));
  }

  #names(): Names {
    return {
      topology: this.#topology,
      balancerByName: (name) => this.#balancersByName.get(name),
    };
  }

  #rotate<T>(items: readonly T[], key: string): readonly T[] {
    if (items.length < 2) return items;
    const start = Math.floor(this.#random.next("network/address", key) * items.length);
    return [...items.slice(start), ...items.slice(0, start)];
  }

  #draw(targets: readonly Target[], key: string): Target {
    const index =
      targets.length < 2
        ? 0
        : Math.floor(this.#random.next("network/target", key) * targets.length);
    return targets[index] as Target;
  }
}

function addressOf(target: Target, end: InterfaceNode | undefined): string {
  return target.id.startsWith("i-") ? (end?.privateIps[0] ?? "") : target.id;
}

function firstOf<T>(all: ReadonlySet<T>, find: (one: T) => Obstacle | undefined) {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function blocked(obstacle: Obstacle): Reach {
  return { reachable: false, obstacle };
}

/** The world outside the fake cloud answers everything; the name says that no instance does. */
function outside(port: number, ip: string): Reach {
  return { reachable: true, endpoint: { instanceId: "internet", port, service: { ip } } };
}

function notRunning(topology: Topology, from: Origin): Obstacle {
  if (from.from === "instance") {
    const state = topology.instance(from.instanceId)?.state ?? "gone";
    const message = `instance ${from.instanceId}, where the connection starts, is ${state}`;
    return dropped("InstanceNotRunning", from.instanceId, message);
  }
  const subnetId = from.from === "subnet" ? from.subnetId : "";
  return dropped("NoRoute", subnetId, `${subnetId}, where the connection starts, does not exist`);
}

function nodeLabel(balancer: LoadBalancer, node: LoadBalancerNode): string {
  return `load balancer ${balancer.name} in ${node.zone}`;
}

/** HTTP checks want a good status; a process that was not told how to answer answers 200. */
function checkStatus(pool: TargetPool, target: Target, service: unknown): Obstacle | undefined {
  const { protocol, path, matcher } = pool.healthCheck;
  if (protocol !== "HTTP" && protocol !== "HTTPS") return undefined;
  const status = isHealthResponder(service) ? service.healthStatus(path ?? "/") : 200;
  if (matcher === undefined ? status === 200 : matcher(status)) return undefined;
  const message = `${protocol} ${path ?? "/"} on ${target.id} answers ${status}`;
  return refused("HealthCheckStatus", target.id, message);
}
