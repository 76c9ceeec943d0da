import type { ConformanceCase, Step } from "../case.ts";

const filterSource = "EC2 user guide, List and filter using the CLI and API";
const pageSource = "EC2 API reference, Pagination (MaxResults)";

const lists = [
  "DescribeVpcs",
  "DescribeSubnets",
  "DescribeInternetGateways",
  "DescribeRouteTables",
  "DescribeSecurityGroups",
  "DescribeInstances",
  "DescribeNetworkInterfaces",
  "DescribeVolumes",
  "DescribeNetworkAcls",
  "DescribeDhcpOptions",
  "DescribeAddresses",
  "DescribeImages",
  "DescribeInstanceTypes",
  "DescribeTags",
] as const;

const unknownFilters: readonly ConformanceCase[] = lists.map((call) => ({
  title: `${call} names a filter that does not exist`,
  source: filterSource,
  steps: [
    {
      call,
      input: { Filters: [{ Name: "no-such-filter", Values: ["x"] }] },
      fails: "InvalidParameterValue",
      says: "The filter 'no-such-filter' is invalid",
    },
  ],
}));

const paginated = [
  ["DescribeVpcs", 4, 1001],
  ["DescribeSubnets", 4, 1001],
  ["DescribeInternetGateways", 4, 1001],
  ["DescribeRouteTables", 4, 101],
  ["DescribeSecurityGroups", 4, 1001],
  ["DescribeInstances", 4, 1001],
  ["DescribeNetworkInterfaces", 4, 1001],
  ["DescribeNetworkAcls", 4, 1001],
  ["DescribeDhcpOptions", 4, 1001],
  ["DescribeNatGateways", 4, 1001],
  ["DescribeEgressOnlyInternetGateways", 4, 256],
  ["DescribeInstanceTypes", 4, 101],
] as const;

const pageLimits: readonly ConformanceCase[] = paginated.flatMap(([call, below, above]) =>
  [below, above].map((MaxResults) => ({
    title: `${call} refuses MaxResults of ${MaxResults}`,
    source: pageSource,
    steps: [{ call, input: { MaxResults }, fails: "InvalidParameterValue", says: `${MaxResults}` }],
  })),
);

const badTokens: readonly ConformanceCase[] = [
  "DescribeVpcs",
  "DescribeInstances",
  "DescribeSubnets",
].map((call) => ({
  title: `${call} refuses a token that it did not give`,
  source: pageSource,
  steps: [{ call, input: { NextToken: "made-up", MaxResults: 5 }, fails: "InvalidNextToken" }],
}));

const vpc = (Name: string, CidrBlock: string): Step => ({
  call: "CreateVpc",
  input: {
    CidrBlock,
    TagSpecifications: [
      {
        ResourceType: "vpc",
        Tags: [
          { Key: "Name", Value: Name },
          { Key: "team", Value: "Red" },
        ],
      },
    ],
  },
  as: Name.replaceAll(/\W/g, ""),
});

const named = (Name: string, Values: string[], expected: readonly string[]): Step => ({
  call: "DescribeVpcs",
  input: {
    Filters: [
      { Name, Values },
      { Name: "is-default", Values: ["false"] },
    ],
  },
  gives: { Vpcs: expected.map((VpcId) => ({ VpcId: `{${VpcId}.Vpc.VpcId}` })) },
});

const setUp = [vpc("one", "10.0.0.0/16"), vpc("two", "10.1.0.0/16"), vpc("on*", "10.2.0.0/16")];

const wildcards: readonly (readonly [string, string, string[], string[]])[] = [
  ["a star stands for any text", "tag:Name", ["o*"], ["one", "on"]],
  ["a question mark stands for one character", "tag:Name", ["tw?"], ["two"]],
  ["a backslash takes a star literally", "tag:Name", ["on\\*"], ["on"]],
  ["values are case-sensitive", "tag:team", ["red"], []],
  ["values are alternatives", "tag:Name", ["one", "two"], ["one", "two"]],
  ["a tag key can be asked for alone", "tag-key", ["team"], ["one", "two", "on"]],
  ["a block is a filter", "cidr", ["10.1.0.0/16"], ["two"]],
  ["a filter that nothing matches gives an empty list", "tag:Name", ["three"], []],
  ["an id is a filter too, and an unknown one no error", "vpc-id", ["vpc-0123456789abcdef0"], []],
];

const filterCases: readonly ConformanceCase[] = wildcards.map(
  ([title, name, values, expected]) => ({
    title: `filters: ${title}`,
    source: filterSource,
    steps: [...setUp, named(name, values, expected)],
  }),
);

export const filtersAndPages: readonly ConformanceCase[] = [
  ...unknownFilters,
  ...pageLimits,
  ...badTokens,
  ...filterCases,
  {
    title: "filters: different names must all match",
    source: filterSource,
    steps: [
      ...setUp,
      {
        call: "DescribeVpcs",
        input: {
          Filters: [
            { Name: "tag:Name", Values: ["o*"] },
            { Name: "cidr", Values: ["10.2.*"] },
          ],
        },
        gives: { Vpcs: [{ VpcId: "{on.Vpc.VpcId}" }] },
      },
    ],
  },
  {
    title: "instances cannot be asked for by id and by page",
    source: "EC2 API reference, DescribeInstances: MaxResults",
    steps: [
      {
        call: "DescribeInstances",
        input: { InstanceIds: ["i-0123456789abcdef0"], MaxResults: 5 },
        fails: "InvalidParameterCombination",
      },
    ],
  },
];
