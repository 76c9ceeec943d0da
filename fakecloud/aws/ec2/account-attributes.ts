import type {
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeIpamPoolsRequest,
  DescribeIpamPoolsResult,
  DescribePublicIpv4PoolsRequest,
  DescribePublicIpv4PoolsResult,
  GetEbsDefaultKmsKeyIdResult,
  GetEbsEncryptionByDefaultResult,
} from "@aws-sdk/client-ec2";
import { paginate } from "./describe.ts";
import type { Ec2Region } from "./ec2-region.ts";
import { ec2Error, invalidParameter } from "./errors.ts";
import { applyFilters } from "./filters.ts";

type Reader = (region: Ec2Region) => string;

const readers: Readonly<Record<string, Reader>> = {
  "supported-platforms": () => "VPC",
  "default-vpc": (region) => region.vpcs.filter(({ isDefault }) => isDefault)[0]?.vpcId ?? "none",
  "max-instances": () => "20",
  "vpc-max-security-groups-per-interface": () => "5",
  "max-elastic-ips": (region) => `${region.settings.quotas?.addresses ?? 5}`,
  "vpc-max-elastic-ips": (region) => `${region.settings.quotas?.addresses ?? 5}`,
};

export function describeAccountAttributes(
  region: Ec2Region,
  input: DescribeAccountAttributesRequest,
): DescribeAccountAttributesResult {
  const names: readonly string[] = input.AttributeNames ?? Object.keys(readers);
  return {
    AccountAttributes: names.map((name) => {
      const read = readers[name];
      if (read === undefined) {
        throw invalidParameter(`Value (${name}) for parameter attributeName is invalid.`);
      }
      return {
        AttributeName: name,
        AttributeValues: [{ AttributeValue: read(region) }],
      };
    }),
  };
}

const noPools: readonly { readonly tags: Map<string, string> }[] = [];

/** Nobody can bring addresses of their own here: there are no pools, and asking for one is an error. */
export function describePublicIpv4Pools(
  _region: Ec2Region,
  input: DescribePublicIpv4PoolsRequest,
): DescribePublicIpv4PoolsResult {
  const [id] = input.PoolIds ?? [];
  if (id !== undefined) {
    throw ec2Error("InvalidPublicIpv4PoolID.NotFound", `The pool ID '${id}' does not exist`);
  }
  const { MaxResults: maxResults, NextToken: nextToken } = input;
  applyFilters(noPools, input.Filters, {});
  paginate(noPools, { maxResults, nextToken }, { min: 1, max: 10 });
  return { PublicIpv4Pools: [] };
}

export function describeIpamPools(
  _region: Ec2Region,
  input: DescribeIpamPoolsRequest,
): DescribeIpamPoolsResult {
  const [id] = input.IpamPoolIds ?? [];
  if (id !== undefined) {
    throw ec2Error("InvalidIpamPoolId.NotFound", `The ipam-pool ID '${id}' does not exist`);
  }
  const { MaxResults: maxResults, NextToken: nextToken } = input;
  applyFilters(noPools, input.Filters, { "ipam-pool-id": () => undefined });
  paginate(noPools, { maxResults, nextToken });
  return { IpamPools: [] };
}

export function getEbsEncryptionByDefault(region: Ec2Region): GetEbsEncryptionByDefaultResult {
  return { EbsEncryptionByDefault: region.encryptsByDefault };
}

export function enableEbsEncryptionByDefault(region: Ec2Region): GetEbsEncryptionByDefaultResult {
  region.encryptsByDefault = true;
  return getEbsEncryptionByDefault(region);
}

export function disableEbsEncryptionByDefault(region: Ec2Region): GetEbsEncryptionByDefaultResult {
  region.encryptsByDefault = false;
  return getEbsEncryptionByDefault(region);
}

export function getEbsDefaultKmsKeyId(): GetEbsDefaultKmsKeyIdResult {
  return { KmsKeyId: "alias/aws/ebs" };
}
