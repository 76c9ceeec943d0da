import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  EC2Client,
  type EC2ClientConfig,
} from "@aws-sdk/client-ec2";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createFakeAws } from "../aws/fake-aws.ts";
import { realClock } from "../kernel/clock.ts";
import { KeyedRandom } from "../kernel/random.ts";
import { type AwsHttpServer, startAwsHttpServer } from "./http-server.ts";
import { mswHandlers } from "./msw-handlers.ts";
import { InProcessRequestHandler } from "./request-handler.ts";

const aws = createFakeAws({ clock: realClock, random: new KeyedRandom("1"), profile: "lenient" });
const msw = setupServer(...mswHandlers((request) => aws.handle(request)));
let server: AwsHttpServer;

beforeAll(async () => {
  server = await startAwsHttpServer({
    handle: (one) => aws.handle(one),
    clock: realClock,
    port: 0,
  });
});
let intercepting = false;
afterEach(() => {
  if (intercepting) msw.close();
  intercepting = false;
});
afterAll(async () => {
  await server.close();
  aws.close();
});

const common = {
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
};
const adapters: readonly (readonly [name: string, config: () => EC2ClientConfig])[] = [
  ["HTTP", () => ({ ...common, endpoint: server.url })],
  [
    "the SDK's request handler",
    () => ({
      ...common,
      requestHandler: new InProcessRequestHandler({ handle: (one) => aws.handle(one) }),
    }),
  ],
  [
    "msw",
    () => {
      msw.listen({ onUnhandledFrame: "error" });
      intercepting = true;
      return common;
    },
  ],
];

test.each(adapters)("a VPC is made, found, refused and deleted over %s", async (_name, config) => {
  const client = new EC2Client({ maxAttempts: 1, ...config() });
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.1.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  const { Vpcs } = await client.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
  expect(Vpcs?.[0]).toMatchObject({ VpcId, CidrBlock: "10.1.0.0/16", State: "available" });
  await client.send(new DeleteVpcCommand({ VpcId }));
  const again = client.send(new DeleteVpcCommand({ VpcId }));
  await expect(again).rejects.toMatchObject({
    name: "InvalidVpcID.NotFound",
    message: `The vpc ID '${VpcId}' does not exist`,
    $metadata: { httpStatusCode: 400 },
  });
});

test("a body that is no form, an unknown host and an unknown service get an error, and the server lives on", async () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(server.url, { method: "POST", body, headers });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const signed = (service: string) => ({
    ...form,
    authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/${service}/aws4_request`,
  });
  const garbage = await post("%%%&&&===", signed("ec2"));
  expect([garbage.status, await garbage.text()]).toEqual([
    400,
    expect.stringContaining("InvalidAction"),
  ]);
  const unknown = await post("Action=X&Version=1", signed("quantum"));
  expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining("quantum")]);
  const alive = await post("Action=DescribeVpcs&Version=2016-11-15", signed("ec2"));
  expect(alive.status).toBe(200);
});
