import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { HttpRequest } from "@smithy/core/protocols";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Clock, realClock, toDate } from "../../kernel/clock.ts";
import { KeyedRandom } from "../../kernel/random.ts";
import { type AwsHttpServer, startAwsHttpServer } from "../../wire/http-server.ts";
import { createFakeAws } from "../fake-aws.ts";

const administrator = { accessKeyId: "AKIAADMINISTRATOR0", secretAccessKey: "the/secret+of=it" };
let aheadMs = 0;
const clock: Clock = { ...realClock, now: () => realClock.now() + aheadMs };
const aws = createFakeAws({
  clock,
  random: new KeyedRandom("1"),
  profile: "lenient",
  administrator,
});
let server: AwsHttpServer;
beforeAll(async () => {
  server = await startAwsHttpServer({ handle: (one) => aws.handle(one), clock, port: 0 });
});
afterAll(async () => {
  await server.close();
  aws.close();
});

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
const config = (credentials: Keys) => ({
  region: "eu-west-1",
  endpoint: server.url,
  credentials,
  maxAttempts: 1,
});
const wrongSecret = { ...administrator, secretAccessKey: "wrong" };
const unknownKey = { ...administrator, accessKeyId: "AKIANOBODY00000000" };
const s3 = (credentials: Keys) => new S3Client({ ...config(credentials), forcePathStyle: true });

test("signatures of every protocol are right, with odd characters in paths, queries and bodies", async () => {
  const ec2 = new EC2Client(config(administrator));
  await ec2.send(
    new CreateVpcCommand({
      CidrBlock: "10.0.0.0/16",
      TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "a+b c", Value: "ü*~'()!" }] }],
    }),
  );
  await new SecretsManagerClient(config(administrator)).send(new ListSecretsCommand({}));
  await new ElasticLoadBalancingV2Client(config(administrator)).send(
    new DescribeLoadBalancersCommand({}),
  );
  const bucket = { Bucket: "signed" };
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  await s3(administrator).send(new CreateBucketCommand({ ...bucket, CreateBucketConfiguration }));
  const Key = "a b/ü+(1)*'!.txt";
  await s3(administrator).send(new PutObjectCommand({ ...bucket, Key, Body: "x" }));
  const { Body } = await s3(administrator).send(new GetObjectCommand({ ...bucket, Key }));
  expect(await Body?.transformToString()).toBe("x");
});

const refusals: readonly (readonly [string, (keys: Keys) => Promise<unknown>, string, string])[] = [
  [
    "EC2",
    (keys) => new EC2Client(config(keys)).send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" })),
    "AuthFailure",
    "AuthFailure",
  ],
  [
    "STS",
    (keys) => new STSClient(config(keys)).send(new GetCallerIdentityCommand({})),
    "SignatureDoesNotMatch",
    "InvalidClientTokenId",
  ],
  [
    "Secrets Manager",
    (keys) => new SecretsManagerClient(config(keys)).send(new ListSecretsCommand({})),
    "InvalidSignatureException",
    "UnrecognizedClientException",
  ],
  [
    "S3",
    (keys) => s3(keys).send(new GetObjectCommand({ Bucket: "signed", Key: "k" })),
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
  ],
];

test.each(refusals)(
  "%s refuses a wrong secret and an unknown key in its own words",
  async (_name, send, onWrongSecret, onUnknownKey) => {
    await expect(send(wrongSecret)).rejects.toMatchObject({ name: onWrongSecret });
    await expect(send(unknownKey)).rejects.toMatchObject({ name: onUnknownKey });
  },
);

test("a body that was changed on its way, no signature and an old one are refused, and the server lives on", async () => {
  const date = toDate(clock.now())
    .toISOString()
    .replaceAll(/[-:]|\.\d+/g, "");
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-amz-date": date };
  const url = `${server.url}/?Action=GetCallerIdentity&Version=2011-06-15`;
  const unsigned = await fetch(server.url, {
    method: "POST",
    headers: { ...headers, host: "sts.eu-west-1.amazonaws.com" },
    body: "Action=GetCallerIdentity&Version=2011-06-15",
  });
  expect(unsigned.status).toBeGreaterThanOrEqual(400);
  const scope = "20200101/eu-west-1/sts/aws4_request";
  const old = await fetch(url, {
    headers: {
      "x-amz-date": "20200101T000000Z",
      authorization: `AWS4-HMAC-SHA256 Credential=${administrator.accessKeyId}/${scope}, SignedHeaders=host, Signature=00`,
    },
  });
  expect([old.status, await old.text()]).toEqual([
    403,
    expect.stringContaining("Signature expired"),
  ]);
  await new STSClient(config(administrator)).send(new GetCallerIdentityCommand({}));
});

test("a session of a role is known by its token, and not without it", async () => {
  const iam = new IAMClient(config(administrator));
  await iam.send(
    new CreateRoleCommand({
      RoleName: "worker",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::123456789012:root" },
            Action: "sts:AssumeRole",
          },
        ],
      }),
    }),
  );
  const { Credentials } = await new STSClient(config(administrator)).send(
    new AssumeRoleCommand({
      RoleArn: "arn:aws:iam::123456789012:role/worker",
      RoleSessionName: "session",
    }),
  );
  const keys = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
  };
  const whole = { ...keys, sessionToken: Credentials?.SessionToken ?? "" };
  const { Arn } = await new STSClient(config(whole)).send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe("arn:aws:sts::123456789012:assumed-role/worker/session");
  const without = new STSClient(config(keys)).send(new GetCallerIdentityCommand({}));
  await expect(without).rejects.toMatchObject({ name: "InvalidClientTokenId" });
});

interface Presigner {
  presign(request: HttpRequest, options: { readonly expiresIn: number }): Promise<HttpRequest>;
}

/** A presigned URL as the SDK makes it. */
async function presign(path: string, expiresIn: number): Promise<string> {
  const client = s3(administrator);
  const signer = (await client.config.signer()) as unknown as Presigner;
  const { hostname, port, host } = new URL(server.url);
  const request = new HttpRequest({
    protocol: "http:",
    hostname,
    port: Number(port),
    path,
    headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
  });
  const { query } = await signer.presign(request, { expiresIn });
  return `${server.url}${path}?${new URLSearchParams(query as Record<string, string>).toString()}`;
}

test("a presigned URL needs no key, holds for its object only, and for as long as it says", async () => {
  const bucket = { Bucket: "urls" };
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  await s3(administrator).send(new CreateBucketCommand({ ...bucket, CreateBucketConfiguration }));
  await s3(administrator).send(new PutObjectCommand({ ...bucket, Key: "k", Body: "content" }));
  const url = await presign("/urls/k", 60);
  const good = await fetch(url);
  expect([good.status, await good.text()]).toEqual([200, "content"]);
  const other = await fetch(url.replace("/urls/k", "/urls/l"));
  expect([other.status, await other.text()]).toEqual([
    403,
    expect.stringContaining("SignatureDoesNotMatch"),
  ]);
  const nobody = await fetch(`${server.url}/urls/k`);
  expect(nobody.status).not.toBe(200);
  aheadMs = 61_000;
  const late = await fetch(url);
  aheadMs = 0;
  expect([late.status, await late.text()]).toEqual([
    403,
    expect.stringContaining("Request has expired"),
  ]);
});
