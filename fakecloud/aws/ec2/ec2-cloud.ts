import { Adjustable } from "../../kernel/adjustable.ts";
import type { Clock } from "../../kernel/clock.ts";
import { between, type Random } from "../../kernel/random.ts";
import type { TraceSink } from "../../kernel/trace.ts";
import type {
  InterfaceNode,
  ManagedInterfaceRequest,
  ManagedInterfaces,
  SubnetNode,
  Topology,
} from "../../network/topology.ts";
import type { InstanceState, InstanceTransition } from "../contract.ts";
import type { Identity } from "../iam/identity.ts";
import type { Transitions } from "../transitions.ts";
import { createDefaultVpc } from "./default-vpc.ts";
import { Ec2Region } from "./ec2-region.ts";
import type { Ec2Settings } from "./ec2-settings.ts";
import { seedImages } from "./image-catalogue.ts";
import { InstanceHealth } from "./instance-health.ts";
import { viewOf } from "./instance-view.ts";
import { createInterface, deleteInterface, mapAddress, setInterfaceGroups } from "./interfaces.ts";
import { cidrsOf } from "./prefix-lists.ts";
import type { InstanceRecord, NetworkInterface } from "./records.ts";

export interface Ec2CloudOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: TraceSink;
  readonly settings: Ec2Settings;
  readonly identity: Identity;
  readonly transitions: Transitions;
}

/** A launch that has passed every check but those of the day. */
export interface LaunchAttempt {
  /** Name tag, client token or subnet: stable from run to run. */
  readonly name: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly spot: boolean;
}

/** EC2 of all accounts and regions, and the topology that the network reads. */
export class Ec2Cloud implements ManagedInterfaces, Topology {
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: Identity;
  readonly transitions: Transitions;
  readonly health = new InstanceHealth();
  #settings: Ec2Settings;
  readonly #adjustable: Adjustable<Ec2Settings>;
  readonly #launchChecks = new Set<(launch: LaunchAttempt) => void>();
  readonly #trace: TraceSink;
  readonly #regions = new Map<string, Ec2Region>();
  readonly #byPrivateIp = new Map<string, NetworkInterface>();
  readonly #byPublicIp = new Map<string, NetworkInterface>();
  readonly #publicIpsInUse = new Set<string>();
  readonly #changeListeners: (() => void)[] = [];
  readonly #stateListeners: ((instanceId: string, to: string) => void)[] = [];
  readonly #transitionListeners: ((transition: InstanceTransition) => void)[] = [];

  constructor(options: Ec2CloudOptions) {
    this.clock = options.clock;
    this.random = options.random;
    this.#settings = options.settings;
    this.#adjustable = new Adjustable(options.settings, (settings) => (this.#settings = settings));
    this.identity = options.identity;
    this.transitions = options.transitions;
    this.#trace = options.trace;
  }

  get settings(): Ec2Settings {
    return this.#settings;
  }

  /** Returns what takes the change back. */
  adjustSettings(change: (settings: Ec2Settings) => Ec2Settings): () => void {
    return this.#adjustable.change(change);
  }

  /** `check` throws what the launch fails with. Returns what ends it. */
  beforeLaunch(check: (launch: LaunchAttempt) => void): () => void {
    this.#launchChecks.add(check);
    return () => this.#launchChecks.delete(check);
  }

  checkLaunch(launch: LaunchAttempt): void {
    for (const check of this.#launchChecks) check(launch);
  }

  region(accountId: string, region: string): Ec2Region {
    const key = `${accountId}/${region}`;
    const known = this.#regions.get(key);
    if (known !== undefined) return known;
    const made = this.emptyRegion(accountId, region);
    seedImages(made);
    made.bear(createDefaultVpc);
    return made;
  }

  /** Without what every account is born with: for what was saved, which has it. */
  emptyRegion(accountId: string, region: string): Ec2Region {
    const made = new Ec2Region(this, accountId, region);
    this.#regions.set(`${accountId}/${region}`, made);
    return made;
  }

  /** After a restore: who has which address. */
  reindex(region: Ec2Region): void {
    for (const { publicIp } of region.addresses.values()) this.#publicIpsInUse.add(publicIp);
    for (const node of region.networkInterfaces.values()) {
      if (node.publicIp !== undefined) this.#publicIpsInUse.add(node.publicIp);
      this.indexInterface(node);
    }
  }

  /** In the order in which they were first used. */
  regions(): readonly Ec2Region[] {
    return [...this.#regions.values()];
  }

  touch(): void {
    for (const listener of this.#changeListeners) listener();
  }

  onChange(listener: () => void): void {
    this.#changeListeners.push(listener);
  }

  onInstanceTransition(listener: (instanceId: string, to: string) => void): void {
    this.#stateListeners.push(listener);
  }

  onTransition(listener: (transition: InstanceTransition) => void): void {
    this.#transitionListeners.push(listener);
  }

  /** Every change of an instance's state goes through here. */
  announce(region: Ec2Region, instance: InstanceRecord, from: InstanceState | undefined): void {
    const { instanceId, state } = instance;
    this.#trace.record({
      kind: "cloud.transition",
      actor: "ec2",
      object: `instance/${instanceId}`,
      verb: state,
    });
    for (const listener of this.#stateListeners) listener(instanceId, state);
    const transition = { instance: viewOf(region, instance), from, to: state };
    for (const listener of this.#transitionListeners) listener(transition);
  }

  indexInterface(node: NetworkInterface): void {
    for (const ip of node.privateIps) this.#byPrivateIp.set(`${node.vpcId}/${ip}`, node);
    if (node.publicIp !== undefined) this.#byPublicIp.set(node.publicIp, node);
  }

  unindexInterface(node: NetworkInterface): void {
    for (const ip of node.privateIps) this.#byPrivateIp.delete(`${node.vpcId}/${ip}`);
    if (node.publicIp !== undefined) this.#byPublicIp.delete(node.publicIp);
  }

  /** A public address that nobody has. */
  drawPublicIp(key: string): string {
    for (;;) {
      const number = between(this.random, { min: 0, max: 2 ** 22 - 1 }, "ec2/public-ip", key);
      const octets = [
        52 + Math.floor(number / 2 ** 20),
        16 + ((number >> 16) % 16),
        (number >> 8) % 256,
        number % 256,
      ];
      const ip = octets.join(".");
      if (this.#publicIpsInUse.has(ip)) continue;
      this.#publicIpsInUse.add(ip);
      return ip;
    }
  }

  returnPublicIp(ip: string): void {
    this.#publicIpsInUse.delete(ip);
  }

  /** The Name tag of a resource that has one. */
  nameTag(id: string): string | undefined {
    return this.tagsOf(id)?.get("Name");
  }

  tagsOf(id: string): ReadonlyMap<string, string> | undefined {
    const prefix = id.slice(0, id.lastIndexOf("-"));
    return this.#find((region) => region.tables.get(prefix)?.peek(id)?.tags);
  }

  // What the network reads. Ids are unique over all accounts and regions.

  #find<T>(lookUp: (region: Ec2Region) => T | undefined): T | undefined {
    for (const region of this.#regions.values()) {
      const found = lookUp(region);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  vpc(vpcId: string) {
    return this.#find((region) => region.vpcs.peek(vpcId));
  }

  subnet(subnetId: string) {
    return this.#find((region) => region.subnets.peek(subnetId));
  }

  instance(instanceId: string) {
    return this.#find((region) => region.instances.peek(instanceId));
  }

  interface(networkInterfaceId: string) {
    return this.#find((region) => region.networkInterfaces.peek(networkInterfaceId));
  }

  interfaceByPrivateIp(vpcId: string, ip: string): InterfaceNode | undefined {
    return this.#byPrivateIp.get(`${vpcId}/${ip}`);
  }

  interfaceByPublicIp(ip: string): InterfaceNode | undefined {
    return this.#byPublicIp.get(ip);
  }

  routeTableOf(subnetId: string) {
    return this.#find((region) => {
      const subnet = region.subnets.peek(subnetId);
      if (subnet === undefined) return undefined;
      const tables = region.routeTables.inVpc(subnet.vpcId);
      const explicit = tables.find((table) =>
        table.associations.some((association) => association.subnetId === subnetId),
      );
      return explicit ?? tables.find((table) => table.associations.some(({ main }) => main));
    });
  }

  networkAclOf(subnetId: string) {
    return this.#find((region) => {
      const subnet = region.subnets.peek(subnetId);
      if (subnet === undefined) return undefined;
      return region.networkAcls.inVpc(subnet.vpcId).find((acl) => acl.associations.has(subnetId));
    });
  }

  securityGroup(groupId: string) {
    return this.#find((region) => region.securityGroups.peek(groupId));
  }

  natGateway(natGatewayId: string) {
    return this.#find((region) => region.natGateways.peek(natGatewayId));
  }

  internetGatewayVpcs(internetGatewayId: string): readonly string[] {
    const gateway = this.#find((region) => region.internetGateways.peek(internetGatewayId));
    return gateway === undefined ? [] : [...gateway.attachments.keys()];
  }

  internetGatewaysOf(vpcId: string): readonly string[] {
    return [...this.#regions.values()].flatMap((region) =>
      region.internetGateways
        .filter((gateway) => gateway.attachments.has(vpcId))
        .map((gateway) => gateway.internetGatewayId),
    );
  }

  prefixList(prefixListId: string): readonly string[] | undefined {
    return this.#find((region) => cidrsOf(region, prefixListId));
  }

  defaultSecurityGroup(vpcId: string): string | undefined {
    const group = this.#find((region) =>
      region.securityGroups.inVpc(vpcId).find((one) => one.groupName === "default"),
    );
    return group?.groupId;
  }

  defaultSubnets(accountId: string, region: string): readonly SubnetNode[] {
    return this.region(accountId, region).subnets.filter((subnet) => subnet.isDefault);
  }

  // What load balancers ask for.

  createManagedInterface(request: ManagedInterfaceRequest): InterfaceNode {
    const region = this.#find((one) => (one.subnets.peek(request.subnetId) ? one : undefined));
    if (region === undefined) throw new Error(`no subnet ${request.subnetId}`);
    const subnet = region.subnets.require(request.subnetId);
    const node = createInterface(region, subnet, {
      securityGroupIds: request.securityGroupIds,
      description: request.description,
      requesterId: request.requesterId,
    });
    if (request.publicIp) mapAddress(region, node, request.allocationId);
    this.touch();
    return node;
  }

  setManagedInterfaceGroups(networkInterfaceId: string, securityGroupIds: readonly string[]): void {
    const node = this.interface(networkInterfaceId);
    if (node !== undefined) setInterfaceGroups(node, securityGroupIds);
    this.touch();
  }

  deleteManagedInterface(networkInterfaceId: string): void {
    for (const region of this.#regions.values()) {
      const node = region.networkInterfaces.peek(networkInterfaceId);
      if (node !== undefined) deleteInterface(region, node);
    }
    this.touch();
  }
}
