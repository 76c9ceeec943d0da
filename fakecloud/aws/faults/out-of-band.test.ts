import {
  DescribeImagesCommand,
  DescribeInstanceStatusCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
} from "@aws-sdk/client-ec2";
import * as classic from "@aws-sdk/client-elastic-load-balancing";
import * as v2 from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { codeOf, FaultWorld, minuteMs } from "./fault-world.ts";

const spot = { InstanceMarketOptions: { MarketType: "spot" } } as const;

async function stateOf(world: FaultWorld, id: string): Promise<string | undefined> {
  return (await world.see(id))?.State?.Name;
}

test("instances that fit are terminated: all, the oldest, the newest or one by the seed", async () => {
  const world = await FaultWorld.create();
  const ids: string[] = [];
  for (const name of ["md-0-a", "md-0-b", "md-0-c", "md-0-d"]) ids.push(await world.running(name));
  const alive = async () => {
    const states = await Promise.all(ids.map((id) => stateOf(world, id)));
    return states.flatMap((state, index) => (state === "running" ? [index] : []));
  };
  world.inject({ do: { terminateInstance: { instance: "md-0-*", pick: "oldest" } } });
  expect(await alive()).toEqual([1, 2, 3]);
  world.inject({ do: { terminateInstance: { instance: "md-0-*", pick: "newest" } } });
  expect(await alive()).toEqual([1, 2]);
  world.inject({ do: { terminateInstance: { instance: "md-0-*", pick: "random" } } });
  expect(await alive()).toHaveLength(1);
  world.inject({ do: { terminateInstance: "md-0-*" } });
  expect(await alive()).toEqual([]);
  expect(() => world.inject({ do: { terminateInstance: "md-0-*" } })).toThrow(
    "do.terminateInstance.instance: no running instance is called md-0-*",
  );
});

test("an instance that somebody stops is stopped a while later", async () => {
  const world = await FaultWorld.create();
  const id = await world.running("md-0");
  world.inject({ do: { stopInstance: id } });
  expect(await stateOf(world, id)).toBe("stopping");
  await world.kernel.runFor(minuteMs);
  expect(await stateOf(world, id)).toBe("stopped");
});

test("a spot instance is taken back after its notice, unless the interruption is removed", async () => {
  const world = await FaultWorld.create();
  const id = await world.running("md-0", "a", spot);
  await world.running("md-1");
  expect(() => world.inject({ do: { spotInterruption: "md-1" } })).toThrow("no spot instance");
  const called = world.inject({ do: { spotInterruption: "*" } });
  expect(world.aws.faults.remove(called)).toBe(true);
  await world.kernel.runFor(3 * minuteMs);
  expect(await stateOf(world, id)).toBe("running");
  world.inject({ do: { spotInterruption: "*" } });
  await world.kernel.runFor(119_000);
  expect(await stateOf(world, id)).toBe("running");
  await world.kernel.runFor(2 * minuteMs);
  expect(await world.see(id)).toMatchObject({
    State: { Name: "terminated" },
    StateReason: { Code: "Server.SpotInstanceTermination" },
  });
});

test("maintenance is announced with its time, and then carried out", async () => {
  const world = await FaultWorld.create();
  const id = await world.running("md-0");
  const asked = new DescribeInstanceStatusCommand({ InstanceIds: [id] });
  const events = async () => (await world.ec2.send(asked)).InstanceStatuses?.[0]?.Events;
  world.inject({ do: { maintenance: { instance: "md-0", in: "30m" } } });
  const due = world.kernel.clock.now() + 30 * minuteMs;
  expect(await events()).toMatchObject([{ Code: "instance-retirement", NotBefore: new Date(due) }]);
  expect(await stateOf(world, id)).toBe("running");
  await world.kernel.runFor(31 * minuteMs);
  expect(await stateOf(world, id)).toBe("stopped");
  expect(await events()).toBeUndefined();
});

test("a removed rule is gone from its group, and the network closes", async () => {
  const world = await FaultWorld.create();
  const { aws } = world;
  const id = await world.running("cp-0", "a", { NetworkInterfaces: undefined });
  aws.network.listen(id, 6443, {});
  const origin = { from: "subnet", subnetId: world.subnets.get("b") ?? "" } as const;
  const reach = () => aws.network.canReach(origin, aws.instance(id)!.privateIp, 6443);
  expect(reach().reachable).toBe(true);
  world.inject({ do: { removeRule: { group: world.groupId, port: 6443 } } });
  expect(reach()).toMatchObject({ obstacle: { code: "SecurityGroupIngress" } });
  const asked = new DescribeSecurityGroupsCommand({ GroupIds: [world.groupId] });
  const { SecurityGroups } = await world.ec2.send(asked);
  expect(SecurityGroups?.[0]?.IpPermissions?.some(({ FromPort }) => FromPort === 6443)).toBe(false);
  expect(() => world.inject({ do: { removeRule: "no-such-group" } })).toThrow("no inbound rule");
});

test("a removed route is gone from its table", async () => {
  const world = await FaultWorld.create();
  world.inject({ do: { removeRoute: world.routeTableId } });
  const asked = new DescribeRouteTablesCommand({ RouteTableIds: [world.routeTableId] });
  const { RouteTables } = await world.ec2.send(asked);
  const destinations = RouteTables?.[0]?.Routes?.map((route) => route.DestinationCidrBlock);
  expect(destinations).toEqual(["10.0.0.0/16"]);
  expect(() => world.inject({ do: { removeRoute: world.routeTableId } })).toThrow(
    "there is no route 0.0.0.0/0 in a table called",
  );
});

test("a deregistered target is out of its load balancer, classic and new", async () => {
  const world = await FaultWorld.create();
  const id = await world.running("cp-0");
  const elb = new classic.ElasticLoadBalancingClient(world.config);
  const LoadBalancerName = "old";
  await elb.send(
    new classic.CreateLoadBalancerCommand({
      LoadBalancerName,
      Listeners: [{ Protocol: "TCP", LoadBalancerPort: 6443, InstancePort: 6443 }],
      Subnets: [world.subnets.get("a") ?? ""],
    }),
  );
  const Instances = [{ InstanceId: id }];
  const registration = { LoadBalancerName, Instances };
  await elb.send(new classic.RegisterInstancesWithLoadBalancerCommand(registration));
  const elbv2 = new v2.ElasticLoadBalancingV2Client(world.config);
  const { LoadBalancers: [made] = [] } = await elbv2.send(
    new v2.CreateLoadBalancerCommand({
      Name: "new",
      Type: "network",
      Subnets: [world.subnets.get("a") ?? ""],
    }),
  );
  const { TargetGroups: [group] = [] } = await elbv2.send(
    new v2.CreateTargetGroupCommand({
      Name: "tg",
      Protocol: "TCP",
      Port: 6443,
      VpcId: world.vpcId,
    }),
  );
  const { TargetGroupArn } = group!;
  await elbv2.send(
    new v2.CreateListenerCommand({
      LoadBalancerArn: made!.LoadBalancerArn,
      Protocol: "TCP",
      Port: 6443,
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  await elbv2.send(new v2.RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: id }] }));
  world.inject({ do: { deregisterTarget: { loadBalancer: "*", instance: "cp-*" } } });
  const health = new classic.DescribeInstanceHealthCommand({ LoadBalancerName });
  expect((await elb.send(health)).InstanceStates).toEqual([]);
  const targets = await elbv2.send(new v2.DescribeTargetHealthCommand({ TargetGroupArn }));
  const states = targets.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State);
  expect(states).toEqual(["draining"]);
});

test("stripped tags, withdrawn images and detached gateways are gone on the wire", async () => {
  const world = await FaultWorld.create();
  const { ec2 } = world;
  const id = await world.running("md-0");
  const { VolumeId } = (await world.see(id))!.BlockDeviceMappings![0]!.Ebs!;
  world.inject({ do: { stripTags: { resource: "md-0", key: "Na*" } } });
  expect((await world.see(id))?.Tags ?? []).toEqual([]);
  expect(() => world.inject({ do: { stripTags: { resource: "md-0" } } })).toThrow("has a tag");
  world.inject({ do: { deregisterImage: "capa-ami-ubuntu-24.04-v1.34.0-*" } });
  const image = (await world.see(id))!.ImageId!;
  expect(await codeOf(ec2.send(new DescribeImagesCommand({ ImageIds: [image] })))).toBe(
    "InvalidAMIID.NotFound",
  );
  expect(await codeOf(world.launch("md-1", "a", { ImageId: image }))).toBe("InvalidAMIID.NotFound");
  world.inject({ do: { detach: world.gatewayId } });
  const gateways = new DescribeInternetGatewaysCommand({ InternetGatewayIds: [world.gatewayId] });
  expect((await ec2.send(gateways)).InternetGateways?.[0]?.Attachments ?? []).toEqual([]);
  world.inject({ do: { detach: VolumeId ?? "" } });
  await world.kernel.runFor(minuteMs);
  const volumes = new DescribeVolumesCommand({ VolumeIds: [VolumeId ?? ""] });
  expect((await ec2.send(volumes)).Volumes?.[0]?.State).toBe("available");
});

test("what is done by hand is in the trace as a call of somebody at the console", async () => {
  const world = await FaultWorld.create();
  world.inject({ do: { removeRoute: world.routeTableId } });
  expect(world.kernel.trace.records.at(-1)).toMatchObject({
    kind: "cloud.call",
    actor: "user/somebody-at-the-console",
    verb: "DeleteRoute",
    object: world.routeTableId,
  });
});
