import * as ec2 from "@aws-sdk/client-ec2";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { Kernel } from "../kernel/kernel.ts";
import type { Origin } from "../network/contract.ts";
import { InProcessRequestHandler } from "../wire/request-handler.ts";
import { createFakeAws } from "./fake-aws.ts";

const internet: Origin = { from: "internet" };
const port = 6443;
const world = { FromPort: port, ToPort: port, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const IpPermissions = [{ IpProtocol: "tcp", ...world }];

function makeClients() {
  const kernel = new Kernel({ seed: "1" });
  const { clock, random } = kernel;
  const aws = createFakeAws({ clock, random, profile: "lenient" });
  const handle: typeof aws.handle = (request) => aws.handle(request);
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "any" };
  const requestHandler = new InProcessRequestHandler({ handle });
  const config = { region: "eu-west-1", credentials, requestHandler, maxAttempts: 1 };
  const cloud = new ec2.EC2Client(config);
  return { kernel, aws, cloud, balancing: new elbv2.ElasticLoadBalancingV2Client(config) };
}

/** A VPC with a public subnet and a group that lets the world in. */
async function makeNetwork(cloud: ec2.EC2Client) {
  const { Vpc } = await cloud.send(new ec2.CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const VpcId = Vpc?.VpcId ?? "";
  const { InternetGateway } = await cloud.send(new ec2.CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? "";
  await cloud.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId, VpcId }));
  const subnet = { VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "eu-west-1a" };
  const { Subnet } = await cloud.send(new ec2.CreateSubnetCommand(subnet));
  const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
  const { RouteTables } = await cloud.send(new ec2.DescribeRouteTablesCommand({ Filters }));
  const { NetworkAcls } = await cloud.send(new ec2.DescribeNetworkAclsCommand({ Filters }));
  const RouteTableId = RouteTables?.[0]?.RouteTableId ?? "";
  const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: InternetGatewayId };
  await cloud.send(new ec2.CreateRouteCommand(route));
  const { GroupId = "" } = await cloud.send(
    new ec2.CreateSecurityGroupCommand({ VpcId, GroupName: "api", Description: "api" }),
  );
  await cloud.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const NetworkAclId = NetworkAcls?.[0]?.NetworkAclId ?? "";
  return { VpcId, SubnetId: Subnet?.SubnetId ?? "", route, GroupId, NetworkAclId };
}

/** An instance in that subnet and a network load balancer before it, all of it made by calls. */
async function makeSite() {
  const { kernel, aws, cloud, balancing } = makeClients();
  const network = await makeNetwork(cloud);
  const { VpcId, SubnetId, GroupId } = network;
  const place = { DeviceIndex: 0, SubnetId, Groups: [GroupId], AssociatePublicIpAddress: true };
  const { Instances } = await cloud.send(
    new ec2.RunInstancesCommand({
      ImageId: "ami-12c6146b",
      InstanceType: "t3.large",
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [place],
    }),
  );
  const InstanceId = Instances?.[0]?.InstanceId ?? "";
  aws.network.listen(InstanceId, port, {});
  const { LoadBalancers } = await balancing.send(
    new elbv2.CreateLoadBalancerCommand({ Name: "api", Type: "network", Subnets: [SubnetId] }),
  );
  const { LoadBalancerArn = "", DNSName = "" } = LoadBalancers?.[0] ?? {};
  const { TargetGroups } = await balancing.send(
    new elbv2.CreateTargetGroupCommand({ Name: "api", Protocol: "TCP", Port: port, VpcId }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
  const DefaultActions = [{ Type: "forward" as const, TargetGroupArn }];
  const listener = { LoadBalancerArn, Protocol: "TCP" as const, Port: port, DefaultActions };
  const { Listeners } = await balancing.send(new elbv2.CreateListenerCommand(listener));
  const target = { TargetGroupArn, Targets: [{ Id: InstanceId }] };
  await balancing.send(new elbv2.RegisterTargetsCommand(target));
  await kernel.runFor(300_000);
  const publicIp = aws.instance(InstanceId)?.publicIp ?? "";
  const listenerArn = Listeners?.[0]?.ListenerArn ?? "";
  return {
    ...network,
    kernel,
    aws,
    cloud,
    balancing,
    publicIp,
    DNSName,
    target,
    listener,
    listenerArn,
  };
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
    break: ({ cloud, route }) => cloud.send(new ec2.DeleteRouteCommand(route)),
    mend: ({ cloud, route }) => cloud.send(new ec2.CreateRouteCommand(route)),
  },
  {
    title: "a network ACL entry that denies",
    to: "instance",
    code: "NetworkAclIngress",
    says: /network ACL acl-\w+ of subnet-\w+ does not allow inbound tcp 6443/,
    break: ({ cloud, NetworkAclId }) =>
      cloud.send(
        new ec2.CreateNetworkAclEntryCommand({
          NetworkAclId,
          ...denial,
          RuleAction: "deny",
          PortRange: { From: port, To: port },
        }),
      ),
    mend: ({ cloud, NetworkAclId }) =>
      cloud.send(
        new ec2.DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber: 1, Egress: false }),
      ),
  },
  {
    title: "a rule of a security group that was revoked",
    to: "instance",
    code: "SecurityGroupIngress",
    says: /no inbound rule of sg-\w+ \(api\) at instance i-\w+ allows tcp 6443/,
    break: ({ cloud, GroupId }) =>
      cloud.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
    mend: ({ cloud, GroupId }) =>
      cloud.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
  },
  {
    title: "a target that was deregistered",
    to: "load balancer",
    code: "NoTargets",
    says: /target/,
    break: ({ balancing, target }) => balancing.send(new elbv2.DeregisterTargetsCommand(target)),
    mend: ({ balancing, target }) => balancing.send(new elbv2.RegisterTargetsCommand(target)),
  },
  {
    title: "a listener that was deleted",
    to: "load balancer",
    code: "NoListener",
    says: /6443/,
    break: ({ balancing, listenerArn: ListenerArn }) =>
      balancing.send(new elbv2.DeleteListenerCommand({ ListenerArn })),
    mend: ({ balancing, listener }) => balancing.send(new elbv2.CreateListenerCommand(listener)),
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
