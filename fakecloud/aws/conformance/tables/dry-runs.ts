import type { ConformanceCase } from "../case.ts";

const source = "EC2 API reference, Common query parameters: DryRun";

const calls: readonly (readonly [string, object])[] = [
  ["CreateVpc", { CidrBlock: "10.0.0.0/16" }],
  ["CreateInternetGateway", {}],
  ["AllocateAddress", {}],
  ["DescribeVpcs", {}],
  ["DescribeInstances", {}],
  ["RunInstances", { ImageId: "ami-0123456789abcdef0", MinCount: 1, MaxCount: 1 }],
  ["CreateKeyPair", { KeyName: "k" }],
  ["CreateVolume", { AvailabilityZone: "eu-west-1a", Size: 1 }],
];

export const dryRuns: readonly ConformanceCase[] = calls.map(([call, input]) => ({
  title: `${call} with DryRun changes nothing and says that it would have succeeded`,
  source,
  steps: [
    {
      call,
      input: { ...input, DryRun: true },
      fails: "DryRunOperation",
      says: "Request would have succeeded, but DryRun flag is set.",
      status: 412,
    },
    {
      call: "DescribeVpcs",
      input: { Filters: [{ Name: "is-default", Values: ["false"] }] },
      gives: { Vpcs: [] },
    },
    { call: "DescribeInstances", gives: { Reservations: [] } },
    { call: "DescribeAddresses", gives: { Addresses: [] } },
  ],
}));
