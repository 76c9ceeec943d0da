import { instanceTypes } from "./instance-types.ts";

/** What a vCPU costs on the spot market in USD an hour; a figure of the right size, not a price of a day. */
const perVcpu = 0.0171;

export function spotPriceOf(instanceType: string): string {
  const vcpus = instanceTypes.get(instanceType)?.vcpus ?? 2;
  return (vcpus * perVcpu).toFixed(6);
}
