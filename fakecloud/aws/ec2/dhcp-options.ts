import type {
  AssociateDhcpOptionsRequest,
  CreateDhcpOptionsRequest,
  CreateDhcpOptionsResult,
  DeleteDhcpOptionsRequest,
  DescribeDhcpOptionsRequest,
  DescribeDhcpOptionsResult,
  DhcpOptions as WireOptions,
} from "@aws-sdk/client-ec2";
import { describe } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { dependencyViolation, required } from "./errors.ts";
import type { DhcpOptions } from "./records.ts";
import { tagsFor, tagsToWire } from "./tag-rules.ts";

/** The domain of private names: us-east-1 kept its old one. */
export function domainName(region: string): string {
  return region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;
}

/** Every region has one set by default, which VPCs start with. */
export function ensureDhcpOptions(region: Ec2Region): string {
  const known = [...region.dhcpOptions.values()].find((options) => options.isDefault);
  if (known !== undefined) return known.dhcpOptionsId;
  return add(region, {
    configurations: [
      { key: "domain-name", values: [domainName(region.region)] },
      { key: "domain-name-servers", values: ["AmazonProvidedDNS"] },
    ],
    isDefault: true,
    tags: new Map(),
  }).dhcpOptionsId;
}

function add(region: Ec2Region, options: Omit<DhcpOptions, "dhcpOptionsId">): DhcpOptions {
  const dhcpOptionsId = region.newId("dopt", options.isDefault ? "default" : "");
  return region.dhcpOptions.add(dhcpOptionsId, { dhcpOptionsId, ...options });
}

export function createDhcpOptions(
  region: Ec2Region,
  input: CreateDhcpOptionsRequest,
): CreateDhcpOptionsResult {
  const made = add(region, {
    configurations: (input.DhcpConfigurations ?? []).map(
      ({ Key: key = "", Values: values = [] }) => ({
        key,
        values,
      }),
    ),
    isDefault: false,
    tags: tagsFor(input.TagSpecifications, "dhcp-options"),
  });
  return { DhcpOptions: toWire(region, made) };
}

function toWire(region: Ec2Region, options: DhcpOptions): WireOptions {
  return {
    DhcpOptionsId: options.dhcpOptionsId,
    OwnerId: region.accountId,
    DhcpConfigurations: options.configurations.map(({ key, values }) => ({
      Key: key,
      Values: values.map((Value) => ({ Value })),
    })),
    Tags: tagsToWire(options.tags),
  };
}

export function describeDhcpOptions(
  region: Ec2Region,
  input: DescribeDhcpOptionsRequest,
): DescribeDhcpOptionsResult {
  const { items, ...token } = describe(
    region.dhcpOptions,
    {
      ids: input.DhcpOptionsIds,
      filters: input.Filters,
      maxResults: input.MaxResults,
      nextToken: input.NextToken,
    },
    {
      "dhcp-options-id": (options) => options.dhcpOptionsId,
      key: (options) => options.configurations.map(({ key }) => key),
      value: (options) => options.configurations.flatMap(({ values }) => values),
    },
  );
  return { DhcpOptions: items.map((options) => toWire(region, options)), ...token };
}

export function associateDhcpOptions(region: Ec2Region, input: AssociateDhcpOptionsRequest) {
  const vpc = region.vpcs.require(required(input.VpcId, "vpcId"));
  const id = required(input.DhcpOptionsId, "dhcpOptionsId");
  vpc.dhcpOptionsId =
    id === "default" ? ensureDhcpOptions(region) : region.dhcpOptions.require(id).dhcpOptionsId;
  return {};
}

export function deleteDhcpOptions(region: Ec2Region, input: DeleteDhcpOptionsRequest) {
  const options = region.dhcpOptions.require(required(input.DhcpOptionsId, "dhcpOptionsId"));
  if (region.vpcs.some((vpc) => vpc.dhcpOptionsId === options.dhcpOptionsId)) {
    throw dependencyViolation(
      `The dhcpOptions '${options.dhcpOptionsId}' has dependencies and cannot be deleted.`,
    );
  }
  region.dhcpOptions.delete(options.dhcpOptionsId);
  return {};
}
