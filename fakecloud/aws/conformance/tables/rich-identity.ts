import { expect } from "vitest";
import type { Call, ConformanceCase, Step } from "../case.ts";

const api = (operation: string) => `IAM API reference, ${operation}`;
const iam = (operation: string, input: object = {}, more: Partial<Call> = {}): Call => ({
  call: `iam:${operation}`,
  input,
  ...more,
});
const statement = (Action: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action, Resource: "*" }],
  });
const trust = (Principal: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
  });
const Tags = [{ Key: "k", Value: "v" }];
const PolicyArn = "{policy.Policy.Arn}";
const makePolicy = iam(
  "CreatePolicy",
  {
    PolicyName: "p",
    Path: "/team/",
    Description: "d",
    PolicyDocument: statement("ec2:DescribeVpcs"),
    Tags,
  },
  { as: "policy" },
);

type Holder = readonly [noun: "Role" | "User", name: object];

const attaching = ([noun, name]: Holder): readonly Step[] => [
  makePolicy,
  iam(`Create${noun}`, {
    ...name,
    Path: "/team/",
    PermissionsBoundary: PolicyArn,
    Tags,
    ...(noun === "Role"
      ? {
          AssumeRolePolicyDocument: trust({ AWS: "123456789012" }),
          Description: "d",
          MaxSessionDuration: 7200,
        }
      : {}),
  }),
  iam(`Attach${noun}Policy`, { ...name, PolicyArn }),
  iam(
    `ListAttached${noun}Policies`,
    { ...name, PathPrefix: "/team/", MaxItems: 5 },
    {
      gives: { AttachedPolicies: [{ PolicyName: "p" }] },
    },
  ),
  iam(
    `ListAttached${noun}Policies`,
    { ...name, PathPrefix: "/other/" },
    {
      gives: { AttachedPolicies: [] },
    },
  ),
  iam(
    "ListEntitiesForPolicy",
    { PolicyArn, EntityFilter: noun, PathPrefix: "/team/" },
    {
      gives: { [`Policy${noun}s`]: [name] },
    },
  ),
  iam(
    "ListEntitiesForPolicy",
    { PolicyArn, PolicyUsageFilter: "PermissionsBoundary", MaxItems: 5 },
    { gives: { [`Policy${noun}s`]: [name] } },
  ),
  iam("DeletePolicy", { PolicyArn }, { fails: "DeleteConflict" }),
];

const holding = ([noun, name]: Holder): readonly Step[] => [
  iam(`Put${noun}Policy`, {
    ...name,
    PolicyName: "inline",
    PolicyDocument: statement("ec2:DescribeSubnets"),
  }),
  iam(
    `Get${noun}Policy`,
    { ...name, PolicyName: "inline" },
    {
      gives: { PolicyName: "inline", PolicyDocument: expect.stringContaining("DescribeSubnets") },
    },
  ),
  iam(`List${noun}Policies`, { ...name, MaxItems: 5 }, { gives: { PolicyNames: ["inline"] } }),
  iam(`Tag${noun}`, {
    ...name,
    Tags: [
      { Key: "k", Value: "w" },
      { Key: "l", Value: "x" },
    ],
  }),
  iam(`Untag${noun}`, { ...name, TagKeys: ["l"] }),
  iam(
    `List${noun}Tags`,
    { ...name, MaxItems: 5 },
    {
      gives: { Tags: [{ Key: "k", Value: "w" }] },
    },
  ),
  iam(`List${noun}s`, { PathPrefix: "/team/", MaxItems: 5 }, { gives: { [`${noun}s`]: [name] } }),
  iam(`Delete${noun}`, name, { fails: "DeleteConflict" }),
  iam(`Delete${noun}Policy`, { ...name, PolicyName: "inline" }),
  iam(`Delete${noun}Policy`, { ...name, PolicyName: "inline" }, { fails: "NoSuchEntity" }),
  iam(`Detach${noun}Policy`, { ...name, PolicyArn }),
  iam(`Delete${noun}`, name),
];

/** Roles and users hold policies and tags in the same way. */
const holderLives = (
  [
    ["Role", { RoleName: "r" }],
    ["User", { UserName: "u" }],
  ] as const
).map((holder): ConformanceCase => ({
  title: `a ${holder[0].toLowerCase()} holds attached and inline policies and tags, and gives them up`,
  source: api(`Attach${holder[0]}Policy`),
  steps: [...attaching(holder), ...holding(holder)],
}));

export const richIdentity: readonly ConformanceCase[] = [
  ...holderLives,
  {
    title: "a role is described anew and trusts somebody else",
    source: api("UpdateAssumeRolePolicy"),
    steps: [
      iam("CreateRole", {
        RoleName: "r",
        AssumeRolePolicyDocument: trust({ AWS: "123456789012" }),
      }),
      iam("UpdateRole", { RoleName: "r", Description: "new", MaxSessionDuration: 7200 }),
      iam("UpdateAssumeRolePolicy", {
        RoleName: "r",
        PolicyDocument: trust({ Service: "ec2.amazonaws.com" }),
      }),
      iam(
        "GetRole",
        { RoleName: "r" },
        {
          gives: {
            Role: {
              Description: "new",
              MaxSessionDuration: 7200,
              AssumeRolePolicyDocument: expect.stringContaining("ec2.amazonaws.com"),
            },
          },
        },
      ),
    ],
  },
  {
    title: "a managed policy has up to five versions, one of them in force",
    source: api("CreatePolicyVersion"),
    steps: [
      makePolicy,
      iam("CreatePolicyVersion", {
        PolicyArn,
        PolicyDocument: statement("ec2:*"),
        SetAsDefault: true,
      }),
      iam("GetPolicy", { PolicyArn }, { gives: { Policy: { DefaultVersionId: "v2" } } }),
      iam(
        "GetPolicyVersion",
        { PolicyArn, VersionId: "v1" },
        {
          gives: { PolicyVersion: { IsDefaultVersion: false } },
        },
      ),
      iam("SetDefaultPolicyVersion", { PolicyArn, VersionId: "v1" }),
      iam("DeletePolicyVersion", { PolicyArn, VersionId: "v2" }),
      iam(
        "ListPolicyVersions",
        { PolicyArn, MaxItems: 5 },
        {
          gives: { Versions: [{ VersionId: "v1" }] },
        },
      ),
      iam("TagPolicy", { PolicyArn, Tags }),
      iam("ListPolicyTags", { PolicyArn, MaxItems: 5 }, { gives: { Tags } }),
      iam("UntagPolicy", { PolicyArn, TagKeys: ["k"] }),
      iam(
        "ListPolicies",
        { Scope: "Local", PathPrefix: "/team/", OnlyAttached: false, MaxItems: 5 },
        { gives: { Policies: [{ PolicyName: "p" }] } },
      ),
      iam(
        "ListPolicies",
        { PolicyUsageFilter: "PermissionsBoundary" },
        { gives: { Policies: [] } },
      ),
      iam("DeletePolicy", { PolicyArn }),
    ],
  },
  {
    title: "an instance profile holds one role",
    source: api("AddRoleToInstanceProfile"),
    steps: [
      iam("CreateRole", {
        RoleName: "r",
        AssumeRolePolicyDocument: trust({ AWS: "123456789012" }),
      }),
      iam("CreateInstanceProfile", { InstanceProfileName: "i", Path: "/team/", Tags }),
      iam("AddRoleToInstanceProfile", { InstanceProfileName: "i", RoleName: "r" }),
      iam(
        "GetInstanceProfile",
        { InstanceProfileName: "i" },
        {
          gives: { InstanceProfile: { Roles: [{ RoleName: "r" }] } },
        },
      ),
      iam(
        "ListInstanceProfilesForRole",
        { RoleName: "r", MaxItems: 5 },
        {
          gives: { InstanceProfiles: [{ InstanceProfileName: "i" }] },
        },
      ),
      iam(
        "ListInstanceProfiles",
        { PathPrefix: "/team/", MaxItems: 5 },
        {
          gives: { InstanceProfiles: [{ InstanceProfileName: "i" }] },
        },
      ),
      iam("TagInstanceProfile", { InstanceProfileName: "i", Tags }),
      iam(
        "ListInstanceProfileTags",
        { InstanceProfileName: "i", MaxItems: 5 },
        { gives: { Tags } },
      ),
      iam("UntagInstanceProfile", { InstanceProfileName: "i", TagKeys: ["k"] }),
      iam("DeleteInstanceProfile", { InstanceProfileName: "i" }, { fails: "DeleteConflict" }),
      iam("RemoveRoleFromInstanceProfile", { InstanceProfileName: "i", RoleName: "r" }),
      iam("DeleteInstanceProfile", { InstanceProfileName: "i" }),
    ],
  },
  {
    title: "a user has at most two access keys, which can be put to sleep",
    source: api("CreateAccessKey"),
    steps: [
      iam("CreateUser", { UserName: "u" }),
      iam("GetUser", { UserName: "u" }, { gives: { User: { UserName: "u" } } }),
      iam("CreateAccessKey", { UserName: "u" }, { as: "key" }),
      iam("UpdateAccessKey", {
        UserName: "u",
        AccessKeyId: "{key.AccessKey.AccessKeyId}",
        Status: "Inactive",
      }),
      iam(
        "ListAccessKeys",
        { UserName: "u", MaxItems: 5 },
        {
          gives: { AccessKeyMetadata: [{ Status: "Inactive" }] },
        },
      ),
      {
        call: "sts:GetAccessKeyInfo",
        input: { AccessKeyId: "{key.AccessKey.AccessKeyId}" },
        gives: { Account: "123456789012" },
      },
      iam("ListGroupsForUser", { UserName: "u", MaxItems: 5 }, { gives: { Groups: [] } }),
      iam("ListAccountAliases", { MaxItems: 5 }, { gives: { AccountAliases: [] } }),
      iam("DeleteAccessKey", { UserName: "u", AccessKeyId: "{key.AccessKey.AccessKeyId}" }),
    ],
  },
  {
    title: "an identity provider is made, tagged and deleted",
    source: api("CreateOpenIDConnectProvider"),
    steps: [
      iam(
        "CreateOpenIDConnectProvider",
        {
          Url: "https://oidc.example.com/id/1",
          ClientIDList: ["sts.amazonaws.com"],
          ThumbprintList: ["0".repeat(40)],
          Tags,
        },
        { as: "oidc" },
      ),
      iam(
        "GetOpenIDConnectProvider",
        { OpenIDConnectProviderArn: "{oidc.OpenIDConnectProviderArn}" },
        { gives: { ClientIDList: ["sts.amazonaws.com"], Tags } },
      ),
      iam("TagOpenIDConnectProvider", {
        OpenIDConnectProviderArn: "{oidc.OpenIDConnectProviderArn}",
        Tags: [{ Key: "l", Value: "w" }],
      }),
      iam("UntagOpenIDConnectProvider", {
        OpenIDConnectProviderArn: "{oidc.OpenIDConnectProviderArn}",
        TagKeys: ["k"],
      }),
      iam(
        "ListOpenIDConnectProviderTags",
        { OpenIDConnectProviderArn: "{oidc.OpenIDConnectProviderArn}", MaxItems: 5 },
        { gives: { Tags: [{ Key: "l", Value: "w" }] } },
      ),
      iam("DeleteOpenIDConnectProvider", {
        OpenIDConnectProviderArn: "{oidc.OpenIDConnectProviderArn}",
      }),
    ],
  },
  {
    title: "a role of a service stands under a path of its own",
    source: api("CreateServiceLinkedRole"),
    steps: [
      iam(
        "CreateServiceLinkedRole",
        { AWSServiceName: "autoscaling.amazonaws.com", Description: "d", CustomSuffix: "x" },
        { gives: { Role: { RoleName: "AWSServiceRoleForAutoscaling_x", Description: "d" } } },
      ),
    ],
  },
  {
    title: "a role that trusts the account is assumed for a session of its own length",
    source: "STS API reference, AssumeRole",
    steps: [
      iam(
        "CreateRole",
        { RoleName: "r", AssumeRolePolicyDocument: trust({ AWS: "123456789012" }) },
        { as: "role" },
      ),
      {
        call: "sts:AssumeRole",
        input: {
          RoleArn: "{role.Role.Arn}",
          RoleSessionName: "session",
          DurationSeconds: 900,
          ExternalId: "e1",
          Policy: statement("ec2:DescribeVpcs"),
        },
        gives: { Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/) } },
      },
      {
        call: "sts:AssumeRoleWithWebIdentity",
        input: {
          RoleArn: "{role.Role.Arn}",
          RoleSessionName: "session",
          WebIdentityToken: "not.a.token",
          DurationSeconds: 900,
        },
        fails: "InvalidIdentityToken",
      },
      { call: "sts:GetSessionToken", input: { DurationSeconds: 900 } },
    ],
  },
];
