import {
  CreateInternetGatewayCommand,
  DescribeImagesCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateRouteCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSubnetCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import * as v2 from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { InProcessRequestHandler } from "../../wire/request-handler.ts";
import type { FakeAws } from "../contract.ts";
import { createFakeAws } from "../fake-aws.ts";

const minuteMs = 60_000;

/** A VPC with a public subnet and one instance that serves on 6443, and the clients to go on with. */
async function world(profile: "faithful" | "lenient" = "faithful") {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random } = kernel;
  const aws: FakeAws = createFakeAws({ clock, random, profile });
  const requestHandler = new InProcessRequestHandler({ handle: (request) => aws.handle(request) });
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
  const config = { region: "eu-west-1", credentials, requestHandler, maxAttempts: 1 };
  const ec2 = new EC2Client(config);
  const elb = new v2.ElasticLoadBalancingV2Client(config);
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  const made = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = made.InternetGateway?.InternetGatewayId ?? "";
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "eu-west-1a" }),
  );
  const SubnetId = Subnet?.SubnetId ?? "";
  const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
  const RouteTableId = RouteTables?.[0]?.RouteTableId;
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId,
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: InternetGatewayId,
    }),
  );
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const GroupId = SecurityGroups?.[0]?.GroupId;
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpProtocol: "tcp",
      FromPort: 6443,
      ToPort: 6443,
      CidrIp: "0.0.0.0/0",
    }),
  );
  return { kernel, aws, ec2, elb, VpcId, SubnetId };
}

type World = Awaited<ReturnType<typeof world>>;

async function launch({ kernel, aws, ec2, SubnetId }: World) {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: await imageOf(ec2),
      InstanceType: "t3.large",
      SubnetId,
      MinCount: 1,
      MaxCount: 1,
    }),
  );
  const instanceId = Instances?.[0]?.InstanceId ?? "";
  await kernel.runFor(minuteMs);
  aws.network.listen(instanceId, 6443, {});
  return instanceId;
}

async function imageOf(ec2: EC2Client) {
  const Filters = [{ Name: "name", Values: ["capa-ami-ubuntu-24.04-v1.34.0-*"] }];
  const { Images } = await ec2.send(new DescribeImagesCommand({ Filters }));
  return Images?.[0]?.ImageId ?? "";
}

async function balance(all: World) {
  const { LoadBalancers: [balancer = {}] = [] } = await all.elb.send(
    new v2.CreateLoadBalancerCommand({ Name: "api", Type: "network", Subnets: [all.SubnetId] }),
  );
  const { LoadBalancerArn = "", DNSName: dnsName = "" } = balancer;
  const TargetGroupArn = await createGroup(all);
  const { Listeners: [listener = {}] = [] } = await all.elb.send(
    new v2.CreateListenerCommand({
      LoadBalancerArn,
      Protocol: "TCP",
      Port: 6443,
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  return { ...listener, LoadBalancerArn, TargetGroupArn, dnsName };
}

async function createGroup({ elb, VpcId }: World): Promise<string> {
  const { TargetGroups } = await elb.send(
    new v2.CreateTargetGroupCommand({ Name: "api", Protocol: "TCP", Port: 6443, VpcId }),
  );
  return TargetGroups?.[0]?.TargetGroupArn ?? "";
}

async function healthOf({ elb }: World, TargetGroupArn: string) {
  const answer = await elb.send(new v2.DescribeTargetHealthCommand({ TargetGroupArn }));
  return (answer.TargetHealthDescriptions ?? []).map(
    ({ TargetHealth }) => TargetHealth?.Reason ?? TargetHealth?.State,
  );
}

test("a network load balancer is provisioned, checks its target and lets traffic from outside through", async () => {
  const all = await world();
  const { kernel, aws, elb } = all;
  const Id = await launch(all);
  const { TargetGroupArn, LoadBalancerArn, dnsName } = await balance(all);
  expect(dnsName).toMatch(/^api-[0-9a-f]{16}\.elb\.eu-west-1\.amazonaws\.com$/);
  const state = async () => {
    const answer = await elb.send(
      new v2.DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] }),
    );
    return answer.LoadBalancers?.[0]?.State?.Code;
  };
  expect(await state()).toBe("provisioning");
  await elb.send(new v2.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  expect(await healthOf(all, TargetGroupArn)).toEqual(["Elb.RegistrationInProgress"]);
  expect(aws.network.canReach({ from: "internet" }, dnsName, 6443).reachable).toBe(false);
  await kernel.runFor(2.2 * minuteMs);
  expect(await healthOf(all, TargetGroupArn)).toEqual(["Elb.InitialHealthChecking"]);
  await kernel.runFor(4 * minuteMs);
  expect(await state()).toBe("active");
  expect(await healthOf(all, TargetGroupArn)).toEqual(["healthy"]);
  const reach = aws.network.canReach({ from: "internet" }, dnsName, 6443);
  expect(reach).toMatchObject({ reachable: true, endpoint: { instanceId: Id } });
});

test("without a listener targets are unused; a deregistered one drains for its delay, then is gone", async () => {
  const all = await world();
  const { kernel, elb } = all;
  const Id = await launch(all);
  const { TargetGroupArn, ListenerArn } = await balance(all);
  await elb.send(new v2.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  await elb.send(new v2.DeleteListenerCommand({ ListenerArn }));
  expect(await healthOf(all, TargetGroupArn)).toEqual(["Target.NotInUse"]);
  const { elb: client } = all;
  await client.send(new v2.DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  expect(await healthOf(all, TargetGroupArn)).toEqual([]);
  await elb.send(new v2.DeleteLoadBalancerCommand({ LoadBalancerArn: "arn:gone" }));
  const again = await balance(all);
  await elb.send(new v2.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  await kernel.runFor(minuteMs);
  await elb.send(new v2.DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  expect(again.TargetGroupArn).toBe(TargetGroupArn);
  expect(await healthOf(all, TargetGroupArn)).toEqual(["Target.DeregistrationInProgress"]);
  await kernel.runFor(5 * minuteMs + 1);
  expect(await healthOf(all, TargetGroupArn)).toEqual([]);
});

test("a stopped target is unused, a terminated one leaves by itself", async () => {
  const all = await world("lenient");
  const { ec2, elb } = all;
  const Id = await launch(all);
  const { TargetGroupArn } = await balance(all);
  await elb.send(new v2.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  expect(await healthOf(all, TargetGroupArn)).toEqual(["healthy"]);
  await ec2.send(new StopInstancesCommand({ InstanceIds: [Id] }));
  expect(await healthOf(all, TargetGroupArn)).toEqual(["Target.InvalidState"]);
  const register = elb.send(new v2.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id }] }));
  await expect(register).rejects.toMatchObject({ name: "InvalidTargetException" });
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [Id] }));
  expect(await healthOf(all, TargetGroupArn)).toEqual([]);
});

test("interfaces outlive their load balancer and hold the subnet meanwhile", async () => {
  const all = await world();
  const { kernel, ec2, elb, SubnetId, aws } = all;
  const before = aws.inventory();
  const { LoadBalancerArn, TargetGroupArn } = await balance(all);
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  const id = LoadBalancerArn.slice(LoadBalancerArn.lastIndexOf("/") + 1);
  expect(NetworkInterfaces?.[0]).toMatchObject({
    Description: `ELB net/api/${id}`,
    RequesterId: "amazon-elb",
    RequesterManaged: true,
  });
  const inUse = elb.send(new v2.DeleteTargetGroupCommand({ TargetGroupArn }));
  await expect(inUse).rejects.toMatchObject({ name: "ResourceInUseException" });
  await elb.send(new v2.DeleteLoadBalancerCommand({ LoadBalancerArn }));
  await elb.send(new v2.DeleteTargetGroupCommand({ TargetGroupArn }));
  const held = ec2.send(new DeleteSubnetCommand({ SubnetId }));
  await expect(held).rejects.toMatchObject({ name: "DependencyViolation" });
  await kernel.runFor(4 * minuteMs);
  expect(aws.inventory()).toEqual(before);
});

test("creating twice with the same settings succeeds, with others it is a duplicate; deletion protection protects", async () => {
  const all = await world();
  const { elb, SubnetId } = all;
  const { LoadBalancerArn } = await balance(all);
  const create = (Scheme: "internal" | "internet-facing") =>
    elb.send(
      new v2.CreateLoadBalancerCommand({
        Name: "api",
        Type: "network",
        Subnets: [SubnetId],
        Scheme,
      }),
    );
  await expect(create("internal")).rejects.toMatchObject({
    name: "DuplicateLoadBalancerNameException",
  });
  const Attributes = [{ Key: "deletion_protection.enabled", Value: "true" }];
  await elb.send(new v2.ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  const removal = elb.send(new v2.DeleteLoadBalancerCommand({ LoadBalancerArn }));
  await expect(removal).rejects.toMatchObject({ name: "OperationNotPermittedException" });
});
