import { isIP } from "node:net";

/** "10.0.0.0/16" and "fd00::/8"; an address alone is no CIDR. */
export function isCidr(text: string): boolean {
  const [address = "", length = "", ...rest] = text.split("/");
  const family = isIP(address);
  const isNumber = /^\d+$/.test(length);
  return (
    rest.length === 0 && family !== 0 && isNumber && Number(length) <= (family === 4 ? 32 : 128)
  );
}

/** Whether no bit of the host part is set: AWS refuses other ranges in rules. */
export function isCanonicalCidr(text: string): boolean {
  const [address = "", length = ""] = text.split("/");
  if (isIP(address) !== 4) return isCidr(text);
  const value = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return isCidr(text) && value % 2 ** (32 - Number(length)) === 0;
}
