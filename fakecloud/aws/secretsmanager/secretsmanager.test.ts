import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import type { AwsError } from "../aws-error.ts";
import { secretsManagerHandlers as handlers } from "./handlers.ts";
import { SecretStore } from "./secret-store.ts";

function start() {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random } = kernel;
  const store = new SecretStore({ accountId: "123456789012", region: "eu-west-1", clock, random });
  return { kernel, store };
}

function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as AwsError).code}: ${(error as AwsError).message}`;
  }
  throw new Error("the call succeeded");
}

const Name = "aws.cluster.x-k8s.io/3f1c-0";
const token = "11111111-2222-4333-8444-555555555555";

test("a chunk of user data comes back byte for byte, by name and by ARN", () => {
  const { store } = start();
  const SecretBinary = Uint8Array.from([31, 139, 0, 255, 10]);
  const { ARN = "" } = handlers.CreateSecret(store, { Name, SecretBinary });
  expect(ARN).toMatch(
    /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:aws\.cluster\.x-k8s\.io\/3f1c-0-[0-9a-f]{6}$/,
  );
  for (const SecretId of [Name, ARN, ARN.slice(0, -7)]) {
    expect(handlers.GetSecretValue(store, { SecretId }).SecretBinary).toEqual(SecretBinary);
  }
});

test("a repeated creation succeeds with the same token and content only", () => {
  const { store } = start();
  const input = { Name, SecretString: "a", ClientRequestToken: token };
  const first = handlers.CreateSecret(store, input);
  expect(handlers.CreateSecret(store, input)).toEqual(first);
  const exists = `ResourceExistsException: The operation failed because the secret ${Name} already exists.`;
  expect(failure(() => handlers.CreateSecret(store, { ...input, SecretString: "b" }))).toBe(exists);
  expect(failure(() => handlers.CreateSecret(store, { Name, SecretString: "a" }))).toBe(exists);
});

test("forced deletion frees the name at once and minds no absence", () => {
  const { store } = start();
  handlers.CreateSecret(store, { Name, SecretString: "a" });
  const forced = { SecretId: Name, ForceDeleteWithoutRecovery: true };
  handlers.DeleteSecret(store, forced);
  handlers.DeleteSecret(store, forced);
  expect(failure(() => handlers.GetSecretValue(store, { SecretId: Name }))).toBe(
    "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
  );
  handlers.CreateSecret(store, { Name, SecretString: "b" });
  expect(handlers.GetSecretValue(store, { SecretId: Name }).SecretString).toBe("b");
});

test("a deletion with a recovery window keeps the name until the window is over, or the secret is restored", async () => {
  const { kernel, store } = start();
  handlers.CreateSecret(store, { Name, SecretString: "a" });
  handlers.DeleteSecret(store, { SecretId: Name, RecoveryWindowInDays: 7 });
  expect(failure(() => handlers.GetSecretValue(store, { SecretId: Name }))).toContain(
    "InvalidRequestException: You can't perform this operation",
  );
  expect(failure(() => handlers.CreateSecret(store, { Name }))).toContain(
    "already scheduled for deletion",
  );
  handlers.RestoreSecret(store, { SecretId: Name });
  expect(handlers.GetSecretValue(store, { SecretId: Name }).SecretString).toBe("a");
  handlers.DeleteSecret(store, { SecretId: Name, RecoveryWindowInDays: 7 });
  await kernel.runFor(7 * 86_400_000);
  handlers.CreateSecret(store, { Name, SecretString: "c" });
  expect(handlers.GetSecretValue(store, { SecretId: Name }).SecretString).toBe("c");
});

test("values of more than 65,536 bytes are refused", () => {
  const { store } = start();
  const create = (length: number) =>
    handlers.CreateSecret(store, { Name, SecretBinary: new Uint8Array(length) });
  expect(failure(() => create(65_537))).toContain("InvalidParameterException");
  expect(create(65_536).Name).toBe(Name);
});

test("a new value moves the current stage and keeps the previous one", () => {
  const { store } = start();
  const SecretId = Name;
  handlers.CreateSecret(store, { Name, SecretString: "one" });
  const { VersionId: second = "" } = handlers.PutSecretValue(store, {
    SecretId,
    SecretString: "two",
  });
  const value = (VersionStage: string) =>
    handlers.GetSecretValue(store, { SecretId, VersionStage }).SecretString;
  expect([value("AWSCURRENT"), value("AWSPREVIOUS")]).toEqual(["two", "one"]);
  handlers.PutSecretValue(store, { SecretId, SecretString: "three" });
  expect([value("AWSCURRENT"), value("AWSPREVIOUS")]).toEqual(["three", "two"]);
  expect(handlers.DescribeSecret(store, { SecretId }).VersionIdsToStages?.[second]).toEqual([
    "AWSPREVIOUS",
  ]);
  expect(
    handlers.ListSecretVersionIds(store, { SecretId, IncludeDeprecated: true }).Versions,
  ).toHaveLength(3);
  expect(handlers.ListSecretVersionIds(store, { SecretId }).Versions).toHaveLength(2);
});

test("secrets are listed in pages and found by tag", () => {
  const { store } = start();
  for (const name of ["a", "b", "c"]) {
    handlers.CreateSecret(store, {
      Name: name,
      SecretString: name,
      Tags: [{ Key: "k", Value: name }],
    });
  }
  const first = handlers.ListSecrets(store, { MaxResults: 2 });
  expect(first.SecretList?.map((secret) => secret.Name)).toEqual(["a", "b"]);
  const second = handlers.ListSecrets(store, { MaxResults: 2, NextToken: first.NextToken });
  expect(second.SecretList?.map((secret) => secret.Name)).toEqual(["c"]);
  const Filters = [{ Key: "tag-value" as const, Values: ["b"] }];
  expect(handlers.ListSecrets(store, { Filters }).SecretList?.map((one) => one.Name)).toEqual([
    "b",
  ]);
});

test("a filter that nobody knows is an error that names it", () => {
  const { store } = start();
  handlers.CreateSecret(store, { Name, SecretString: "a" });
  const Filters = [{ Key: "colour" as "name", Values: ["b"] }];
  expect(failure(() => handlers.ListSecrets(store, { Filters }))).toContain("'colour'");
});
