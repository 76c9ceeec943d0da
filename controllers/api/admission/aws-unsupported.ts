import type { AWSClusterSpec, AWSMachineSpec } from "../generated/definitions.ts";

type Rule<T> = readonly [field: string, isUsed: (spec: T) => boolean];

const clusterRules: readonly Rule<AWSClusterSpec>[] = [
  ["network.vpc.ipamPool", ({ network }) => network?.vpc?.ipamPool !== undefined],
  ["network.vpc.ipv6.ipamPool", ({ network }) => network?.vpc?.ipv6?.ipamPool !== undefined],
  ["s3Bucket", ({ s3Bucket }) => s3Bucket !== undefined],
];

const machineRules: readonly Rule<AWSMachineSpec>[] = [
  ["ignition", ({ ignition }) => ignition !== undefined],
];

/** What the spec says and the provider does not act on: named, never ignored. */
export function unsupportedClusterFields(spec: AWSClusterSpec): readonly string[] {
  return usedFields(clusterRules, spec);
}

export function unsupportedMachineFields(spec: AWSMachineSpec): readonly string[] {
  return usedFields(machineRules, spec);
}

function usedFields<T>(rules: readonly Rule<T>[], spec: T): readonly string[] {
  return rules.filter(([, isUsed]) => isUsed(spec)).map(([field]) => field);
}
