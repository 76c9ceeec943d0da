import {
  type Adapter,
  inProcess,
  overHttp,
  overMsw,
} from "../fakecloud/aws/conformance/subjects.ts";
import { perSecond, rate } from "./rate.ts";

type Send = (operation: string, input?: object) => Promise<Answer>;

interface Answer {
  readonly Vpc?: { readonly VpcId?: string };
  readonly Subnet?: { readonly SubnetId?: string };
  readonly InternetGateway?: { readonly InternetGatewayId?: string };
  readonly Instances?: readonly { readonly InstanceId?: string }[];
}

/** The real client over each adapter: what a test suite in TypeScript gets. Client and fake share one thread. */
export async function benchmarkAdapters(): Promise<readonly string[]> {
  return [
    ...(await measure("in process", inProcess())),
    ...(await measure("over HTTP", await overHttp())),
    ...(await measure("through msw", overMsw())),
  ];
}

async function measure(name: string, adapter: Adapter): Promise<readonly string[]> {
  const subject = adapter.begin({});
  const send: Send = (operation, input = {}) =>
    subject.send("ec2", operation, input) as Promise<Answer>;
  const times = (count: number, work: () => Promise<unknown>) =>
    rate(count, async () => {
      for (let index = 0; index < count; index += 1) await work();
    });
  try {
    const SubnetId = await makeSubnet(send);
    const launch = (count: number) =>
      send("RunInstances", {
        ImageId: "ami-12c6146b",
        InstanceType: "t3.micro",
        MinCount: count,
        MaxCount: count,
        SubnetId,
      });
    const { Instances = [] } = await launch(1);
    const InstanceIds = [Instances[0]?.InstanceId ?? ""];
    const one = await times(100, () => send("DescribeInstances", { InstanceIds }));
    await launch(99);
    const hundred = await times(10, () => send("DescribeInstances"));
    const run = await times(30, () => launch(1));
    const lives = await times(10, () => vpcLife(send));
    return [
      perSecond(`${name}, DescribeInstances of 1`, one),
      perSecond(`${name}, DescribeInstances of 100`, hundred),
      perSecond(`${name}, RunInstances`, run),
      perSecond(`${name}, VPC build-up and tear-down`, lives),
    ];
  } finally {
    await adapter.close();
  }
}

async function makeSubnet(send: Send): Promise<string> {
  const { Vpc } = await send("CreateVpc", { CidrBlock: "10.0.0.0/16" });
  const { Subnet } = await send("CreateSubnet", { VpcId: Vpc?.VpcId, CidrBlock: "10.0.0.0/18" });
  return Subnet?.SubnetId ?? "";
}

async function vpcLife(send: Send): Promise<void> {
  const { Vpc } = await send("CreateVpc", { CidrBlock: "10.9.0.0/16" });
  const VpcId = Vpc?.VpcId;
  const { Subnet } = await send("CreateSubnet", { VpcId, CidrBlock: "10.9.0.0/24" });
  const { InternetGateway } = await send("CreateInternetGateway");
  const InternetGatewayId = InternetGateway?.InternetGatewayId;
  await send("AttachInternetGateway", { InternetGatewayId, VpcId });
  await send("DetachInternetGateway", { InternetGatewayId, VpcId });
  await send("DeleteInternetGateway", { InternetGatewayId });
  await send("DeleteSubnet", { SubnetId: Subnet?.SubnetId });
  await send("DeleteVpc", { VpcId });
}
