import { timeOfDelay } from "../../kernel/clock.ts";
import { between, randomHex } from "../../kernel/random.ts";
import type { Span } from "../../network/load-balancing.ts";
import { parseCidr } from "./cidr.ts";
import type { Ec2Cloud } from "./ec2-cloud.ts";
import { ec2Error } from "./errors.ts";
import { kinds } from "./kinds.ts";
import type {
  Address,
  CarrierGateway,
  DedicatedHost,
  DhcpOptions,
  EgressOnlyGateway,
  Image,
  InstanceRecord,
  InternetGateway,
  KeyPairRecord,
  LaunchTemplate,
  NatGateway,
  NetworkAcl,
  NetworkInterface,
  PlacementGroup,
  PrefixList,
  RouteTable,
  SecurityGroup,
  Snapshot,
  SpotRequest,
  Subnet,
  Volume,
  Vpc,
  VpcEndpoint,
} from "./records.ts";
import { type Resource, type ResourceKind, ResourceTable } from "./resource-table.ts";
import type { ZoneFacts } from "./tables/zones.ts";
import { zonesOf } from "./tables/zones.ts";
import type { Ec2Step } from "./transitions.ts";

/** What EC2 holds for one account in one region. */
export class Ec2Region {
  readonly accountId: string;
  readonly region: string;
  readonly cloud: Ec2Cloud;
  readonly zones: readonly ZoneFacts[];
  readonly vpcs: ResourceTable<Vpc>;
  readonly subnets: ResourceTable<Subnet>;
  readonly internetGateways: ResourceTable<InternetGateway>;
  readonly egressOnlyGateways: ResourceTable<EgressOnlyGateway>;
  readonly carrierGateways: ResourceTable<CarrierGateway>;
  readonly natGateways: ResourceTable<NatGateway>;
  readonly addresses: ResourceTable<Address>;
  readonly routeTables: ResourceTable<RouteTable>;
  readonly networkAcls: ResourceTable<NetworkAcl>;
  readonly securityGroups: ResourceTable<SecurityGroup>;
  readonly networkInterfaces: ResourceTable<NetworkInterface>;
  readonly instances: ResourceTable<InstanceRecord>;
  readonly volumes: ResourceTable<Volume>;
  readonly images: ResourceTable<Image>;
  readonly keyPairs: ResourceTable<KeyPairRecord>;
  readonly dhcpOptions: ResourceTable<DhcpOptions>;
  readonly vpcEndpoints: ResourceTable<VpcEndpoint>;
  readonly prefixLists: ResourceTable<PrefixList>;
  readonly launchTemplates: ResourceTable<LaunchTemplate>;
  readonly spotRequests: ResourceTable<SpotRequest>;
  readonly placementGroups: ResourceTable<PlacementGroup>;
  readonly snapshots: ResourceTable<Snapshot>;
  readonly hosts: ResourceTable<DedicatedHost>;
  /** IDs of published images that were deregistered. */
  readonly withdrawnImages = new Set<string>();
  /** Whether new volumes are encrypted without being asked. */
  encryptsByDefault = false;
  /** All of the above by what their IDs begin with. */
  readonly tables = new Map<string, ResourceTable<Resource>>();
  /** Results of calls with a client token: what was asked, and what it made. */
  readonly tokens = new Map<string, { readonly asked: string; readonly made: string }>();

  #isNewborn = false;

  constructor(cloud: Ec2Cloud, accountId: string, region: string) {
    this.cloud = cloud;
    this.accountId = accountId;
    this.region = region;
    this.zones = zonesOf(region);
    const nowMs = () => cloud.clock.now();
    const visibleFromMs = (id: string) => this.#visibleFromMs(id);
    const table = <T extends Resource>(kind: ResourceKind) => {
      // Published images have always been there.
      const time = kind === kinds.image ? { nowMs } : { nowMs, visibleFromMs };
      const made = new ResourceTable<T>(kind, time);
      this.tables.set(kind.prefix, made);
      return made;
    };
    this.vpcs = table(kinds.vpc);
    this.subnets = table(kinds.subnet);
    this.internetGateways = table(kinds.internetGateway);
    this.egressOnlyGateways = table(kinds.egressOnlyGateway);
    this.carrierGateways = table(kinds.carrierGateway);
    this.natGateways = table(kinds.natGateway);
    this.addresses = table(kinds.address);
    this.routeTables = table(kinds.routeTable);
    this.networkAcls = table(kinds.networkAcl);
    this.securityGroups = table(kinds.securityGroup);
    this.networkInterfaces = table(kinds.networkInterface);
    this.instances = table(kinds.instance);
    this.volumes = table(kinds.volume);
    this.images = table(kinds.image);
    this.keyPairs = table(kinds.keyPair);
    this.dhcpOptions = table(kinds.dhcpOptions);
    this.vpcEndpoints = table(kinds.vpcEndpoint);
    this.prefixLists = table(kinds.prefixList);
    this.launchTemplates = table(kinds.launchTemplate);
    this.spotRequests = table(kinds.spotRequest);
    this.placementGroups = table(kinds.placementGroup);
    this.snapshots = table(kinds.snapshot);
    this.hosts = table(kinds.host);
  }

  /** What an account is born with, everybody has always known. */
  bear(make: (region: Ec2Region) => void): void {
    this.#isNewborn = true;
    make(this);
    this.#isNewborn = false;
  }

  get settings() {
    return this.cloud.settings;
  }

  /** `name` is stable from run to run (a Name tag, a group name), so that ids stay the same when other steps change. */
  newId(prefix: string, name = ""): string {
    const key = `${this.accountId}/${this.region}/${name}`;
    return `${prefix}-${randomHex(this.cloud.random, `ec2/id/${prefix}`, key, 17)}`;
  }

  arn(kind: string, id: string): string {
    return `arn:aws:ec2:${this.region}:${this.accountId}:${kind}/${id}`;
  }

  now(): number {
    return this.cloud.clock.now();
  }

  /** When a resource that is made now can be seen: later than now only where consistency is eventual. */
  #visibleFromMs(id: string): number {
    const { lag } = this.settings;
    if (lag === undefined || this.#isNewborn) return 0;
    if (this.cloud.random.next("ec2/lag/chance", id) >= lag.chance) return 0;
    const lagMs = between(this.cloud.random, lag.span, "ec2/lag", id);
    return this.now() + timeOfDelay(this.cloud.clock, lagMs);
  }

  /**
   * Does one of the steps in `transitions.ts` to the resource after a drawn duration; in the same turn if it is none.
   * Whoever watches the network is told. Data and no closure, because what is pending survives a restart.
   */
  after(span: Span, label: string, step: Ec2Step, id: string): void {
    const delayMs = between(this.cloud.random, span, "ec2/duration", label);
    const args = [this.accountId, this.region, id];
    this.cloud.transitions.after(delayMs, label, { step: `ec2/${step}`, args });
  }

  checkQuota(count: number, limit: number | undefined, code: string, message: string): void {
    if (limit !== undefined && count >= limit) throw ec2Error(code, message);
  }

  /** A free address of the subnet; AWS keeps the first four and the last. */
  takeIp(subnet: Subnet, wanted?: string): string {
    const cidr = parseCidr(subnet.cidrBlock);
    const first = cidr.start + 4;
    const last = cidr.start + cidr.size - 2;
    if (wanted !== undefined) return this.#takeWanted(subnet, wanted, { first, last });
    if (this.freeIps(subnet) <= 0) throw notEnoughAddresses(subnet.subnetId);
    const span = { min: first, max: last };
    let ip = between(this.cloud.random, span, "ec2/private-ip", subnet.cidrBlock);
    while (subnet.taken.has(ip)) ip = ip === last ? first : ip + 1;
    subnet.taken.add(ip);
    return parseCidrIp(ip);
  }

  freeIps(subnet: Subnet): number {
    return parseCidr(subnet.cidrBlock).size - 5 - subnet.taken.size;
  }

  #takeWanted(
    subnet: Subnet,
    wanted: string,
    range: { readonly first: number; readonly last: number },
  ): string {
    const ip = parseCidr(`${wanted}/32`).start;
    if (ip < range.first || ip > range.last) {
      throw ec2Error(
        "InvalidParameterValue",
        `Address does not fall within the subnet's address range`,
      );
    }
    if (subnet.taken.has(ip)) {
      throw ec2Error("InvalidIPAddress.InUse", `Address ${wanted} is in use.`);
    }
    subnet.taken.add(ip);
    return wanted;
  }

  /** Runs a call once per token; `make` returns the id of what it made. */
  once(
    operation: string,
    token: string | undefined,
    asked: object,
    make: () => string,
  ): { readonly id: string; readonly repeated: boolean } {
    if (token === undefined) return { id: make(), repeated: false };
    const key = `${operation}/${token}`;
    const text = JSON.stringify(asked);
    const before = this.tokens.get(key);
    if (before === undefined) {
      const made = make();
      this.tokens.set(key, { asked: text, made });
      return { id: made, repeated: false };
    }
    if (before.asked !== text) {
      const message =
        "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical";
      throw ec2Error("IdempotentParameterMismatch", message);
    }
    return { id: before.made, repeated: true };
  }
}

function parseCidrIp(ip: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join(".");
}

export function notEnoughAddresses(subnetId: string) {
  const message = `There are not enough free addresses in subnet '${subnetId}' to satisfy the requested number of instances.`;
  return ec2Error("InsufficientFreeAddressesInSubnet", message);
}
