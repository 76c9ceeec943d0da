import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFakeAws } from "../../aws/fake-aws.ts";
import { realClock } from "../../kernel/clock.ts";
import { KeyedRandom } from "../../kernel/random.ts";
import { type AwsHttpServer, startAwsHttpServer } from "../http-server.ts";

const run = promisify(execFile);
const aws = createFakeAws({ clock: realClock, random: new KeyedRandom("1"), profile: "lenient" });
let server: AwsHttpServer;

beforeAll(async () => {
  server = await startAwsHttpServer({
    handle: (request) => aws.handle(request),
    clock: realClock,
    port: 0,
  });
});
afterAll(async () => {
  await server.close();
  aws.close();
});

async function isThere(command: string, ...args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

const hasBoto3 = await isThere("python3", "-c", "import boto3");
const hasAwsCli = await isThere("aws", "--version");

// Left out where Python has no boto3 package: CI installs it.
test.skipIf(!hasBoto3)(
  "boto3 lives a whole life and leaves nothing",
  async () => {
    const script = fileURLToPath(new URL("boto3-life.py", import.meta.url));
    const { stdout } = await run("python3", [script, server.url]);
    expect(JSON.parse(stdout)).toEqual({
      account: "123456789012",
      name: "<n> & ü",
      classic: true,
      health: "healthy",
      secret: [0, 255],
      failures: ["NoSuchEntity", "DependencyViolation", "DryRunOperation", "InvalidVpcID.NotFound"],
    });
    expect(aws.inventory()).toEqual([]);
  },
  60_000,
);

// Left out where there is no AWS CLI: CI installs it.
test.skipIf(!hasAwsCli)(
  "the AWS CLI makes, finds and deletes a VPC",
  async () => {
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_PAGER: "",
    };
    const cli = async (...args: string[]) => (await run("aws", args, { env })).stdout.trim();
    const text = ["--output", "text"];
    const query = ["--query", "Vpc.VpcId", ...text];
    const vpcId = await cli("ec2", "create-vpc", "--cidr-block", "10.0.0.0/16", ...query);
    const filter = ["--filters", `Name=vpc-id,Values=${vpcId}`, "--query", "Vpcs[0].State"];
    expect(await cli("ec2", "describe-vpcs", ...filter, ...text)).toBe("available");
    await cli("ec2", "delete-vpc", "--vpc-id", vpcId);
    const again = cli("ec2", "delete-vpc", "--vpc-id", vpcId);
    await expect(again).rejects.toThrow("InvalidVpcID.NotFound");
    expect(aws.inventory()).toEqual([]);
  },
  60_000,
);
