import { randomHex } from "../../kernel/random.ts";
import { cidrContains } from "../../network/ip.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter } from "./errors.ts";
import type { Subnet } from "./records.ts";

/** How a request says which addresses an interface gets: all that it does not say is drawn. */
export interface WantedAddresses {
  readonly PrivateIpAddress?: string | undefined;
  readonly PrivateIpAddresses?:
    | readonly {
        readonly PrivateIpAddress?: string | undefined;
        readonly Primary?: boolean | undefined;
      }[]
    | undefined;
  readonly SecondaryPrivateIpAddressCount?: number | undefined;
  readonly Ipv6AddressCount?: number | undefined;
  readonly Ipv6Addresses?: readonly { readonly Ipv6Address?: string | undefined }[] | undefined;
}

/** Takes the primary address and the secondary ones out of the subnet. */
export function takePrivateIps(
  region: Ec2Region,
  subnet: Subnet,
  wanted: WantedAddresses,
): readonly string[] {
  const list = wanted.PrivateIpAddresses ?? [];
  const primary = list.find((one) => one.Primary === true);
  if (primary !== undefined && wanted.PrivateIpAddress !== undefined) {
    const message = "Only one primary private IP address can be specified.";
    throw ec2Error("InvalidParameterCombination", message);
  }
  const named = list.filter((one) => one !== primary).map((one) => one.PrivateIpAddress);
  const count = wanted.SecondaryPrivateIpAddressCount ?? 0;
  if (count > 0 && named.length > 0) {
    const message =
      "The parameters secondaryPrivateIpAddressCount and privateIpAddresses may not be specified together.";
    throw ec2Error("InvalidParameterCombination", message);
  }
  const secondary = [...named, ...Array.from({ length: count }, () => undefined)];
  return [primary?.PrivateIpAddress ?? wanted.PrivateIpAddress, ...secondary].map((ip) =>
    region.takeIp(subnet, ip),
  );
}

/** Those that are named, or as many as are asked for; a subnet may give one to each by itself. */
export function ipv6AddressesFor(
  region: Ec2Region,
  subnet: Subnet,
  wanted: WantedAddresses,
  key: string,
): string[] {
  const named = (wanted.Ipv6Addresses ?? []).map(({ Ipv6Address: ip = "" }) => ip);
  const usual = named.length === 0 && subnet.assignIpv6AddressOnCreation ? 1 : 0;
  const count = wanted.Ipv6AddressCount ?? usual;
  if (count === 0 && named.length === 0) return [];
  const [block] = subnet.ipv6Associations;
  if (block === undefined) {
    throw invalidParameter(`The subnet '${subnet.subnetId}' has no IPv6 CIDR block.`);
  }
  const outside = named.find((ip) => !cidrContains(block.cidrBlock, ip));
  if (outside !== undefined) {
    throw invalidParameter(`Address ${outside} does not fall within the subnet's address range`);
  }
  const prefix = (block.cidrBlock.split("::")[0] ?? "").split(":");
  while (prefix.length < 4) prefix.push("0");
  const drawn = Array.from({ length: count }, (_, index) => {
    const host = randomHex(region.cloud.random, "ec2/ipv6", `${key}/${index}`, 16);
    const groups = (host.match(/..../g) ?? []).map((group) => group.replace(/^0{1,3}/, ""));
    return [...prefix, ...groups].join(":");
  });
  return [...named, ...drawn];
}
