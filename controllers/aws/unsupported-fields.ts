import type { AWSClusterSpec, AWSMachineSpec } from "../api/generated/definitions.ts";

/** A field of the spec that this provider does not act on yet: named, never ignored. */
export class UnsupportedFieldError extends Error {
  override readonly name = "UnsupportedFieldError";
}

type Rule<T> = readonly [field: string, isUsed: (spec: T) => boolean];

const clusterRules: readonly Rule<AWSClusterSpec>[] = [
  ["spec.network.vpc.ipv6", ({ network }) => network?.vpc?.ipv6 !== undefined],
  ["spec.network.vpc.ipamPool", ({ network }) => network?.vpc?.ipamPool !== undefined],
  ["spec.network.vpc.elasticIpPool", ({ network }) => network?.vpc?.elasticIpPool !== undefined],
  [
    "spec.network.subnets[].zoneType",
    ({ network }) =>
      (network?.subnets ?? []).some(
        ({ zoneType }) => zoneType !== undefined && zoneType !== "availability-zone",
      ),
  ],
  ["spec.s3Bucket", ({ s3Bucket }) => s3Bucket !== undefined],
];

const machineRules: readonly Rule<AWSMachineSpec>[] = [
  ["spec.elasticIpPool", ({ elasticIpPool }) => elasticIpPool !== undefined],
  [
    "spec.dynamicHostAllocation",
    ({ dynamicHostAllocation }) => dynamicHostAllocation !== undefined,
  ],
  ["spec.ignition", ({ ignition }) => ignition !== undefined],
];

export function assertSupportedCluster(spec: AWSClusterSpec | undefined): void {
  assertSupported(clusterRules, spec ?? {});
}

export function assertSupportedMachine(spec: AWSMachineSpec): void {
  assertSupported(machineRules, spec);
}

function assertSupported<T>(rules: readonly Rule<T>[], spec: T): void {
  const used = rules.filter(([, isUsed]) => isUsed(spec)).map(([field]) => field);
  if (used.length === 0) return;
  throw new UnsupportedFieldError(
    `not supported by this version of the provider: ${used.join(", ")}`,
  );
}
