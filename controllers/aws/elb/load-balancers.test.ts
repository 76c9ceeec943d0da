import {
  CreateSubnetCommand,
  DescribeSubnetsCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancersCommand as DescribeClassicCommand,
  DeleteLoadBalancerCommand as DeleteClassicCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  CreateLoadBalancerCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { AWSCluster } from "../../api/aws/v1beta2.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { AwsWorld, controlPlane, minute, namespace, oneZone } from "../aws-world.ts";
import { planLoadBalancers, loadBalancerGroups } from "./load-balancer-plan.ts";

const nlb = {
  ...oneZone,
  controlPlaneLoadBalancer: { loadBalancerType: "nlb", additionalListeners: [{ port: 8132 }] },
};

async function balancers(world: AwsWorld) {
  const { LoadBalancers = [] } = await world.send(({ elbv2 }) =>
    elbv2.send(new DescribeLoadBalancersCommand({})),
  );
  return LoadBalancers;
}

/** Ports of the listeners of every load balancer, and of all target groups. */
async function ports(world: AwsWorld) {
  const listeners: number[] = [];
  for (const { LoadBalancerArn } of await balancers(world)) {
    const { Listeners = [] } = await world.send(({ elbv2 }) =>
      elbv2.send(new DescribeListenersCommand({ LoadBalancerArn })),
    );
    listeners.push(...Listeners.map(({ Port = 0 }) => Port));
  }
  return {
    listeners: listeners.toSorted((a, b) => a - b),
    groups: (await groups(world)).map(({ Port }) => Port),
  };
}

async function groups(world: AwsWorld) {
  const { TargetGroups = [] } = await world.send(({ elbv2 }) =>
    elbv2.send(new DescribeTargetGroupsCommand({})),
  );
  return TargetGroups.toSorted((a, b) => (a.Port ?? 0) - (b.Port ?? 0));
}

async function targets(world: AwsWorld): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { TargetGroupArn } of await groups(world)) {
    const { TargetHealthDescriptions = [] } = await world.send(({ elbv2 }) =>
      elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
    );
    const live = TargetHealthDescriptions.filter((one) => one.TargetHealth?.State !== "draining");
    found.push(...live.flatMap(({ Target }) => Target?.Id ?? []));
  }
  return found;
}

test("capa-bugs 50, 51, 53: whichever call fails, each port ends with one target group and one listener", async () => {
  const calm = await new AwsWorld().start();
  await calm.withCluster(nlb);
  const operations = new Set(
    calm.calls.filter((call) => /TargetGroup|Listener|LoadBalancer/.test(call)),
  );
  expect(operations.size).toBeGreaterThan(8);
  const world = await new AwsWorld().start();
  const left = new Set(operations);
  world.faults = {
    decide: ({ operation, phase }) =>
      phase === "beforeCommit" && left.delete(operation)
        ? { do: "fail", code: "Throttling", status: 400, message: "Rate exceeded" }
        : undefined,
  };
  await world.withCluster(nlb);
  expect(left).toEqual(new Set());
  expect(await ports(world)).toEqual({ listeners: [6443, 8132], groups: [6443, 8132] });
});

test("capa-bugs 52: a target group whose listener was never made goes with the cluster", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  world.refuse("CreateListener", { code: "InternalFailure", status: 500 });
  await world.createCluster(nlb);
  await world.kernel.runFor(5 * minute);
  expect(await ports(world)).toEqual({ listeners: [], groups: [6443] });
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("a network load balancer is written once, and nothing of it is left at the end", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  await world.withCluster(nlb);
  await world.kernel.runFor(15 * minute);
  world.calls.length = 0;
  await world.kernel.runFor(30 * minute);
  expect(world.writes()).toEqual([]);
  expect((await world.cluster()).status?.networkStatus?.apiServerElb).toMatchObject({
    name: "default-test-apiserver",
    availabilityZones: ["eu-west-1a"],
    loadBalancerType: "nlb",
  });
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("capa-bugs 59: clients of an API server that leaves the load balancer are sent elsewhere within a minute", async () => {
  const world = await (await new AwsWorld().start()).withCluster(nlb);
  const [group] = await groups(world);
  const { Attributes = [] } = await world.send(({ elbv2 }) =>
    elbv2.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: group!.TargetGroupArn! }),
    ),
  );
  const attributes = Object.fromEntries(Attributes.map(({ Key = "", Value }) => [Key, Value]));
  expect(attributes).toMatchObject({
    "deregistration_delay.connection_termination.enabled": "true",
    "deregistration_delay.timeout_seconds": "60",
  });
});

test("capa-bugs 49: a secondary load balancer has its own scheme and subnets, and instances are behind both", async () => {
  const world = await new AwsWorld().start();
  await world.withCluster({
    ...nlb,
    secondaryControlPlaneLoadBalancer: {
      name: "inside",
      scheme: "internal",
      loadBalancerType: "nlb",
    },
  });
  const subnets = (await world.cluster()).spec?.network?.subnets ?? [];
  const place = (await balancers(world)).map(({ LoadBalancerName, Scheme, AvailabilityZones }) => {
    const subnet = subnets.find(
      ({ resourceID }) => resourceID === AvailabilityZones?.[0]?.SubnetId,
    );
    return [LoadBalancerName, Scheme, subnet?.isPublic === true];
  });
  expect(place).toEqual([
    ["default-test-apiserver", "internet-facing", true],
    ["inside", "internal", false],
  ]);
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.machineReady("cp");
  await world.kernel.runFor(minute);
  expect(await targets(world)).toHaveLength((await groups(world)).length);
});

test("capa-bugs 54: an instance is put behind the load balancer when it runs, not before", async () => {
  const world = await new AwsWorld({ profile: "faithful" }).start();
  await world.withCluster(nlb);
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.machineReady("cp");
  await world.kernel.runFor(5 * minute);
  expect(world.refusals.filter((call) => call.startsWith("RegisterTargets"))).toEqual([]);
  expect(new Set(await targets(world))).toHaveProperty("size", 1);
});

test("capa-bugs 55: a control plane that is about to go leaves the load balancer first, and nothing there holds it", async () => {
  const world = await new AwsWorld().start();
  await world.withCluster();
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.createMachine("second", {}, { labels: controlPlane });
  await world.machineReady("cp");
  await world.machineReady("second");
  world.calls.length = 0;
  await world.deleteMachine("cp");
  const order = world.writes().filter((call) => /Deregister|Terminate/.test(call));
  expect(order).toEqual(["DeregisterInstancesFromLoadBalancer", "TerminateInstances"]);
  world.refuse("DeregisterInstancesFromLoadBalancer", { code: "AccessDenied", status: 403 });
  await world.send(({ elb }) =>
    elb.send(new DeleteClassicCommand({ LoadBalancerName: "test-apiserver" })),
  );
  await world.deleteMachine("second");
});

test("capa-bugs 56, 57: the API server is looked for by TCP, and the endpoint is known before the infrastructure is ready", async () => {
  const world = await new AwsWorld().start();
  await world.createCluster(oneZone);
  let host: string | undefined;
  await world.until(async () => {
    const cluster = await world.cluster();
    host = cluster.spec?.controlPlaneEndpoint?.host;
    return cluster.status?.ready === true;
  }, "the infrastructure");
  const { LoadBalancerDescriptions = [] } = await world.send(({ elb }) =>
    elb.send(new DescribeClassicCommand({})),
  );
  expect(LoadBalancerDescriptions).toHaveLength(1);
  expect(LoadBalancerDescriptions[0]).toMatchObject({
    DNSName: host,
    HealthCheck: { Target: "TCP:6443", Interval: 10, Timeout: 5 },
  });
});

test("capa-bugs 58: control planes may be where the load balancer has a leg, and only there", async () => {
  const world = await new AwsWorld().start();
  await world.withCluster({
    network: { vpc: { availabilityZoneUsageLimit: 2 } },
    controlPlaneLoadBalancer: {
      loadBalancerType: "nlb",
      subnets: ["test-subnet-public-eu-west-1b"],
    },
  });
  expect((await world.cluster()).status?.failureDomains).toEqual({
    "eu-west-1a": { controlPlane: false },
    "eu-west-1b": { controlPlane: true },
  });
});

test("capa-bugs 18: without a load balancer of the provider's own, nothing waits for one", async () => {
  const world = await new AwsWorld().start();
  await world.createCluster({
    ...oneZone,
    controlPlaneLoadBalancer: { loadBalancerType: "disabled" },
  });
  await world.kernel.runFor(minute);
  expect(await world.clusterCondition("LoadBalancerReady")).toMatchObject({
    reason: "WaitForExternalControlPlaneEndpoint",
  });
  const controlPlaneEndpoint = { host: "api.example.com", port: 6443 };
  await world.patch(AWSCluster, "test", { spec: { controlPlaneEndpoint } });
  await world.clusterReady();
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.createMachine("worker");
  await world.machineReady("cp");
  await world.machineReady("worker");
  expect(world.calls.filter((call) => call.includes("LoadBalancer"))).toEqual([]);
});

test("a load balancer of the user's own is only used, and stays when the cluster goes", async () => {
  const world = await new AwsWorld().start();
  const { Subnets = [] } = await world.send(({ ec2 }) =>
    ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }),
    ),
  );
  const [subnet] = Subnets;
  const more = await world.send(({ ec2 }) =>
    ec2.send(
      new CreateSubnetCommand({
        VpcId: subnet!.VpcId!,
        CidrBlock: "172.31.240.0/24",
        AvailabilityZone: subnet!.AvailabilityZone!,
      }),
    ),
  );
  await world.send(({ elbv2 }) =>
    elbv2.send(
      new CreateLoadBalancerCommand({
        Name: "mine",
        Type: "network",
        Subnets: [subnet!.SubnetId!],
      }),
    ),
  );
  const before = world.aws.inventory();
  await world.withCluster({
    network: {
      vpc: { id: subnet!.VpcId! },
      subnets: [{ id: subnet!.SubnetId! }, { id: more.Subnet!.SubnetId! }],
    },
    controlPlaneLoadBalancer: { loadBalancerType: "nlb", name: "mine" },
  });
  expect(world.writes().filter((call) => /LoadBalancer|Target|Listener/.test(call))).toEqual([
    "CreateLoadBalancer",
  ]);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("capa-bugs 61: where network load balancers take no security groups, none is asked for", () => {
  const spec = { controlPlaneLoadBalancer: { loadBalancerType: "nlb" as const } };
  const [plan] = planLoadBalancers({ namespace, clusterName: "test" }, spec);
  const groupsIn = (region: string) => {
    const status = { networkStatus: { securityGroups: { "apiserver-lb": { id: "sg-1" } } } };
    return loadBalancerGroups({ region, draft: { status } } as never, plan!);
  };
  expect([groupsIn("us-iso-east-1"), groupsIn("eu-west-1")]).toEqual([[], ["sg-1"]]);
});

test("capa-bugs 62: a load balancer that takes its time to go is waited for, and the condition says so", async () => {
  const world = await new AwsWorld().start();
  await world.withCluster(nlb);
  world.refuse("DeleteLoadBalancer", { code: "ResourceInUse" }, 3);
  await world.deleteCluster();
  expect(world.errors.join()).not.toContain("ResourceInUse");
});

test("an instance that was terminated behind the provider's back leaves no registration", async () => {
  const world = await new AwsWorld().start();
  await world.withCluster(nlb);
  await world.createMachine("cp", {}, { labels: controlPlane });
  await world.machineReady("cp");
  await world.kernel.runFor(minute);
  const [instance] = await world.instances();
  const InstanceIds = [instance!.InstanceId!];
  await world.send(({ ec2 }) => ec2.send(new TerminateInstancesCommand({ InstanceIds })));
  await world.kernel.runFor(15 * minute);
  await world.run(world.client.delete(Machine, { namespace, name: "cp" }));
  await world.kernel.runFor(10 * minute);
  expect(await targets(world)).toEqual([]);
});
