import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  ModifyInstanceMetadataOptionsCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DescribeParametersCommand } from "@aws-sdk/client-ssm";
import { expect, test } from "vitest";
import { noFaults } from "@seatrial/fakecloud/kernel/faults.ts";
import { AWSCluster, AWSMachine } from "../../api/aws/v1beta2.ts";
import { Machine } from "../../api/core/v1beta2.ts";
import { Secret } from "../../api/kubernetes.ts";
import type { Kind, KubeObject } from "../../runtime/client.ts";
import { AwsWorld, minute, namespace, oneZone } from "../aws-world.ts";

test("capa-bugs 1 to 4: whatever is lost or crashes around RunInstances, one machine has one instance", async () => {
  for (const mode of ["lost", "crash", "lost and crash", "unreadable"]) {
    const world = await new AwsWorld({ profile: "faithful", seed: mode }).start();
    await world.createCluster();
    await world.clusterReady();
    let struck = 0;
    world.faults = {
      decide: ({ operation, phase }) => {
        if (mode === "unreadable" && operation === "DescribeInstances" && struck > 0) {
          struck += 1; // Nothing can be read for a while after the launch.
          return struck > 9 ? undefined : { do: "fail", code: "InternalError", status: 500 };
        }
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
  expect((await world.machine("worker")).status?.interruptible).toBe(true);
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

test("capa-bugs 16: a machine is deleted without its bootstrap data, and without ever having had an instance", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  const cloudInit = { insecureSkipSecretsManager: true };
  await world.createMachine("plain", { cloudInit });
  await world.createMachine("safe");
  await world.machineReady("plain");
  await world.machineReady("safe");
  await world.createMachine("never", { ami: { id: "ami-00000000000000000" } });
  for (const name of ["plain", "safe", "never"]) {
    await world.run(world.client.delete(Secret, { namespace, name: `${name}-data` }));
    await world.deleteMachine(name);
  }
  const live = (await world.instances()).filter(({ State }) => State?.Name !== "terminated");
  expect(live).toEqual([]);
});

test("capa-bugs 17: a machine that never reached AWS is deleted though the credentials are wrong", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  world.refuse("DescribeInstances", { code: "AuthFailure", status: 401 });
  await world.createMachine("worker");
  await world.kernel.runFor(minute);
  expect(world.calls).toContain("DescribeInstances");
  await world.deleteMachine("worker");
  expect(world.aws.instances()).toEqual([]);
});

test("capa-bugs 67: what is deleted all at once goes in order, and nothing is left", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  await world.withCluster();
  await world.createMachine("worker");
  await world.machineReady("worker");
  const kinds = [AWSCluster, AWSMachine, Machine] as const;
  for (const [index, name] of ["test", "worker", "worker"].entries()) {
    await world.run(world.client.delete(kinds[index]! as Kind<KubeObject>, { namespace, name }));
  }
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("capa-bugs 72: a machine that was made before the network starts as soon as that is ready", async () => {
  const world = await new AwsWorld({ profile: "faithful" }).start();
  await world.createCluster(oneZone);
  await world.createMachine("worker");
  await world.clusterReady();
  const readyMs = world.kernel.clock.now();
  await world.until(async () => (await world.instances()).length > 0, "the launch");
  expect(world.kernel.clock.now() - readyMs).toBeLessThanOrEqual(15_000);
});

/** Bytes that gzip cannot make small: several chunks are needed. */
const longData = `#cloud-config\n# ${"0123456789abcdef".repeat(1200)}\n`;

async function parameters(world: AwsWorld): Promise<readonly string[]> {
  const { Parameters = [] } = await world.send(({ ssm }) =>
    ssm.send(new DescribeParametersCommand({})),
  );
  return Parameters.flatMap(({ Name }) => Name ?? []);
}

test("capa-bugs 76: bootstrap data is stored whole before its instance is launched, and is gone when the node has it", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  const cloudInit = { secureSecretsBackend: "ssm-parameter-store" };
  let stored = 0;
  world.faults = {
    decide: ({ operation, phase }) => {
      if (operation !== "PutParameter" || phase !== "beforeCommit") return undefined;
      stored += 1;
      return stored === 2
        ? { do: "fail", code: "InternalServerError", status: 400, message: "struck" }
        : undefined;
    },
  };
  await world.createMachine("worker", { cloudInit }, { data: longData });
  await world.machineReady("worker");
  const order = world.writes().filter((call) => /^(PutParameter|RunInstances)$/.test(call));
  expect(order.at(-1)).toBe("RunInstances");
  expect(order.filter((call) => call === "RunInstances")).toHaveLength(1);
  const { spec } = await world.machine("worker");
  expect(spec?.cloudInit?.secretPrefix).toMatch(/^\/cluster\.x-k8s\.io\//);
  const names = await parameters(world);
  expect(names).toHaveLength(spec!.cloudInit!.secretCount!);
  expect(names.length).toBeGreaterThan(3);
  const nodeRef = { name: "worker" };
  await world.run(
    world.client.mergePatch(
      Machine,
      { namespace, name: "worker" },
      { status: { nodeRef } },
      { subresource: "status" },
    ),
  );
  await world.kernel.runFor(minute);
  expect(await parameters(world)).toEqual([]);
});

test("an instance that somebody stops is not ready and says so, and is ready again when it runs", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  await world.createMachine("worker");
  await world.machineReady("worker");
  const [instance] = await world.instances();
  const InstanceIds = [instance!.InstanceId!];
  await world.send(({ ec2 }) => ec2.send(new StopInstancesCommand({ InstanceIds })));
  await world.kernel.runFor(12 * minute);
  expect(await world.machineCondition("worker", "InstanceReady")).toMatchObject({
    status: "False",
    reason: "InstanceStopped",
    severity: "Error",
  });
  expect((await world.machine("worker")).status).toMatchObject({
    ready: false,
    instanceState: "stopped",
  });
  await world.send(({ ec2 }) => ec2.send(new StartInstancesCommand({ InstanceIds })));
  await world.machineReady("worker");
  expect((await world.machine("worker")).status?.failureReason).toBeUndefined();
});
