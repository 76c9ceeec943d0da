/** The nth address of the (first) service subnet: 1 is the API server, 10 is DNS. */
export function serviceAddress(subnets: string, number: number): string {
  const [first = ""] = subnets.split(",");
  const [address = ""] = first.split("/");
  if (address.includes(":")) return `${address}${number.toString(16)}`;
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) + number;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
