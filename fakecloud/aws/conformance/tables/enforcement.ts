import { expect } from "vitest";
import type { Call, ConformanceCase, Step } from "../case.ts";

const guide = "IAM user guide, Policy evaluation logic";
const statements = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource: "*",
  ...more,
});
const trust = statements({
  Effect: "Allow",
  Principal: { AWS: "123456789012" },
  Action: "sts:AssumeRole",
});
/** A role with one inline policy, and a session of it. */
const sessionWith = (PolicyDocument: string, more: object = {}): readonly Step[] => [
  {
    call: "iam:CreateRole",
    input: { RoleName: "r", AssumeRolePolicyDocument: trust },
    as: "role",
  },
  { call: "iam:PutRolePolicy", input: { RoleName: "r", PolicyName: "p", PolicyDocument } },
  {
    call: "sts:AssumeRole",
    input: { RoleArn: "{role.Role.Arn}", RoleSessionName: "session", ...more },
    as: "session",
  },
];
const by = "session.Credentials";
const as = (call: string, input: object = {}, more: Partial<Call> = {}): Call => ({
  call,
  input,
  by,
  ...more,
});
const who = "User: arn:aws:sts::123456789012:assumed-role/r/session";
const makeVpc: Step = { call: "CreateVpc", input: { CidrBlock: "10.0.0.0/16" }, as: "vpc" };
const VpcId = "{vpc.Vpc.VpcId}";
const tagged = (ResourceType: string, Key: string, Value: string) => [
  { ResourceType, Tags: [{ Key, Value }] },
];
const unauthorized = { fails: "UnauthorizedOperation", status: 403 };

export const enforcement: readonly ConformanceCase[] = [
  {
    title: "EC2 refuses what no policy allows with an encoded message, before anything is checked",
    source: guide,
    enforced: true,
    steps: [
      ...sessionWith(statements(allow("ec2:DescribeVpcs"))),
      as("DescribeVpcs"),
      as(
        "DescribeSubnets",
        {},
        {
          ...unauthorized,
          says: `${who} is not authorized to perform: ec2:DescribeSubnets because no identity-based policy allows the ec2:DescribeSubnets action. Encoded authorization failure message: `,
        },
      ),
      as(
        "CreateVpc",
        { CidrBlock: "none" },
        {
          ...unauthorized,
          says: "on resource: arn:aws:ec2:eu-west-1:123456789012:vpc/*",
        },
      ),
      as("CreateVpc", { CidrBlock: "10.0.0.0/16", DryRun: true }, unauthorized),
      as("DescribeVpcs", { DryRun: true }, { fails: "DryRunOperation", status: 412 }),
      { call: "DescribeSubnets" },
    ],
  },
  {
    title: "an explicit denial wins over every permission",
    source: guide,
    enforced: true,
    steps: [
      makeVpc,
      ...sessionWith(
        statements(allow("ec2:*"), { Effect: "Deny", Action: "ec2:DeleteVpc", Resource: "*" }),
      ),
      as(
        "DeleteVpc",
        { VpcId },
        {
          ...unauthorized,
          says: "with an explicit deny in an identity-based policy",
        },
      ),
    ],
  },
  {
    title: "a policy may name resources, their tags and the tags of the request",
    source: "EC2 user guide, Example policies",
    enforced: true,
    steps: [
      {
        call: "CreateVpc",
        input: { CidrBlock: "10.0.0.0/16", TagSpecifications: tagged("vpc", "owner", "me") },
        as: "mine",
      },
      makeVpc,
      ...sessionWith(
        statements(
          allow("ec2:DeleteVpc", {
            Resource: "arn:aws:ec2:*:*:vpc/*",
            Condition: { StringEquals: { "aws:ResourceTag/owner": "me" } },
          }),
          allow("ec2:CreateVpc", {
            Condition: { StringEquals: { "aws:RequestTag/owner": "me" } },
          }),
          allow("ec2:CreateTags", {
            Condition: { StringEquals: { "ec2:CreateAction": "CreateVpc" } },
          }),
        ),
      ),
      as("DeleteVpc", { VpcId }, unauthorized),
      as("DeleteVpc", { VpcId: "{mine.Vpc.VpcId}" }),
      as("CreateVpc", { CidrBlock: "10.1.0.0/16" }, unauthorized),
      as("CreateVpc", {
        CidrBlock: "10.1.0.0/16",
        TagSpecifications: tagged("vpc", "owner", "me"),
      }),
      as("CreateTags", { Resources: [VpcId], Tags: [{ Key: "owner", Value: "me" }] }, unauthorized),
    ],
  },
  {
    title: "a launch with an instance profile needs the permission to pass its role on",
    source: "IAM user guide, Granting a user permissions to pass a role",
    enforced: true,
    steps: [
      makeVpc,
      { call: "CreateSubnet", input: { VpcId, CidrBlock: "10.0.0.0/24" }, as: "subnet" },
      { call: "iam:CreateRole", input: { RoleName: "nodes", AssumeRolePolicyDocument: trust } },
      { call: "iam:CreateInstanceProfile", input: { InstanceProfileName: "profile" } },
      {
        call: "iam:AddRoleToInstanceProfile",
        input: { InstanceProfileName: "profile", RoleName: "nodes" },
      },
      ...sessionWith(statements(allow("ec2:*"))),
      as(
        "RunInstances",
        {
          ImageId: "ami-12c6146b",
          MinCount: 1,
          MaxCount: 1,
          SubnetId: "{subnet.Subnet.SubnetId}",
          IamInstanceProfile: { Name: "profile" },
        },
        {
          ...unauthorized,
          says: "iam:PassRole on resource: arn:aws:iam::123456789012:role/nodes",
        },
      ),
    ],
  },
  {
    title: "a session may do no more than its own policy and the boundary of its role allow",
    source: guide,
    enforced: true,
    steps: [
      ...sessionWith(statements(allow("ec2:*")), {
        Policy: statements(allow("ec2:DescribeVpcs")),
      }),
      as("DescribeVpcs"),
      as(
        "DescribeSubnets",
        {},
        {
          ...unauthorized,
          says: "because no session policy allows the ec2:DescribeSubnets action",
        },
      ),
    ],
  },
  {
    title: "other services refuse in their own words",
    source: "IAM user guide, Troubleshoot access denied error messages",
    enforced: true,
    steps: [
      ...sessionWith(statements(allow("s3:GetObject"))),
      as(
        "elb:DescribeLoadBalancers",
        {},
        {
          fails: "AccessDenied",
          status: 403,
          says: `${who} is not authorized to perform: elasticloadbalancing:DescribeLoadBalancers`,
        },
      ),
      as(
        "iam:GetRole",
        { RoleName: "r" },
        {
          fails: "AccessDenied",
          status: 403,
          says: "iam:GetRole on resource: arn:aws:iam::123456789012:role/r",
        },
      ),
      as(
        "secretsmanager:GetSecretValue",
        { SecretId: "s" },
        { fails: "AccessDenied", status: 400 },
      ),
      as(
        "ssm:GetParameter",
        { Name: "p" },
        {
          fails: "AccessDenied",
          status: 400,
          says: "ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/p",
        },
      ),
      as("tagging:GetResources", {}, { fails: "AccessDenied", status: 400 }),
      as(
        "sts:GetCallerIdentity",
        {},
        {
          gives: { Arn: "arn:aws:sts::123456789012:assumed-role/r/session" },
        },
      ),
    ],
  },
  {
    title: "a bucket is open to whom a policy of either side lets in",
    source: "S3 user guide, How Amazon S3 authorizes a request",
    enforced: true,
    steps: [
      {
        call: "s3:CreateBucket",
        input: {
          Bucket: "seatrial-enforced",
          CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
        },
      },
      { call: "s3:PutObject", input: { Bucket: "seatrial-enforced", Key: "k", Body: "v" } },
      ...sessionWith(statements(allow("s3:GetObject"))),
      as("s3:GetObject", { Bucket: "seatrial-enforced", Key: "k" }),
      as(
        "s3:PutObject",
        { Bucket: "seatrial-enforced", Key: "k", Body: "w" },
        {
          fails: "AccessDenied",
          status: 403,
          says: `${who} is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::seatrial-enforced/k" because no identity-based policy allows the s3:PutObject action`,
        },
      ),
      {
        call: "s3:PutBucketPolicy",
        input: {
          Bucket: "seatrial-enforced",
          Policy: statements({
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::123456789012:role/r" },
            Action: "s3:PutObject",
            Resource: "arn:aws:s3:::seatrial-enforced/*",
          }),
        },
      },
      as("s3:PutObject", { Bucket: "seatrial-enforced", Key: "k", Body: "w" }),
    ],
  },
  {
    title: "an encoded authorization message can be decoded, and nothing else",
    source: "STS API reference, DecodeAuthorizationMessage",
    steps: [
      {
        call: "sts:DecodeAuthorizationMessage",
        input: {
          EncodedMessage: Buffer.from('{"allowed":false,"explicitDeny":true}').toString(
            "base64url",
          ),
        },
        gives: { DecodedMessage: expect.stringContaining('"explicitDeny":true') },
      },
      {
        call: "sts:DecodeAuthorizationMessage",
        input: { EncodedMessage: "nonsense" },
        fails: "InvalidAuthorizationMessageException",
      },
    ],
  },
];
