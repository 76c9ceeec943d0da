import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { mswHandlers } from "@seatrial/fakecloud/wire/msw-handlers.ts";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, test } from "vitest";

const { clock, random } = new Kernel({ seed: "1" });
const aws = createFakeAws({ clock, random, profile: "lenient" });
const server = setupServer(...mswHandlers((request) => aws.handle(request)));
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterAll(() => server.close());

test("code that builds its own client makes a VPC, and then hears that it may make no other", async () => {
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const client = new EC2Client({ region: "eu-west-1", credentials, maxAttempts: 1 });
  await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  expect(aws.inventory().filter((line) => line.startsWith("vpc/"))).toHaveLength(1);
  aws.faults.inject({ call: { cloud: "CreateVpc" }, do: { fail: "VpcLimitExceeded" } });
  const second = client.send(new CreateVpcCommand({ CidrBlock: "10.1.0.0/16" }));
  await expect(second).rejects.toThrow("VpcLimitExceeded");
});
