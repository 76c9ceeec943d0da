import ipaddr from "ipaddr.js";
import { subnetName } from "./names.ts";

export interface PlannedSubnet {
  /** The name, used as the ID until AWS has given one. */
  readonly id: string;
  readonly cidrBlock: string;
  readonly availabilityZone: string;
  readonly isPublic: boolean;
  /** A /64 of the VPC's own IPv6 range, where it has one. */
  readonly ipv6CidrBlock?: string;
  readonly isIpv6?: true;
}

export interface SubnetPlanInput {
  readonly clusterName: string;
  readonly vpcCidrBlock: string;
  readonly vpcIpv6CidrBlock?: string;
  /** In the order in which they shall be used. */
  readonly zones: readonly string[];
  /** Whether private or public subnets get the larger share. */
  readonly schema?: "PreferPrivate" | "PreferPublic";
}

/** The longest prefix of a subnet: AWS refuses smaller ones than a /28. */
const longestPrefix = 28;

/** The range is too small for the zones: an error of the spec, which waiting does not mend. */
export class SubnetPlanError extends Error {
  override readonly name = "SubnetPlanError";
}

/**
 * One public and one private subnet per zone. The VPC is cut into the power of two that holds one block per zone and one
 * more; that first block is cut again and shared by the subnets of the kind that matters less.
 */
export function planSubnets(input: SubnetPlanInput): readonly PlannedSubnet[] {
  const { clusterName, vpcCidrBlock, vpcIpv6CidrBlock, zones, schema = "PreferPrivate" } = input;
  if (zones.length === 0) return [];
  const blocks = splitCidr(vpcCidrBlock, zones.length + 1);
  const [shared = "", ...large] = blocks;
  const small = splitCidr(shared, zones.length);
  const planned = zones.flatMap((zone, index) => {
    const largeBlock = large[index] ?? "";
    const smallBlock = small[index] ?? "";
    const preferPrivate = schema === "PreferPrivate";
    const subnet = (kind: "private" | "public", cidrBlock: string): PlannedSubnet => ({
      id: subnetName(clusterName, kind, zone),
      cidrBlock,
      availabilityZone: zone,
      isPublic: kind === "public",
    });
    return [
      subnet("public", preferPrivate ? smallBlock : largeBlock),
      subnet("private", preferPrivate ? largeBlock : smallBlock),
    ];
  });
  if (vpcIpv6CidrBlock === undefined || vpcIpv6CidrBlock === "") return planned;
  return planned.map((subnet, index) => ({
    ...subnet,
    isIpv6: true as const,
    ipv6CidrBlock: ipv6Subnet(vpcIpv6CidrBlock, index + 1),
  }));
}

/** Position in the address of the byte that tells the /64s of a /56 apart. */
const subnetByte = 7;

/** The n-th /64 of a VPC's /56; as upstream counts from one, the first stays free. */
export function ipv6Subnet(vpcCidrBlock: string, ordinal: number): string {
  const [address, prefix] = ipaddr.IPv6.parseCIDR(vpcCidrBlock);
  if (prefix > 56)
    throw new SubnetPlanError(`${vpcCidrBlock} is no /56: it has no subnets to give`);
  const bytes = address.toByteArray();
  bytes[subnetByte] = (bytes[subnetByte] ?? 0) + ordinal;
  return `${new ipaddr.IPv6(bytes).toRFC5952String()}/64`;
}

/** Cuts an IPv4 range into the smallest power of two of equal blocks that is at least `count`. */
export function splitCidr(cidrBlock: string, count: number): readonly string[] {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidrBlock);
  const bits = Math.ceil(Math.log2(count));
  const newPrefix = prefix + bits;
  if (newPrefix > longestPrefix) {
    throw new SubnetPlanError(
      `${cidrBlock} cannot be cut into ${count} subnets: each would be a /${newPrefix}, and AWS allows /16 to /${longestPrefix}`,
    );
  }
  const first = numberOf(address);
  const size = 2 ** (32 - newPrefix);
  return Array.from({ length: 2 ** bits }, (_, index) => {
    return `${textOf(first + index * size)}/${newPrefix}`;
  });
}

function numberOf(address: ipaddr.IPv4): number {
  return address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

export interface Zone {
  readonly name: string;
  readonly type: string;
}

/** The zones that a managed VPC uses when the user names none: sorted, at most `limit`. */
export function selectZones(
  available: readonly Zone[],
  options: {
    readonly limit: number;
    readonly selection: "Ordered" | "Random";
    /** A number in [0, 1) for each zone; only asked for `Random`. */
    readonly draw: (zone: string) => number;
  },
): readonly string[] {
  const names = available
    .filter(({ type }) => type === "availability-zone")
    .map(({ name }) => name)
    .toSorted((a, b) => (a < b ? -1 : 1));
  if (names.length <= options.limit) return names;
  if (options.selection === "Ordered") return names.slice(0, options.limit);
  const drawn = names.map((name) => ({ name, draw: options.draw(name) }));
  return drawn
    .toSorted((a, b) => a.draw - b.draw)
    .slice(0, options.limit)
    .map(({ name }) => name)
    .toSorted((a, b) => (a < b ? -1 : 1));
}
