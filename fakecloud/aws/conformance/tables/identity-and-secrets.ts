import { expect } from "vitest";
import type { ConformanceCase } from "../case.ts";

const sts = "STS API reference, GetCallerIdentity";
const sm = (operation: string) => `Secrets Manager API reference, ${operation}`;

export const identityAndSecrets: readonly ConformanceCase[] = [
  {
    title: "a caller learns its account and ARN",
    source: sts,
    steps: [
      {
        call: "sts:GetCallerIdentity",
        gives: { Account: "123456789012", Arn: expect.stringMatching(/^arn:aws:/) },
      },
    ],
  },
  {
    title: "a secret is made, read and deleted at once",
    source: sm("CreateSecret"),
    steps: [
      { call: "secretsmanager:CreateSecret", input: { Name: "s", SecretString: "v" } },
      {
        call: "secretsmanager:GetSecretValue",
        input: { SecretId: "s" },
        gives: { SecretString: "v", VersionStages: ["AWSCURRENT"] },
      },
      {
        call: "secretsmanager:CreateSecret",
        input: { Name: "s", SecretString: "w" },
        fails: "ResourceExists",
      },
      {
        call: "secretsmanager:DeleteSecret",
        input: { SecretId: "s", ForceDeleteWithoutRecovery: true },
      },
      {
        call: "secretsmanager:GetSecretValue",
        input: { SecretId: "s" },
        fails: "ResourceNotFound",
      },
    ],
  },
  {
    title: "a secret that waits for its deletion keeps its name",
    source: sm("DeleteSecret"),
    steps: [
      { call: "secretsmanager:CreateSecret", input: { Name: "s", SecretString: "v" } },
      { call: "secretsmanager:DeleteSecret", input: { SecretId: "s" } },
      { call: "secretsmanager:GetSecretValue", input: { SecretId: "s" }, fails: "InvalidRequest" },
      {
        call: "secretsmanager:CreateSecret",
        input: { Name: "s", SecretString: "v" },
        fails: "InvalidRequest",
      },
    ],
  },
  {
    title: "a role that is not there is NoSuchEntity with status 404",
    source: "IAM API reference, GetRole",
    steps: [
      { call: "iam:GetRole", input: { RoleName: "nobody" }, fails: "NoSuchEntity", status: 404 },
    ],
  },
];
