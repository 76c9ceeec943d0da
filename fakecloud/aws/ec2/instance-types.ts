import type {
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  DescribeInstanceTypesRequest,
  DescribeInstanceTypesResult,
  InstanceTypeInfo,
} from "@aws-sdk/client-ec2";
import { paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error } from "./errors.ts";
import { applyFilters } from "./filters.ts";
import { type InstanceTypeFacts, instanceTypes } from "./tables/instance-types.ts";

interface Named {
  readonly name: string;
  readonly facts: InstanceTypeFacts;
  readonly tags: Map<string, string>;
}

const noTags = new Map<string, string>();
const all: readonly Named[] = [...instanceTypes].map(([name, facts]) => ({
  name,
  facts,
  tags: noTags,
}));

export function describeInstanceTypes(
  _region: Ec2Region,
  input: DescribeInstanceTypesRequest,
): DescribeInstanceTypesResult {
  const names: readonly string[] = input.InstanceTypes ?? [];
  const unknown = names.filter((name) => !instanceTypes.has(name));
  if (unknown.length > 0) {
    const message = `The following supplied instance types do not exist: [${unknown.join(", ")}]`;
    throw ec2Error("InvalidInstanceType", message);
  }
  const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  const filtered = applyFilters(chosen, input.Filters, {
    "burstable-performance-supported": ({ facts }) => facts.burstable,
    "current-generation": () => true,
    "instance-type": ({ name }) => name,
    "memory-info.size-in-mib": ({ facts }) => facts.memoryMiB,
    "processor-info.supported-architecture": ({ facts }) => facts.architecture,
    "supported-usage-class": () => ["on-demand", "spot"],
    "supported-virtualization-type": () => "hvm",
    "vcpu-info.default-vcpus": ({ facts }) => facts.vcpus,
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page, { min: 5, max: 100 });
  return { InstanceTypes: items.map(toWire), ...token };
}

function toWire({ name, facts }: Named): InstanceTypeInfo {
  return {
    InstanceType: name as "m5.large",
    CurrentGeneration: true,
    FreeTierEligible: name === "t2.micro" || name === "t3.micro",
    SupportedUsageClasses: ["on-demand", "spot"],
    SupportedRootDeviceTypes: ["ebs"],
    SupportedVirtualizationTypes: ["hvm"],
    BareMetal: false,
    Hypervisor: "nitro",
    ProcessorInfo: { SupportedArchitectures: [facts.architecture] },
    VCpuInfo: { DefaultVCpus: facts.vcpus },
    MemoryInfo: { SizeInMiB: facts.memoryMiB },
    InstanceStorageSupported: false,
    EbsInfo: { EbsOptimizedSupport: "default", EncryptionSupport: "supported" },
    NetworkInfo: {
      MaximumNetworkInterfaces: facts.maxInterfaces,
      Ipv4AddressesPerInterface: facts.ipsPerInterface,
      Ipv6AddressesPerInterface: facts.ipsPerInterface,
      Ipv6Supported: true,
      EnaSupport: "required",
      DefaultNetworkCardIndex: 0,
      MaximumNetworkCards: 1,
    },
    PlacementGroupInfo: { SupportedStrategies: ["cluster", "partition", "spread"] },
    HibernationSupported: false,
    BurstablePerformanceSupported: facts.burstable,
    DedicatedHostsSupported: !facts.burstable,
    AutoRecoverySupported: true,
    SupportedBootModes: ["legacy-bios", "uefi"],
  };
}

export function describeInstanceTypeOfferings(
  region: Ec2Region,
  input: DescribeInstanceTypeOfferingsRequest,
): DescribeInstanceTypeOfferingsResult {
  const kind = input.LocationType ?? "region";
  const zones = region.zones.filter((zone) => zone.zoneType === "availability-zone");
  const locations =
    kind === "region"
      ? [region.region]
      : zones.map((zone) => (kind === "availability-zone" ? zone.zoneName : zone.zoneId));
  const offerings = all.flatMap(({ name }) =>
    locations.map((location) => ({ name, location, tags: noTags })),
  );
  const filtered = applyFilters(offerings, input.Filters, {
    "instance-type": ({ name }) => name,
    location: ({ location }) => location,
  });
  const page = { maxResults: input.MaxResults, nextToken: input.NextToken };
  const { items, ...token } = paginate(filtered, page);
  return {
    InstanceTypeOfferings: items.map(({ name, location }) => ({
      InstanceType: name as "m5.large",
      Location: location,
      LocationType: kind,
    })),
    ...token,
  };
}
