import type { ConformanceCase } from "../case.ts";
import { makeVpc } from "./vpc-family.ts";

const id = "{vpc.Vpc.VpcId}";
const source = "EC2 user guide, Tag restrictions";
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "v" }));

const refused: readonly (readonly [string, object[], string])[] = [
  ["a reserved key", [{ Key: "aws:mine", Value: "x" }], "InvalidParameterValue"],
  ["a key of 129 characters", [{ Key: "k".repeat(129), Value: "x" }], "InvalidParameterValue"],
  ["a value of 257 characters", [{ Key: "k", Value: "x".repeat(257) }], "InvalidParameterValue"],
  ["51 tags", many(51), "TagLimitExceeded"],
  [
    "one key twice",
    [
      { Key: "k", Value: "1" },
      { Key: "k", Value: "2" },
    ],
    "InvalidParameterValue",
  ],
];

export const tags: readonly ConformanceCase[] = [
  ...refused.map(([what, Tags, fails]) => ({
    title: `${what} cannot be put on a resource`,
    source,
    steps: [makeVpc, { call: "CreateTags", input: { Resources: [id], Tags }, fails }],
  })),
  {
    title: "fifty tags fit, and existing ones are replaced",
    source,
    steps: [
      makeVpc,
      { call: "CreateTags", input: { Resources: [id], Tags: many(50) } },
      { call: "CreateTags", input: { Resources: [id], Tags: [{ Key: "k0", Value: "new" }] } },
      {
        call: "DescribeTags",
        input: { Filters: [{ Name: "key", Values: ["k0"] }] },
        gives: { Tags: [{ ResourceId: id, ResourceType: "vpc", Key: "k0", Value: "new" }] },
      },
    ],
  },
  {
    title: "a tag is deleted by key, and with a value only if it matches",
    source: "EC2 API reference, DeleteTags",
    steps: [
      makeVpc,
      { call: "CreateTags", input: { Resources: [id], Tags: many(2) } },
      { call: "DeleteTags", input: { Resources: [id], Tags: [{ Key: "k0", Value: "other" }] } },
      {
        call: "DescribeTags",
        input: { Filters: [{ Name: "resource-id", Values: [id] }] },
        gives: { Tags: [{ Key: "k0" }, { Key: "k1" }] },
      },
      { call: "DeleteTags", input: { Resources: [id], Tags: [{ Key: "k0" }] } },
      {
        call: "DescribeTags",
        input: { Filters: [{ Name: "resource-id", Values: [id] }] },
        gives: { Tags: [{ Key: "k1" }] },
      },
    ],
  },
  {
    title: "tags survive odd characters and empty values",
    source,
    steps: [
      makeVpc,
      {
        call: "CreateTags",
        input: {
          Resources: [id],
          Tags: [
            { Key: "a&b <ü>", Value: "" },
            { Key: "c", Value: '"é" \u{1F680}' },
          ],
        },
      },
      {
        call: "DescribeVpcs",
        input: { VpcIds: [id] },
        gives: {
          Vpcs: [
            {
              Tags: [
                { Key: "a&b <ü>", Value: "" },
                { Key: "c", Value: '"é" \u{1F680}' },
              ],
            },
          ],
        },
      },
    ],
  },
  {
    title: "one unknown resource among several tags none",
    source: "EC2 API reference, CreateTags",
    steps: [
      makeVpc,
      {
        call: "CreateTags",
        input: { Resources: [id, "vpc-0123456789abcdef0"], Tags: many(1) },
        fails: "InvalidVpcID.NotFound",
      },
      { call: "DescribeVpcs", input: { VpcIds: [id] }, gives: { Vpcs: [{ Tags: [] }] } },
    ],
  },
  {
    title: "tags of a creating call must be of what it creates",
    source: "EC2 API reference, TagSpecification",
    steps: [
      {
        call: "CreateVpc",
        input: {
          CidrBlock: "10.0.0.0/16",
          TagSpecifications: [{ ResourceType: "subnet", Tags: many(1) }],
        },
        fails: "InvalidParameterValue",
        says: "is not a valid taggable resource type for this operation",
      },
    ],
  },
];
