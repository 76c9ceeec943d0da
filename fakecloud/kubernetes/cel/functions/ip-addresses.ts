import ipaddr from "ipaddr.js";
import { CelValueError, type Functions } from "./register.ts";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

export class IpValue {
  readonly address: Address;

  constructor(address: Address) {
    this.address = address;
  }
}

export class CidrValue {
  readonly address: Address;
  readonly bits: number;

  constructor(address: Address, bits: number) {
    this.address = address;
    this.bits = bits;
  }
}

/** Strict: no leading zeros, no zones, no IPv4 in IPv6. */
function parseIp(text: string): IpValue | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return /(?:^|\.)0\d/.test(text) ? undefined : new IpValue(ipaddr.IPv4.parse(text));
  }
  if (!ipaddr.IPv6.isValid(text) || text.includes("%") || !text.includes(":")) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? undefined : new IpValue(address);
}

function parseCidr(text: string): CidrValue | undefined {
  const [base = "", bits, ...rest] = text.split("/");
  const ip = parseIp(base);
  if (ip === undefined || bits === undefined || rest.length > 0) return undefined;
  const most = ip.address.kind() === "ipv4" ? 32 : 128;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(bits) || Number(bits) > most) return undefined;
  return new CidrValue(ip.address, Number(bits));
}

function requireIp(text: string): IpValue {
  const ip = parseIp(text);
  if (ip !== undefined) return ip;
  throw new CelValueError(
    `IP Address ${JSON.stringify(text)} parse error during conversion from string`,
  );
}

function requireCidr(text: string): CidrValue {
  const cidr = parseCidr(text);
  if (cidr !== undefined) return cidr;
  throw new CelValueError(
    `network address parse error during conversion from string: ${JSON.stringify(text)}`,
  );
}

function contains(cidr: CidrValue, address: Address): boolean {
  if (cidr.address.kind() !== address.kind()) return false;
  const network = cidr.address.toByteArray();
  return address.toByteArray().every((byte, index) => {
    const bits = Math.min(8, Math.max(0, cidr.bits - index * 8));
    const mask = 0xff & (0xff << (8 - bits));
    return (byte & mask) === ((network[index] ?? 0) & mask);
  });
}

function masked(cidr: CidrValue): CidrValue {
  const bytes = cidr.address.toByteArray().map((byte, index) => {
    const bits = Math.min(8, Math.max(0, cidr.bits - index * 8));
    return byte & (0xff << (8 - bits)) & 0xff;
  });
  return new CidrValue(ipaddr.fromByteArray(bytes), cidr.bits);
}

const isInRange = (address: Address, ...ranges: string[]) => ranges.includes(address.range());
const isLinkLocalMulticast = (address: Address) =>
  address.kind() === "ipv4"
    ? contains(requireCidr("224.0.0.0/24"), address)
    : address.toByteArray()[0] === 0xff && ((address.toByteArray()[1] ?? 0) & 0x0f) === 2;
const isGlobalUnicast = (address: Address) =>
  !isInRange(address, "unspecified", "loopback", "multicast", "linkLocal", "broadcast");

export const ipFunctions: Functions = {
  "ip(string): IpAddress": requireIp,
  "isIP(string): bool": (text: string) => parseIp(text) !== undefined,
  "IpNamespace.isCanonical(string): bool": (_ip: unknown, text: string) =>
    requireIp(text).address.toString() === text,
  "IpAddress.family(): int": ({ address }: IpValue) => (address.kind() === "ipv4" ? 4n : 6n),
  "IpAddress.isUnspecified(): bool": ({ address }: IpValue) =>
    isInRange(address, "unspecified") || address.toString() === "0.0.0.0",
  "IpAddress.isLoopback(): bool": ({ address }: IpValue) => isInRange(address, "loopback"),
  "IpAddress.isLinkLocalUnicast(): bool": ({ address }: IpValue) => isInRange(address, "linkLocal"),
  "IpAddress.isLinkLocalMulticast(): bool": ({ address }: IpValue) => isLinkLocalMulticast(address),
  "IpAddress.isGlobalUnicast(): bool": ({ address }: IpValue) => isGlobalUnicast(address),
  "string(IpAddress): string": ({ address }: IpValue) => address.toString(),
  "cidr(string): CidrBlock": requireCidr,
  "isCIDR(string): bool": (text: string) => parseCidr(text) !== undefined,
  "CidrBlock.containsIP(string): bool": (cidr: CidrValue, text: string) =>
    contains(cidr, requireIp(text).address),
  "CidrBlock.containsIP(IpAddress): bool": (cidr: CidrValue, { address }: IpValue) =>
    contains(cidr, address),
  "CidrBlock.containsCIDR(string): bool": (cidr: CidrValue, text: string) =>
    containsCidr(cidr, requireCidr(text)),
  "CidrBlock.containsCIDR(CidrBlock): bool": containsCidr,
  "CidrBlock.ip(): IpAddress": ({ address }: CidrValue) => new IpValue(address),
  "CidrBlock.prefixLength(): int": ({ bits }: CidrValue) => BigInt(bits),
  "CidrBlock.masked(): CidrBlock": masked,
  "string(CidrBlock): string": ({ address, bits }: CidrValue) => `${address.toString()}/${bits}`,
};

function containsCidr(outer: CidrValue, inner: CidrValue): boolean {
  return outer.bits <= inner.bits && contains(outer, inner.address);
}
