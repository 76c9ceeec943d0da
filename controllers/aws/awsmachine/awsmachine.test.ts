import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DescribeSubnetsCommand,
  ModifyInstanceMetadataOptionsCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { noFaults } from "@seatrial/fakecloud/kernel/faults.ts";
import { AWSCluster, AWSMachine, AWSMachineTemplate } from "../../api/aws/v1beta2.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import { AwsWorld, minute, namespace, oneZone } from "../aws-world.ts";

test("capa-bugs 1, 3, 4: whatever is lost or crashes around RunInstances, one machine has one instance", async () => {
  for (const mode of ["lost", "crash", "lost and crash"]) {
    const world = await new AwsWorld({ profile: "faithful", seed: mode }).start();
    await world.createCluster();
    await world.clusterReady();
    let struck = 0;
    world.faults = {
      decide: ({ operation, phase }) => {
        if (operation !== "RunInstances" || phase !== "afterCommit" || struck >= 2)
          return undefined;
        struck += 1;
        if (mode !== "lost") world.kernel.clock.setTimeout(() => world.crash(), 1, "crash");
        return mode === "crash" ? { do: "delay", ms: 50 } : { do: "loseResponse" };
      },
    };
    await world.createMachine("worker");
    await world.machineReady("worker");
    expect(struck).toBeGreaterThan(0);
    expect(await world.instances()).toHaveLength(1);
  }
});

test("capa-bugs 5, 6: an instance that somebody terminates fails its machine and is never replaced by it", async () => {
  const world = await new AwsWorld().start();
  await world.createCluster();
  await world.clusterReady();
  await world.createMachine("worker");
  await world.machineReady("worker");
  const [instance] = await world.instances();
  await world.run(
    world.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance!.InstanceId!] })),
  );
  await world.until(async () => {
    const machine = await world.get(AWSMachine, "worker");
    return machine?.status?.failureReason === "UpdateError";
  }, "the failure");
  await world.kernel.runFor(30 * minute);
  expect(await world.instances()).toHaveLength(1);
});

test("an instance is launched with the volumes, options and groups of its spec, and follows changes", async () => {
  const world = await new AwsWorld().start();
  await world.createCluster();
  await world.clusterReady();
  const cluster = await world.get(AWSCluster, "test");
  const vpcId = cluster!.spec!.network!.vpc!.id!;
  const { GroupId = "" } = await world.run(
    world.ec2.send(
      new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: "extra", Description: "extra" }),
    ),
  );
  await world.createMachine(
    "worker",
    {
      rootVolume: { size: 100, type: "gp3", iops: 4000 },
      nonRootVolumes: [{ deviceName: "/dev/sdb", size: 50, encrypted: true }],
      instanceMetadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 },
      spotMarketOptions: { maxPrice: "0.1" },
      additionalSecurityGroups: [{ id: GroupId }],
      additionalTags: { team: "blue", tier: "gold" },
      tenancy: "dedicated",
    },
    { machine: { failureDomain: "eu-west-1b" } },
  );
  await world.machineReady("worker");
  const look = async () => {
    const [instance] = await world.instances();
    const tags = new Map(instance!.Tags?.map(({ Key, Value }) => [Key, Value]));
    return { instance: instance!, tags };
  };
  const { instance, tags } = await look();
  expect(instance).toMatchObject({
    InstanceLifecycle: "spot",
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2 },
    Placement: { AvailabilityZone: "eu-west-1b", Tenancy: "dedicated" },
  });
  expect(instance.BlockDeviceMappings).toHaveLength(2);
  expect([tags.get("team"), tags.get("tier")]).toEqual(["blue", "gold"]);
  const groups = instance.NetworkInterfaces?.[0]?.Groups?.map((group) => group.GroupName);
  expect(groups).toEqual(expect.arrayContaining(["test-node", "test-lb", "extra"]));
  await world.run(
    world.client.mergePatch(
      AWSMachine,
      { namespace, name: "worker" },
      { spec: { additionalTags: { team: "red", tier: null }, additionalSecurityGroups: null } },
    ),
  );
  await world.run(
    world.ec2.send(
      new ModifyInstanceMetadataOptionsCommand({
        InstanceId: instance.InstanceId!,
        HttpTokens: "optional",
      }),
    ),
  );
  await world.run(
    world.ec2.send(
      new CreateTagsCommand({
        Resources: [instance.InstanceId!],
        Tags: [{ Key: "theirs", Value: "stays" }],
      }),
    ),
  );
  await world.kernel.runFor(15 * minute);
  const after = await look();
  expect(after.tags.get("team")).toBe("red");
  expect(after.tags.has("tier")).toBe(false);
  expect(after.tags.get("theirs")).toBe("stays");
  expect(after.instance.MetadataOptions?.HttpTokens).toBe("required");
  const left = after.instance.NetworkInterfaces?.[0]?.Groups?.map((group) => group.GroupName);
  expect(left).not.toContain("extra");
});

test("capa-bugs 7, 12, 13: a subnet outside of the cluster's VPC or zone is refused, and the machine says so", async () => {
  const world = await new AwsWorld().start();
  await world.createCluster();
  await world.clusterReady();
  await world.createMachine("nowhere", { subnet: { id: "subnet-0123456789abcdef0" } });
  const { Subnets = [] } = await world.run(
    world.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }),
    ),
  );
  await world.createMachine("abroad", { subnet: { id: Subnets[0]!.SubnetId! } });
  await world.createMachine("elsewhere", {}, { machine: { failureDomain: "eu-west-1x" } });
  await world.kernel.runFor(5 * minute);
  const message = async (name: string) => {
    const machine = await world.get(AWSMachine, name);
    return machine?.status?.conditions?.find(({ type }) => type === "InstanceReady")?.message;
  };
  expect(await message("nowhere")).toContain("no subnets available matching criteria");
  expect(await message("abroad")).toContain("is not in VPC vpc-");
  expect(await message("elsewhere")).toContain(
    'no subnets available in availability zone "eu-west-1x"',
  );
  expect(await world.instances()).toEqual([]);
});

test("a template of a cluster tells what its machines would offer", async () => {
  const world = await new AwsWorld().start();
  await world.createCluster();
  const cluster = await world.get(Cluster, "test");
  const { uid = "", name } = cluster!.metadata;
  await world.create(AWSMachineTemplate, {
    metadata: {
      name: "workers",
      namespace,
      ownerReferences: [{ apiVersion: "cluster.x-k8s.io/v1beta2", kind: "Cluster", name, uid }],
    },
    spec: { template: { spec: { instanceType: "t3.large" } } },
  });
  await world.kernel.runFor(minute);
  expect((await world.get(AWSMachineTemplate, "workers"))?.status).toMatchObject({
    capacity: { cpu: "2", memory: "8192Mi" },
    nodeInfo: { architecture: "amd64", operatingSystem: "linux" },
  });
});

test("capa-bugs 8, 9, 10: a refusal by AWS is told, asked for at a bounded rate, and overcome without a manual step", async () => {
  const world = await new AwsWorld().start();
  await world.createCluster(oneZone);
  await world.clusterReady();
  const code = "InsufficientInstanceCapacity";
  world.faults = {
    decide: ({ operation, phase }) =>
      operation === "RunInstances" && phase === "beforeCommit"
        ? { do: "fail", code, status: 500, message: "no room in eu-west-1a" }
        : undefined,
  };
  world.calls.length = 0;
  await world.createMachine("worker");
  await world.kernel.runFor(30 * minute);
  const machine = await world.get(AWSMachine, "worker");
  expect(machine?.status?.conditions?.find(({ type }) => type === "InstanceReady")).toMatchObject({
    status: "False",
    reason: "InstanceProvisionFailed",
    message: expect.stringContaining("no room in eu-west-1a"),
  });
  expect(world.calls.filter((call) => call === "RunInstances").length).toBeLessThan(60);
  world.faults = noFaults;
  await world.machineReady("worker");
  expect(await world.instances()).toHaveLength(1);
});
