import { expect, test } from "vitest";
import { Kernel } from "../kernel/kernel.ts";
import type { Origin } from "../network/contract.ts";
import { InProcessRequestHandler } from "../wire/request-handler.ts";
import { senderFor } from "./conformance/subjects.ts";
import { createFakeAws } from "./fake-aws.ts";

const internet: Origin = { from: "internet" };
const port = 6443;
const world = { FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const IpPermissions = [{ IpProtocol: "tcp", ...world }];

/** The parts of answers that are read here. */
interface Answers {
  readonly GroupId: string;
  readonly Instances: [{ readonly InstanceId: string }];
  readonly InternetGateway: { readonly InternetGatewayId: string };
  readonly Listeners: [{ readonly ListenerArn: string }];
  readonly LoadBalancers: [{ readonly LoadBalancerArn: string; readonly DNSName: string }];
  readonly NetworkAcls: [{ readonly NetworkAclId: string }];
  readonly RouteTables: [{ readonly RouteTableId: string }];
  readonly Subnet: { readonly SubnetId: string };
  readonly TargetGroups: [{ readonly TargetGroupArn: string }];
  readonly Vpc: { readonly VpcId: string };
}

type Send = (call: string, input?: object) => Promise<Answers>;

function makeWorld() {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random } = kernel;
  const aws = createFakeAws({ clock, random, profile: "lenient" });
  const handle: typeof aws.handle = (request) => aws.handle(request);
  const sender = senderFor({ requestHandler: new InProcessRequestHandler({ handle }) });
  const send: Send = (call, input = {}) => {
    const [service = "", operation = ""] = call.split(":");
    return sender(service, operation, input) as Promise<Answers>;
  };
  return { kernel, aws, send };
}

/** A VPC with a public subnet and a group that lets the world in. */
async function makeNetwork(send: Send) {
  const { VpcId } = (await send("ec2:CreateVpc", { CidrBlock: "10.0.0.0/16" })).Vpc;
  const { InternetGatewayId } = (await send("ec2:CreateInternetGateway")).InternetGateway;
  await send("ec2:AttachInternetGateway", { InternetGatewayId, VpcId });
  const { SubnetId } = (await send("ec2:CreateSubnet", { VpcId, CidrBlock: "10.0.0.0/24" })).Subnet;
  const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
  const [{ RouteTableId }] = (await send("ec2:DescribeRouteTables", { Filters })).RouteTables;
  const [{ NetworkAclId }] = (await send("ec2:DescribeNetworkAcls", { Filters })).NetworkAcls;
  const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: InternetGatewayId };
  await send("ec2:CreateRoute", route);
  const group = { VpcId, GroupName: "api", Description: "api" };
  const { GroupId } = await send("ec2:CreateSecurityGroup", group);
  await send("ec2:AuthorizeSecurityGroupIngress", { GroupId, IpPermissions });
  return { VpcId, SubnetId, route, GroupId, NetworkAclId };
}

/** An instance in that subnet and a network load balancer before it, all of it made by calls. */
async function makeSite() {
  const { kernel, aws, send } = makeWorld();
  const network = await makeNetwork(send);
  const { VpcId, SubnetId, GroupId } = network;
  const place = { DeviceIndex: 0, SubnetId, Groups: [GroupId], AssociatePublicIpAddress: true };
  const launch = { ImageId: "ami-12c6146b", InstanceType: "t3.large", MinCount: 1, MaxCount: 1 };
  const { Instances } = await send("ec2:RunInstances", { ...launch, NetworkInterfaces: [place] });
  const [{ InstanceId: Id }] = Instances;
  aws.network.listen(Id, port, {});
  const balancer = { Name: "api", Type: "network", Subnets: [SubnetId] };
  const [{ LoadBalancerArn, DNSName }] = (await send("elbv2:CreateLoadBalancer", balancer))
    .LoadBalancers;
  const group = { Name: "api", Protocol: "TCP", Port: port, VpcId };
  const [{ TargetGroupArn }] = (await send("elbv2:CreateTargetGroup", group)).TargetGroups;
  const DefaultActions = [{ Type: "forward", TargetGroupArn }];
  const listener = { LoadBalancerArn, Protocol: "TCP", Port: port, DefaultActions };
  const [{ ListenerArn }] = (await send("elbv2:CreateListener", listener)).Listeners;
  const target = { TargetGroupArn, Targets: [{ Id }] };
  await send("elbv2:RegisterTargets", target);
  await kernel.runFor(300_000);
  const publicIp = aws.instance(Id)?.publicIp ?? "";
  return { ...network, kernel, aws, send, publicIp, DNSName, target, listener, ListenerArn };
}

type Site = Awaited<ReturnType<typeof makeSite>>;

interface Case {
  readonly title: string;
  /** Where the connection goes: to the instance itself, or through its load balancer. */
  readonly to: "instance" | "load balancer";
  readonly code: string;
  readonly says: RegExp;
  readonly break: (site: Site) => Promise<unknown>;
  readonly mend: (site: Site) => Promise<unknown>;
}

const denial = { RuleNumber: 1, Egress: false, Protocol: "6", CidrBlock: "0.0.0.0/0" };

const cases: readonly Case[] = [
  {
    title: "a route that was deleted",
    to: "instance",
    code: "NoRoute",
    says: /route table rtb-\w+ of subnet-\w+ has no route/,
    break: ({ send, route }) => send("ec2:DeleteRoute", route),
    mend: ({ send, route }) => send("ec2:CreateRoute", route),
  },
  {
    title: "a network ACL entry that denies",
    to: "instance",
    code: "NetworkAclIngress",
    says: /network ACL acl-\w+ of subnet-\w+ does not allow inbound tcp 6443/,
    break: ({ send, NetworkAclId }) =>
      send("ec2:CreateNetworkAclEntry", {
        NetworkAclId,
        ...denial,
        RuleAction: "deny",
        PortRange: { From: port, To: port },
      }),
    mend: ({ send, NetworkAclId }) =>
      send("ec2:DeleteNetworkAclEntry", { NetworkAclId, RuleNumber: 1, Egress: false }),
  },
  {
    title: "a rule of a security group that was revoked",
    to: "instance",
    code: "SecurityGroupIngress",
    says: /no inbound rule of sg-\w+ \(api\) at instance i-\w+ allows tcp 6443/,
    break: ({ send, GroupId }) =>
      send("ec2:RevokeSecurityGroupIngress", { GroupId, IpPermissions }),
    mend: ({ send, GroupId }) =>
      send("ec2:AuthorizeSecurityGroupIngress", { GroupId, IpPermissions }),
  },
  {
    title: "a target that was deregistered",
    to: "load balancer",
    code: "NoTargets",
    says: /target/,
    break: ({ send, target }) => send("elbv2:DeregisterTargets", target),
    mend: ({ send, target }) => send("elbv2:RegisterTargets", target),
  },
  {
    title: "a listener that was deleted",
    to: "load balancer",
    code: "NoListener",
    says: /6443/,
    break: ({ send, ListenerArn }) => send("elbv2:DeleteListener", { ListenerArn }),
    mend: ({ send, listener }) => send("elbv2:CreateListener", listener),
  },
];

// What each call of a mend undoes is what its twin broke: connections work before, fail with the explanation, and work again.
test.each(cases)(
  "$title stops a connection, is explained, and is mended by a call",
  async (one) => {
    const site = await makeSite();
    const host = one.to === "instance" ? site.publicIp : site.DNSName;
    const reach = () => site.aws.network.canReach(internet, host, port);
    expect(reach()).toMatchObject({ reachable: true });
    await one.break(site);
    await site.kernel.runFor(600_000);
    expect(reach()).toMatchObject({
      reachable: false,
      obstacle: { code: one.code, message: expect.stringMatching(one.says) },
    });
    await one.mend(site);
    await site.kernel.runFor(600_000);
    expect(reach()).toMatchObject({ reachable: true });
    site.aws.close();
  },
);
