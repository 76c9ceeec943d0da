import {
  AllocateAddressCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVpcsCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import * as elb from "@aws-sdk/client-elastic-load-balancing";
import { CreateInstanceProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { codeOf, FaultWorld, minuteMs } from "./fault-world.ts";

const vpcs = new DescribeVpcsCommand({});

/** A classic load balancer in zone a with one instance that serves on 6443. */
async function balance(world: FaultWorld) {
  const client = new elb.ElasticLoadBalancingClient(world.config);
  const { DNSName: dnsName = "" } = await client.send(
    new elb.CreateLoadBalancerCommand({
      LoadBalancerName: "api",
      Listeners: [{ Protocol: "TCP", LoadBalancerPort: 6443, InstancePort: 6443 }],
      Subnets: [world.subnets.get("a") ?? "", world.subnets.get("b") ?? ""],
      SecurityGroups: [world.groupId],
    }),
  );
  const healthCheck = { Target: "TCP:6443", Interval: 10, Timeout: 5 };
  const HealthCheck = { ...healthCheck, HealthyThreshold: 2, UnhealthyThreshold: 2 };
  const LoadBalancerName = "api";
  await client.send(new elb.ConfigureHealthCheckCommand({ LoadBalancerName, HealthCheck }));
  const id = await world.running("cp-0");
  world.aws.network.listen(id, 6443, {});
  const Instances = [{ InstanceId: id }];
  const registration = { LoadBalancerName, Instances };
  await client.send(new elb.RegisterInstancesWithLoadBalancerCommand(registration));
  const health = async () => {
    const asked = new elb.DescribeInstanceHealthCommand({ LoadBalancerName });
    return (await client.send(asked)).InstanceStates?.map(({ State }) => State);
  };
  return { client, dnsName, id, health };
}

async function statusOf({ ec2 }: FaultWorld, id: string) {
  const asked = new DescribeInstanceStatusCommand({ InstanceIds: [id] });
  const [status] = (await ec2.send(asked)).InstanceStatuses ?? [];
  return {
    instance: status?.InstanceStatus?.Status,
    system: status?.SystemStatus?.Status,
    events: status?.Events?.map(({ Code }) => Code) ?? [],
  };
}

test("a brown-out fails changes in the words of each service, and leaves reads alone", async () => {
  const world = new FaultWorld();
  const { ec2, kernel, config } = world;
  const create = () => ec2.send(new CreateVpcCommand({ CidrBlock: "10.3.0.0/16" }));
  world.inject({ do: { brownOut: "changes" }, for: "30m" });
  expect(await codeOf(create())).toBe("InternalError");
  expect(await codeOf(ec2.send(vpcs))).toBe("fine");
  const all = world.inject({ do: { brownOut: {} } });
  expect(await codeOf(ec2.send(vpcs))).toBe("InternalError");
  const secrets = new SecretsManagerClient(config);
  expect(await codeOf(secrets.send(new ListSecretsCommand({})))).toBe("InternalServiceError");
  world.aws.faults.remove(all);
  await kernel.runFor(30 * minuteMs + 1);
  expect(await codeOf(create())).toBe("fine");
});

test("a busy account leaves only a part of the request limits", async () => {
  const world = new FaultWorld();
  const many = async () => {
    const calls = Array.from({ length: 12 }, () => codeOf(world.ec2.send(vpcs)));
    return (await Promise.all(calls)).filter((code) => code === "RequestLimitExceeded").length;
  };
  const id = world.inject({ do: { busyAccount: 0.9 } });
  expect(await many()).toBe(2);
  world.aws.faults.remove(id);
  await world.kernel.runFor(minuteMs);
  expect(await many()).toBe(0);
});

test("a lagging cloud does not know what was just made, and does after a while", async () => {
  const world = await FaultWorld.create();
  const id = world.inject({ do: { consistencyLag: { min: "30s", max: "30s" } } });
  const instanceId = await world.launch("md-0");
  expect(await codeOf(world.see(instanceId))).toBe("InvalidInstanceID.NotFound");
  await world.kernel.runFor(30_001);
  expect((await world.see(instanceId))?.InstanceId).toBe(instanceId);
  world.aws.faults.remove(id);
  expect((await world.see(await world.launch("md-1")))?.State?.Name).toBe("pending");
});

test("a stale read shows an instance as it was, then as it is", async () => {
  const world = await FaultWorld.create();
  const id = await world.running("md-0");
  world.inject({ do: { staleReads: "30s" }, for: "1h" });
  expect((await world.see(id))?.State?.Name).toBe("running");
  await world.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect((await world.see(id))?.State?.Name).toBe("running");
  await world.kernel.runFor(31_000);
  expect((await world.see(id))?.State?.Name).not.toBe("running");
});

test("small pages come to those who asked for none", async () => {
  const world = await FaultWorld.create("lenient");
  for (let index = 0; index < 7; index += 1) await world.launch(`md-${index}`);
  const id = world.inject({ do: { smallPages: 5 } });
  const first = await world.ec2.send(new DescribeInstancesCommand({}));
  expect(first.Reservations).toHaveLength(5);
  const { NextToken } = first;
  const rest = await world.ec2.send(new DescribeInstancesCommand({ NextToken }));
  expect(rest.Reservations).toHaveLength(2);
  world.aws.faults.remove(id);
  expect((await world.ec2.send(new DescribeInstancesCommand({}))).Reservations).toHaveLength(7);
});

test("no capacity is per zone, type and market, until it is back", async () => {
  const world = await FaultWorld.create();
  world.inject({ do: { noCapacity: { zone: "b", type: "t3.*", market: "on-demand" } }, for: "1h" });
  expect(await codeOf(world.launch("md-0", "b"))).toBe("InsufficientInstanceCapacity");
  expect(await codeOf(world.launch("md-1", "a"))).toBe("fine");
  expect(await codeOf(world.launch("md-2", "b", { InstanceType: "m5.large" }))).toBe("fine");
  const InstanceMarketOptions = { MarketType: "spot" } as const;
  expect(await codeOf(world.launch("md-3", "b", { InstanceMarketOptions }))).toBe("fine");
  await world.kernel.runFor(60 * minuteMs + 1);
  expect(await codeOf(world.launch("md-4", "b"))).toBe("fine");
});

for (const profile of ["faithful", "lenient"] as const) {
  test(`a quota of the ${profile} profile can be another one for a while`, async () => {
    const world = await FaultWorld.create(profile);
    const id = world.inject({ do: { quota: { name: "standardVcpus", value: 2 } } });
    expect(await codeOf(world.launch("md-0"))).toBe("fine");
    expect(await codeOf(world.launch("md-1"))).toBe("VcpuLimitExceeded");
    world.inject({ do: { quota: { name: "addresses", value: 0 } }, for: "5m" });
    const allocate = () => codeOf(world.ec2.send(new AllocateAddressCommand({ Domain: "vpc" })));
    expect(await allocate()).toBe("AddressLimitExceeded");
    world.aws.faults.remove(id);
    await world.kernel.runFor(5 * minuteMs + 1);
    expect(await codeOf(world.launch("md-1"))).toBe("fine");
    expect(await allocate()).toBe("fine");
  });
}

test("a zone that is out has impaired, unreachable instances and takes no launches; others go on", async () => {
  const world = await FaultWorld.create();
  const { aws, kernel } = world;
  const a = await world.running("cp-0", "a");
  const b = await world.running("cp-1", "b");
  for (const id of [a, b]) aws.network.listen(id, 6443, {});
  await kernel.runFor(3 * minuteMs);
  const reach = (from: string, id: string) =>
    aws.network.canReach({ from: "instance", instanceId: from }, aws.instance(id)!.privateIp, 6443);
  expect(reach(a, b).reachable).toBe(true);
  world.inject({ id: "out", do: { zoneOutage: "b" }, for: "30m" });
  expect(await statusOf(world, b)).toMatchObject({ instance: "impaired", system: "impaired" });
  expect(await statusOf(world, a)).toMatchObject({ instance: "ok", system: "ok" });
  expect(reach(a, b)).toMatchObject({
    reachable: false,
    obstacle: { code: "ZoneOutage", silent: true, resource: "eu-west-1b" },
  });
  expect(reach(b, a)).toMatchObject({ obstacle: { code: "ZoneOutage" } });
  const itself = { from: "instance", instanceId: b } as const;
  expect(aws.network.canReach(itself, "127.0.0.1", 6443).reachable).toBe(true);
  expect(await codeOf(world.launch("md-0", "b"))).toBe("InsufficientInstanceCapacity");
  expect(await codeOf(world.launch("md-0", "a"))).toBe("fine");
  await kernel.runFor(30 * minuteMs + 1);
  expect(reach(a, b).reachable).toBe(true);
  expect(await statusOf(world, b)).toMatchObject({ instance: "ok", system: "ok" });
  expect(await codeOf(world.launch("md-1", "b"))).toBe("fine");
});

test("a load balancer takes targets of a zone that is out away, and brings them back", async () => {
  const world = await FaultWorld.create();
  const { kernel, aws } = world;
  const { health, dnsName } = await balance(world);
  await kernel.runFor(2 * minuteMs);
  expect(await health()).toEqual(["InService"]);
  const id = world.inject({ do: { zoneOutage: "eu-west-1a" } });
  await kernel.runFor(2 * minuteMs);
  expect(await health()).toEqual(["OutOfService"]);
  expect(aws.network.canReach({ from: "internet" }, dnsName, 6443).reachable).toBe(false);
  aws.faults.remove(id);
  await kernel.runFor(2 * minuteMs);
  expect(await health()).toEqual(["InService"]);
  expect(aws.network.canReach({ from: "internet" }, dnsName, 6443).reachable).toBe(true);
});

test("targets can be unhealthy without any obstacle", async () => {
  const world = await FaultWorld.create();
  const { health } = await balance(world);
  await world.kernel.runFor(2 * minuteMs);
  world.inject({ do: { unhealthyTargets: "api" }, for: "10m" });
  await world.kernel.runFor(2 * minuteMs);
  expect(await health()).toEqual(["OutOfService"]);
  await world.kernel.runFor(10 * minuteMs);
  expect(await health()).toEqual(["InService"]);
});

test("a partition cuts one instance off, both ways", async () => {
  const world = await FaultWorld.create();
  const { aws } = world;
  const lonely = await world.running("md-0-x");
  const other = await world.running("md-1-y");
  for (const id of [lonely, other]) aws.network.listen(id, 6443, {});
  const reach = (from: string, to: string) =>
    aws.network.canReach({ from: "instance", instanceId: from }, aws.instance(to)!.privateIp, 6443);
  world.inject({ do: { partition: "md-0-*" }, for: "5m" });
  expect(reach(other, lonely)).toMatchObject({ obstacle: { code: "Partition" } });
  expect(reach(lonely, other)).toMatchObject({ obstacle: { code: "Partition" } });
  await world.kernel.runFor(5 * minuteMs + 1);
  expect(reach(other, lonely).reachable).toBe(true);
});

test("an impairment fails one check or both", async () => {
  const world = await FaultWorld.create();
  const id = await world.running("md-0");
  await world.kernel.runFor(3 * minuteMs);
  world.inject({ do: { impairment: { instance: "md-0", check: "instance" } }, for: "5m" });
  expect(await statusOf(world, id)).toMatchObject({ instance: "impaired", system: "ok" });
  world.inject({ do: { impairment: id }, for: "5m" });
  expect(await statusOf(world, id)).toMatchObject({ instance: "impaired", system: "impaired" });
  await world.kernel.runFor(5 * minuteMs + 1);
  expect(await statusOf(world, id)).toMatchObject({ instance: "ok", system: "ok" });
});

test("an accepted launch can end by itself before it runs, and says why", async () => {
  const world = await FaultWorld.create();
  const id = world.inject({ do: { failedLaunch: "md-0-*" } });
  const doomed = await world.running("md-0-x");
  const fine = await world.running("md-1-y");
  await world.kernel.runFor(2 * minuteMs);
  expect(await world.see(doomed)).toMatchObject({
    State: { Name: "terminated" },
    StateReason: { Code: "Server.InternalError" },
  });
  expect((await world.see(fine))?.State?.Name).toBe("running");
  world.aws.faults.remove(id);
  const later = await world.running("md-0-z");
  await world.kernel.runFor(2 * minuteMs);
  expect((await world.see(later))?.State?.Name).toBe("running");
});

async function provisioningMs(world: FaultWorld): Promise<number> {
  const { dnsName, client } = await balance(world);
  const startMs = world.kernel.clock.now();
  const knows = () => world.aws.network.resolve({ from: "internet" }, dnsName).length > 0;
  await world.kernel.run(knows, { horizonMs: 60 * minuteMs });
  await client.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerName: "api" }));
  return world.kernel.clock.now() - startMs;
}

test("load balancers take so many times as long", async () => {
  const usual = await provisioningMs(await FaultWorld.create());
  const world = await FaultWorld.create();
  const id = world.inject({ do: { slowLoadBalancers: 10 } });
  expect(await provisioningMs(world)).toBeGreaterThan(3 * minuteMs);
  world.aws.faults.remove(id);
  expect(await provisioningMs(world)).toBeLessThan(minuteMs);
  expect(usual).toBeLessThan(minuteMs);
});

test("interfaces of a deleted load balancer linger for as long as the fault says", async () => {
  const world = await FaultWorld.create();
  const { client } = await balance(world);
  const id = world.inject({ do: { lingeringInterfaces: "15m" } });
  await client.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerName: "api" }));
  world.aws.faults.remove(id);
  const Filters = [{ Name: "requester-id", Values: ["amazon-elb"] }];
  const count = async () => {
    const asked = new DescribeNetworkInterfacesCommand({ Filters });
    return (await world.ec2.send(asked)).NetworkInterfaces?.length;
  };
  await world.kernel.runFor(14 * minuteMs);
  expect(await count()).toBe(2);
  await world.kernel.runFor(2 * minuteMs);
  expect(await count()).toBe(0);
});

test("a new instance profile cannot be used at once, an old one can", async () => {
  const world = await FaultWorld.create();
  const iam = new IAMClient(world.config);
  const use = (Name: string) => codeOf(world.launch("md-0", "a", { IamInstanceProfile: { Name } }));
  world.inject({ do: { slowIdentity: "60s" }, for: "1h" });
  const make = (InstanceProfileName: string) =>
    iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
  await make("fresh");
  expect(await use("fresh")).toBe("InvalidParameterValue");
  await world.kernel.runFor(minuteMs);
  expect(await use("fresh")).toBe("fine");
  await world.kernel.runFor(60 * minuteMs);
  await make("later");
  expect(await use("later")).toBe("fine");
});

test("stopping and terminating take as long as the fault says", async () => {
  const world = await FaultWorld.create();
  const id = await world.running("md-0");
  const fault = world.inject({ do: { slowStop: "10m" } });
  await world.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  world.aws.faults.remove(fault);
  await world.kernel.runFor(9 * minuteMs);
  expect((await world.see(id))?.State?.Name).toBe("stopping");
  await world.kernel.runFor(2 * minuteMs);
  expect((await world.see(id))?.State?.Name).toBe("stopped");
});

test("expired credentials are refused in the words of each service", async () => {
  const world = new FaultWorld();
  const { ec2, config, kernel } = world;
  const sts = new STSClient(config);
  const secrets = new SecretsManagerClient(config);
  world.inject({ do: { expiredCredentials: "root" }, for: "15m" });
  expect(await codeOf(ec2.send(vpcs))).toBe("RequestExpired");
  expect(await codeOf(sts.send(new GetCallerIdentityCommand({})))).toBe("ExpiredToken");
  const list = () => codeOf(secrets.send(new ListSecretsCommand({})));
  expect(await list()).toBe("ExpiredTokenException");
  await kernel.runFor(15 * minuteMs + 1);
  expect(await list()).toBe("fine");
});

test("a clock that differs refuses signatures, and tells the client by how much", async () => {
  const world = new FaultWorld();
  const { config, kernel } = world;
  const aheadOf = Date.now() - kernel.clock.now();
  const id = world.inject({ do: { clockSkew: `${Math.round(aheadOf / 1000) + 3600}s` } });
  const sts = new STSClient({ ...config, maxAttempts: 1 });
  const call = () => codeOf(sts.send(new GetCallerIdentityCommand({})));
  expect(await call()).toBe("SignatureDoesNotMatch");
  // The SDK has seen the Date of the answer and corrects its clock.
  expect(await call()).toBe("fine");
  world.aws.faults.remove(id);
  expect(await call()).toBe("fine");
});

test("a withdrawn type is offered no more where it was withdrawn, and cannot be launched there", async () => {
  const world = await FaultWorld.create();
  const zones = async () => {
    const { InstanceTypeOfferings = [] } = await world.ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: "availability-zone",
        Filters: [{ Name: "instance-type", Values: ["t3.large"] }],
      }),
    );
    return InstanceTypeOfferings.map(({ Location }) => Location);
  };
  const before = await zones();
  const id = world.inject({ do: { withdrawnType: { type: "t3.large", zone: "b" } } });
  expect(await zones()).toEqual(before.filter((zone) => zone !== "eu-west-1b"));
  expect(await codeOf(world.launch("md-0", "b"))).toBe("Unsupported");
  expect(await codeOf(world.launch("md-0", "a"))).toBe("fine");
  world.aws.faults.remove(id);
  expect(await zones()).toEqual(before);
});
