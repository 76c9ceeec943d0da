import { ec2Error, invalidParameter } from "./errors.ts";

/** An IPv4 block in numbers. */
export interface Cidr {
  readonly text: string;
  readonly start: number;
  readonly bits: number;
  readonly size: number;
}

export function parseCidr(text: string, name = "cidrBlock"): Cidr {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const octets = match?.slice(1, 5).map(Number) ?? [];
  const bits = Number(match?.[5]);
  if (match === null || octets.some((octet) => octet > 255) || bits > 32) {
    throw invalidParameter(
      `Value (${text}) for parameter ${name} is invalid. This is not a valid CIDR block.`,
    );
  }
  const size = 2 ** (32 - bits);
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  // AWS takes the network part of an address that has more and shows the block in its canonical form.
  const start = Math.floor(address / size) * size;
  return { text: `${formatIp(start)}/${bits}`, start, bits, size };
}

export function formatIp(ip: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join(".");
}

export function overlaps(left: Cidr, right: Cidr): boolean {
  return left.start < right.start + right.size && right.start < left.start + left.size;
}

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.start >= outer.start && inner.start + inner.size <= outer.start + outer.size;
}

export function checkVpcSize(cidr: Cidr): Cidr {
  if (cidr.bits >= 16 && cidr.bits <= 28) return cidr;
  throw ec2Error("InvalidVpc.Range", `The CIDR '${cidr.text}' is invalid.`);
}

export function checkSubnetSize(cidr: Cidr): Cidr {
  if (cidr.bits >= 16 && cidr.bits <= 28) return cidr;
  throw ec2Error("InvalidSubnet.Range", `The CIDR '${cidr.text}' is invalid.`);
}
