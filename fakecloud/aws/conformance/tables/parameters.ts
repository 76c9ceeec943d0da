import { expect } from "vitest";
import type { Call, ConformanceCase } from "../case.ts";

const api = (operation: string) => `SSM API reference, ${operation}`;
const put = (Name: string, more: object = {}): Call => ({
  call: "ssm:PutParameter",
  input: { Name, Value: "v", Type: "String", ...more },
});

const refused: readonly (readonly [what: string, input: object, says: string])[] = [
  ["a name that begins with aws", { Name: "/aws/mine" }, "can't be prefixed"],
  ["a path without a leading slash", { Name: "a/b" }, "fully qualified name"],
  ["a name with a space", { Name: "/a b" }, "fully qualified name"],
  ["no type", { Type: undefined }, "type is required"],
  ["a standard value of more than 4 KB", { Value: "x".repeat(4097) }, "4096 characters"],
  [
    "an advanced value of more than 8 KB",
    { Value: "x".repeat(8193), Tier: "Advanced" },
    "8192 characters",
  ],
];

export const parameters: readonly ConformanceCase[] = [
  ...refused.map(([what, input, says]) => ({
    title: `a parameter is refused for ${what}`,
    source: api("PutParameter"),
    steps: [{ ...put("/a", input), fails: "Validation", says }],
  })),
  {
    title: "a parameter is put, read and deleted",
    source: `${api("PutParameter")}; ${api("DeleteParameter")}`,
    steps: [
      { ...put("/a/b"), gives: { Version: 1, Tier: "Standard" } },
      {
        call: "ssm:GetParameter",
        input: { Name: "/a/b" },
        gives: {
          Parameter: {
            Name: "/a/b",
            Value: "v",
            Type: "String",
            Version: 1,
            DataType: "text",
            ARN: "arn:aws:ssm:eu-west-1:123456789012:parameter/a/b",
          },
        },
      },
      { call: "ssm:DeleteParameter", input: { Name: "/a/b" } },
      { call: "ssm:GetParameter", input: { Name: "/a/b" }, fails: "ParameterNotFound" },
      { call: "ssm:DeleteParameter", input: { Name: "/a/b" }, fails: "ParameterNotFound" },
    ],
  },
  {
    title: "a parameter that is there is overwritten only on demand, with the next version",
    source: api("PutParameter"),
    steps: [
      put("/a"),
      { ...put("/a"), fails: "ParameterAlreadyExists" },
      { ...put("/a", { Value: "w", Overwrite: true }), gives: { Version: 2 } },
      { call: "ssm:GetParameter", input: { Name: "/a" }, gives: { Parameter: { Value: "w" } } },
      {
        call: "ssm:GetParameter",
        input: { Name: "/a:1" },
        gives: { Parameter: { Value: "v", Selector: ":1" } },
      },
      { call: "ssm:GetParameter", input: { Name: "/a:9" }, fails: "ParameterVersionNotFound" },
    ],
  },
  {
    title: "tags cannot be given while overwriting",
    source: api("PutParameter"),
    steps: [
      put("/a"),
      {
        ...put("/a", { Overwrite: true, Tags: [{ Key: "k", Value: "v" }] }),
        fails: "Validation",
        says: "tags and overwrite can't be used together",
      },
    ],
  },
  {
    title: "a secure string is readable only decrypted",
    source: api("GetParameter"),
    steps: [
      put("/s", { Type: "SecureString", Value: "secret" }),
      {
        call: "ssm:GetParameter",
        input: { Name: "/s" },
        gives: { Parameter: { Value: expect.not.stringContaining("secret") } },
      },
      {
        call: "ssm:GetParameter",
        input: { Name: "/s", WithDecryption: true },
        gives: { Parameter: { Value: "secret", Type: "SecureString" } },
      },
    ],
  },
  {
    title: "several parameters are read at once, unknown ones are named",
    source: api("GetParameters"),
    steps: [
      put("/a"),
      {
        call: "ssm:GetParameters",
        input: { Names: ["/a", "/none"] },
        gives: { Parameters: [{ Name: "/a" }], InvalidParameters: ["/none"] },
      },
    ],
  },
  {
    title: "parameters below a path are its children, or all descendants",
    source: api("GetParametersByPath"),
    steps: [
      put("/p/a"),
      put("/p/b/c"),
      put("/q"),
      {
        call: "ssm:GetParametersByPath",
        input: { Path: "/p" },
        gives: { Parameters: [{ Name: "/p/a" }] },
      },
      {
        call: "ssm:GetParametersByPath",
        input: { Path: "/p", Recursive: true },
        gives: { Parameters: [{ Name: "/p/a" }, { Name: "/p/b/c" }] },
      },
      {
        call: "ssm:GetParametersByPath",
        input: { Path: "/p", Recursive: true, MaxResults: 1 },
        gives: { Parameters: [{ Name: "/p/a" }] },
        as: "page",
      },
      {
        call: "ssm:GetParametersByPath",
        input: { Path: "/p", Recursive: true, MaxResults: 1, NextToken: "{page.NextToken}" },
        gives: { Parameters: [{ Name: "/p/b/c" }] },
      },
    ],
  },
  {
    title: "a pattern that a parameter has is asked of every later value",
    source: `${api("PutParameter")}, AllowedPattern`,
    steps: [
      put("/n", { Value: "1", AllowedPattern: "\\d+" }),
      { ...put("/n", { Value: "x", Overwrite: true }), fails: "ParameterPatternMismatch" },
    ],
  },
  {
    title: "a label stands on one version at a time",
    source: api("LabelParameterVersion"),
    steps: [
      put("/a"),
      put("/a", { Value: "w", Overwrite: true }),
      {
        call: "ssm:LabelParameterVersion",
        input: { Name: "/a", ParameterVersion: 1, Labels: ["live"] },
        gives: { ParameterVersion: 1, InvalidLabels: [] },
      },
      {
        call: "ssm:GetParameter",
        input: { Name: "/a:live" },
        gives: { Parameter: { Value: "v" } },
      },
      { call: "ssm:LabelParameterVersion", input: { Name: "/a", Labels: ["live"] } },
      {
        call: "ssm:GetParameter",
        input: { Name: "/a:live" },
        gives: { Parameter: { Value: "w" } },
      },
    ],
  },
  {
    title: "a parameter has tags",
    source: api("AddTagsToResource"),
    steps: [
      put("/a", { Tags: [{ Key: "k", Value: "v" }] }),
      {
        call: "ssm:AddTagsToResource",
        input: { ResourceType: "Parameter", ResourceId: "/a", Tags: [{ Key: "l", Value: "w" }] },
      },
      {
        call: "ssm:RemoveTagsFromResource",
        input: { ResourceType: "Parameter", ResourceId: "/a", TagKeys: ["k"] },
      },
      {
        call: "ssm:ListTagsForResource",
        input: { ResourceType: "Parameter", ResourceId: "/a" },
        gives: { TagList: [{ Key: "l", Value: "w" }] },
      },
    ],
  },
  {
    title: "parameters are found by the beginning of their names",
    source: api("DescribeParameters"),
    steps: [
      put("/x/1"),
      put("/y/1"),
      {
        call: "ssm:DescribeParameters",
        input: { ParameterFilters: [{ Key: "Name", Option: "BeginsWith", Values: ["/x"] }] },
        gives: { Parameters: [{ Name: "/x/1", Tier: "Standard" }] },
      },
      {
        call: "ssm:DescribeParameters",
        input: { ParameterFilters: [{ Key: "Colour", Values: ["red"] }] },
        fails: "InvalidFilterKey",
        says: "Colour",
      },
    ],
  },
  ...(
    [
      "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
      "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
      "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id",
    ] as const
  ).map((Name) => ({
    title: `the public parameter ${Name} names an image that can be launched`,
    source: "SSM user guide, Public parameters",
    steps: [
      {
        call: "ssm:GetParameter",
        input: { Name },
        gives: { Parameter: { Value: expect.stringMatching(/^ami-[0-9a-f]{17}$/) } },
        as: "ami",
      },
      {
        call: "DescribeImages",
        input: { ImageIds: ["{ami.Parameter.Value}"] },
        gives: { Images: [{ State: "available", Public: true }] },
      },
    ],
  })),
];
