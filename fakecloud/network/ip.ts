import ipaddr from "ipaddr.js";

/** An address range, ready for comparison. IPv4 is kept in numbers because nearly all traffic is IPv4. */
interface Range {
  readonly version: 4 | 6;
  readonly bits: number;
  readonly parts: readonly number[];
}

const parsedAddresses = new Map<string, readonly number[] | undefined>();
const parsedRanges = new Map<string, Range | undefined>();
const maxKept = 20_000;

/** Bytes (IPv4: 4) or 16-bit groups (IPv6: 8) of an address; undefined for text that is none. */
function parseAddress(text: string): readonly number[] | undefined {
  const known = parsedAddresses.get(text);
  if (known !== undefined || parsedAddresses.has(text)) return known;
  if (parsedAddresses.size >= maxKept) parsedAddresses.clear();
  const parts = readAddress(text);
  parsedAddresses.set(text, parts);
  return parts;
}

function readAddress(text: string): readonly number[] | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).octets;
  if (ipaddr.IPv6.isValid(text)) return ipaddr.IPv6.parse(text).parts;
  return undefined;
}

function parseRange(text: string): Range | undefined {
  const known = parsedRanges.get(text);
  if (known !== undefined || parsedRanges.has(text)) return known;
  if (parsedRanges.size >= maxKept) parsedRanges.clear();
  const range = readRange(text);
  parsedRanges.set(text, range);
  return range;
}

function readRange(text: string): Range | undefined {
  const slash = text.indexOf("/");
  const parts = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (parts === undefined) return undefined;
  const version = parts.length === 4 ? 4 : 6;
  const width = version === 4 ? 32 : 128;
  const bits = slash < 0 ? width : Number(text.slice(slash + 1));
  if (!Number.isInteger(bits) || bits < 0 || bits > width) return undefined;
  return { version, bits, parts };
}

export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

/** True if the address lies in the CIDR block; of different IP versions nothing lies in anything. */
export function cidrContains(cidr: string, ip: string): boolean {
  const range = parseRange(cidr);
  const address = parseAddress(ip);
  if (range === undefined || address === undefined) return false;
  if (range.parts.length !== address.length) return false;
  const partBits = range.version === 4 ? 8 : 16;
  let left = range.bits;
  for (let index = 0; left > 0; index += 1, left -= partBits) {
    const shift = left >= partBits ? 0 : partBits - left;
    if ((range.parts[index] ?? 0) >> shift !== (address[index] ?? 0) >> shift) return false;
  }
  return true;
}

/** Length of a CIDR block's prefix, for longest-prefix match; -1 for text that is none. */
export function prefixLength(cidr: string): number {
  return parseRange(cidr)?.bits ?? -1;
}
