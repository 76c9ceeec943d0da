import * as ec2 from "@aws-sdk/client-ec2";
import { setupServer } from "msw/node";
import { createFakeAws } from "../fakecloud/aws/fake-aws.ts";
import type { FakeAws } from "../fakecloud/aws/contract.ts";
import { realClock } from "../fakecloud/kernel/clock.ts";
import { KeyedRandom } from "../fakecloud/kernel/random.ts";
import { startAwsHttpServer } from "../fakecloud/wire/http-server.ts";
import { mswHandlers } from "../fakecloud/wire/msw-handlers.ts";
import { InProcessRequestHandler } from "../fakecloud/wire/request-handler.ts";
import { perSecond, rate } from "./rate.ts";

const common = {
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "secret" },
  maxAttempts: 1,
};

/** The real client over each adapter: what a test suite in TypeScript gets. Client and fake share one thread. */
export async function benchmarkAdapters(): Promise<readonly string[]> {
  return [
    ...(await overAdapter("in process", async (aws) => ({
      config: {
        requestHandler: new InProcessRequestHandler({ handle: (one) => aws.handle(one) }),
      },
      close: async () => undefined,
    }))),
    ...(await overAdapter("over HTTP", async (aws) => {
      const server = await startAwsHttpServer({
        handle: (one) => aws.handle(one),
        clock: realClock,
        port: 0,
      });
      return { config: { endpoint: server.url }, close: () => server.close() };
    })),
    ...(await overAdapter("through msw", async (aws) => {
      const msw = setupServer(...mswHandlers((one) => aws.handle(one)));
      msw.listen({ onUnhandledFrame: "error" });
      return { config: {}, close: async () => msw.close() };
    })),
  ];
}

interface Adapter {
  readonly config: ec2.EC2ClientConfig;
  readonly close: () => Promise<void>;
}

async function overAdapter(
  name: string,
  make: (aws: FakeAws) => Promise<Adapter>,
): Promise<readonly string[]> {
  const aws = createFakeAws({
    clock: realClock,
    random: new KeyedRandom("bench"),
    profile: "lenient",
  });
  const adapter = await make(aws);
  const client = new ec2.EC2Client({ ...common, ...adapter.config });
  const times = async (count: number, work: () => Promise<unknown>) =>
    rate(count, async () => {
      for (let index = 0; index < count; index += 1) await work();
    });
  try {
    const { Subnet } = await makeSubnet(client);
    const launch = (count: number) =>
      client.send(
        new ec2.RunInstancesCommand({
          ImageId: "ami-12c6146b",
          InstanceType: "t3.micro",
          MinCount: count,
          MaxCount: count,
          SubnetId: Subnet?.SubnetId,
        }),
      );
    const { Instances = [] } = await launch(1);
    const InstanceIds = [Instances[0]?.InstanceId ?? ""];
    const one = await times(100, () =>
      client.send(new ec2.DescribeInstancesCommand({ InstanceIds })),
    );
    await launch(99);
    const hundred = await times(10, () => client.send(new ec2.DescribeInstancesCommand({})));
    const run = await times(30, () => launch(1));
    const lives = await times(10, () => vpcLife(client));
    return [
      perSecond(`${name}, DescribeInstances of 1`, one),
      perSecond(`${name}, DescribeInstances of 100`, hundred),
      perSecond(`${name}, RunInstances`, run),
      perSecond(`${name}, VPC build-up and tear-down`, lives),
    ];
  } finally {
    client.destroy();
    await adapter.close();
    aws.close();
  }
}

async function makeSubnet(client: ec2.EC2Client) {
  const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const input = { VpcId: Vpc?.VpcId, CidrBlock: "10.0.0.0/18" };
  return client.send(new ec2.CreateSubnetCommand(input));
}

async function vpcLife(client: ec2.EC2Client): Promise<void> {
  const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const VpcId = Vpc?.VpcId;
  const subnet = { VpcId, CidrBlock: "10.9.0.0/24" };
  const { Subnet } = await client.send(new ec2.CreateSubnetCommand(subnet));
  const { InternetGateway } = await client.send(new ec2.CreateInternetGatewayCommand({}));
  const gateway = { InternetGatewayId: InternetGateway?.InternetGatewayId, VpcId };
  await client.send(new ec2.AttachInternetGatewayCommand(gateway));
  await client.send(new ec2.DetachInternetGatewayCommand(gateway));
  await client.send(
    new ec2.DeleteInternetGatewayCommand({ InternetGatewayId: gateway.InternetGatewayId }),
  );
  await client.send(new ec2.DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
  await client.send(new ec2.DeleteVpcCommand({ VpcId }));
}
