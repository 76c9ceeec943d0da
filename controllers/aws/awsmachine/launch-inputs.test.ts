import {
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DescribeHostsCommand,
  DescribeSubnetsCommand,
  RegisterImageCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { AWSMachine, AWSMachineTemplate } from "../../api/aws/v1beta2.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import { AwsWorld, minute, namespace } from "../aws-world.ts";

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

test("capa-bugs 14: an affinity that an old version wrote by itself neither reaches AWS nor blocks an update", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  await world.createMachine("worker", { hostAffinity: "host" });
  await world.machineReady("worker");
  const [instance] = await world.instances();
  expect(instance?.Placement?.Affinity).toBeUndefined();
  await world.patch(AWSMachine, "worker", { spec: { additionalTags: { team: "blue" } } });
});

test("capa-bugs 15: the image is looked for by owner, architecture and name; without one the machine says so and waits", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  const owner = "123456789012";
  const register = async (name: string, architecture = "x86_64") => {
    const request = { Name: name, Architecture: architecture as "x86_64" };
    const { ImageId } = await world.send(({ ec2 }) => ec2.send(new RegisterImageCommand(request)));
    await world.kernel.runFor(2000);
    return ImageId;
  };
  await register("own-v1.34.2-1", "arm64");
  await world.createMachine("worker", {
    imageLookupOrg: owner,
    imageLookupFormat: "own-v{{.K8sVersion}}-*",
  });
  await world.kernel.runFor(2 * minute);
  expect(await world.machineCondition("worker", "InstanceReady")).toMatchObject({
    reason: "InstanceProvisionFailed",
    message: `no image of account ${owner} is named own-v1.34.2-* (x86_64)`,
  });
  await register("own-v1.34.2-2");
  const newest = await register("own-v1.34.2-3");
  await register("other-v1.34.2-4");
  await world.machineReady("worker");
  expect((await world.instances())[0]?.ImageId).toBe(newest);
});

test("capa-bugs 19, 20: interfaces of the user's own are used, and only what the launch makes is tagged in it", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  const { spec } = await world.cluster();
  const subnet = spec!.network!.subnets!.find(({ isPublic }) => isPublic !== true);
  const { NetworkInterface } = await world.send(({ ec2 }) =>
    ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnet!.resourceID! })),
  );
  const id = NetworkInterface!.NetworkInterfaceId!;
  await world.createMachine("worker", {
    networkInterfaces: [id],
    rootVolume: { size: 20 },
    nonRootVolumes: [{ deviceName: "/dev/sdb", size: 20 }],
  });
  await world.machineReady("worker");
  await world.kernel.runFor(minute);
  const [instance] = await world.instances();
  const [only] = instance!.NetworkInterfaces!;
  expect(only!.NetworkInterfaceId).toBe(id);
  const names = only!.Groups!.map(({ GroupName }) => GroupName);
  expect(names).toEqual(expect.arrayContaining(["test-node", "test-lb"]));
  await world.deleteMachine("worker");
});

test("groups of the user's own stand in for the provider's, for the whole cluster and for one machine", async () => {
  const world = await new AwsWorld().start();
  const { Subnets = [] } = await world.send(({ ec2 }) =>
    ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }),
    ),
  );
  const VpcId = Subnets[0]!.VpcId!;
  const group = async (name: string) => {
    const request = { VpcId, GroupName: name, Description: name };
    const { GroupId } = await world.send(({ ec2 }) =>
      ec2.send(new CreateSecurityGroupCommand(request)),
    );
    return GroupId!;
  };
  const [own, special] = [await group("own-node"), await group("special-node")];
  await world.withCluster({
    network: {
      vpc: { id: VpcId },
      subnets: Subnets.map(({ SubnetId }) => ({ id: SubnetId })),
      securityGroupOverrides: { node: own },
    },
  });
  await world.createMachine("usual", { publicIP: true });
  await world.createMachine("other", {
    publicIP: true,
    securityGroupOverrides: { node: special },
  });
  await world.machineReady("usual");
  await world.machineReady("other");
  const groups = new Map(
    (await world.instances()).map(({ Tags = [], SecurityGroups = [] }) => [
      Tags.find(({ Key }) => Key === "Name")?.Value,
      SecurityGroups.map(({ GroupName = "" }) => GroupName).toSorted(),
    ]),
  );
  expect(groups.get("usual")).toEqual(["own-node", "test-lb"]);
  expect(groups.get("other")).toEqual(["special-node", "test-lb"]);
});

test("a dedicated host is allocated for a machine, once, and released after its instance", async () => {
  const world = await (await new AwsWorld({ profile: "faithful" }).start()).withCluster();
  const hosts = async () => {
    const { Hosts = [] } = await world.send(({ ec2 }) => ec2.send(new DescribeHostsCommand({})));
    return Hosts;
  };
  let lost = 0;
  world.faults = {
    decide: ({ operation, phase }) => {
      if (operation !== "AllocateHosts" || phase !== "afterCommit" || lost > 0) return undefined;
      lost += 1;
      world.kernel.clock.setTimeout(() => world.crash(), 1, "crash");
      return { do: "loseResponse" };
    },
  };
  const dynamicHostAllocation = { tags: { licence: "bring-your-own" } };
  await world.createMachine("worker", { dynamicHostAllocation, tenancy: "host" });
  await world.machineReady("worker");
  expect(lost).toBe(1);
  const [host, ...more] = await hosts();
  expect(more).toEqual([]);
  expect((await world.machine("worker")).status?.dedicatedHost?.id).toBe(host!.HostId);
  expect((await world.instances())[0]?.Placement).toMatchObject({
    Tenancy: "host",
    HostId: host!.HostId,
    Affinity: "host",
  });
  await world.deleteMachine("worker");
  expect(await hosts()).toEqual([]);
});
