import {
  AllocateAddressCommand,
  DeleteNatGatewayCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { AwsWorld, minute, oneZone } from "../aws-world.ts";

/** Allocation IDs of all addresses of the account. */
async function addresses(world: AwsWorld): Promise<readonly string[]> {
  const { Addresses = [] } = await world.send(({ ec2 }) =>
    ec2.send(new DescribeAddressesCommand({})),
  );
  return Addresses.flatMap(({ AllocationId }) => AllocationId ?? []);
}

async function gateways(world: AwsWorld) {
  const { NatGateways = [] } = await world.send(({ ec2 }) =>
    ec2.send(new DescribeNatGatewaysCommand({})),
  );
  return NatGateways.filter(({ State }) => State === "available");
}

test("capa-bugs 22, 23: each zone has a gateway with an address of its own, and one that goes is replaced", async () => {
  const world = await new AwsWorld({ profile: "faithful" }).start();
  await world.withCluster({});
  const made = await gateways(world);
  expect(new Set(made.map(({ SubnetId }) => SubnetId)).size).toBe(3);
  expect(await addresses(world)).toHaveLength(3);
  const [first] = made;
  const NatGatewayId = first!.NatGatewayId!;
  await world.send(({ ec2 }) => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })));
  await world.kernel.runFor(20 * minute);
  const now = await gateways(world);
  expect(new Set(now.map(({ SubnetId }) => SubnetId))).toEqual(
    new Set(made.map(({ SubnetId }) => SubnetId)),
  );
  const ids = now.map(({ NatGatewayAddresses = [] }) => NatGatewayAddresses[0]?.AllocationId);
  expect(new Set(ids).size).toBe(3);
  expect(await addresses(world)).toHaveLength(3);
});

test("capa-bugs 25: when addresses run out the condition says so, none is wasted, and a raised quota is enough to go on", async () => {
  const world = await new AwsWorld({ profile: "faithful" }).start();
  const taken: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { AllocationId = "" } = await world.send(({ ec2 }) =>
      ec2.send(new AllocateAddressCommand({ Domain: "vpc" })),
    );
    taken.push(AllocationId);
  }
  await world.createCluster();
  await world.kernel.runFor(30 * minute);
  expect(await addresses(world)).toHaveLength(5);
  expect(await world.clusterCondition("NatGatewaysReady")).toMatchObject({
    status: "False",
    reason: "NatGatewaysReconciliationFailed",
    message: expect.stringContaining("maximum number of addresses"),
  });
  const failure = world.events.find(({ reason }) => reason === "FailedAllocateEIP");
  expect(failure?.message).toMatch(
    /^Failed to allocate Elastic IP for "common": operation error EC2: AllocateAddress, api error AddressLimitExceeded: /,
  );
  const [AllocationId] = taken;
  await world.send(({ ec2 }) =>
    ec2.send(new ReleaseAddressCommand({ AllocationId: AllocationId! })),
  );
  await world.clusterReady();
  expect(await addresses(world)).toHaveLength(5);
});

const elasticIpPool = { publicIpv4Pool: "ipv4pool-ec2-0123456789abcdef0" };

async function pools(world: AwsWorld): Promise<Readonly<Record<string, number>>> {
  const { Addresses = [] } = await world.send(({ ec2 }) =>
    ec2.send(new DescribeAddressesCommand({})),
  );
  const counts: Record<string, number> = {};
  for (const { PublicIpv4Pool = "" } of Addresses) {
    counts[PublicIpv4Pool] = (counts[PublicIpv4Pool] ?? 0) + 1;
  }
  return counts;
}

test("addresses of one's own serve NAT gateways and the load balancer, and Amazon's when they run out", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  let left = 2;
  world.faults = {
    decide: ({ operation, phase }) => {
      if (operation !== "AllocateAddress" || phase !== "beforeCommit") return undefined;
      left -= 1;
      return left === 0
        ? { do: "fail", code: "InsufficientAddressCapacity", status: 400, message: "none left" }
        : undefined;
    },
  };
  await world.withCluster({
    network: { vpc: { availabilityZoneUsageLimit: 1, elasticIpPool } },
    controlPlaneLoadBalancer: { loadBalancerType: "nlb" },
  });
  expect(await pools(world)).toEqual({ [elasticIpPool.publicIpv4Pool]: 1, amazon: 1 });
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("capa-bugs 11: a machine has one address of its pool, whatever answer is lost, and leaves none", async () => {
  const world = await (await new AwsWorld({ profile: "faithful" }).start()).withCluster(oneZone);
  const before = world.aws.inventory();
  let lost = 0;
  world.faults = {
    decide: ({ operation, phase }) =>
      /^(Allocate|Associate)Address$/.test(operation) && phase === "afterCommit" && (lost += 1) < 3
        ? { do: "loseResponse" }
        : undefined,
  };
  const spec = { publicIP: true, elasticIpPool };
  await world.createMachine("worker", spec);
  await world.machineReady("worker");
  await world.kernel.runFor(15 * minute);
  expect(lost).toBeGreaterThan(1);
  expect((await pools(world))[elasticIpPool.publicIpv4Pool]).toBe(1);
  const { status } = await world.machine("worker");
  expect(status?.addresses?.filter(({ type }) => type === "ExternalIP")).toHaveLength(1);
  expect(world.refusals.filter((call) => call.startsWith("AssociateAddress"))).toEqual([]);
  await world.deleteMachine("worker");
  expect(await pools(world)).toEqual({ amazon: 1 });
  await world.kernel.runFor(2 * 60 * minute);
  expect(world.aws.inventory()).toEqual(before);
});

test("capa-bugs 26: a NAT gateway of a kind without a subnet is passed over", async () => {
  const world = await new AwsWorld().start();
  const regional =
    "<item><natGatewayId>nat-0regional</natGatewayId><state>available</state></item></natGatewaySet>";
  world.rewrite = (operation, body) =>
    operation === "DescribeNatGateways"
      ? body
          .replace("</natGatewaySet>", regional)
          .replace("<natGatewaySet/>", `<natGatewaySet>${regional}`)
      : body;
  await world.withCluster();
  expect(world.errors).toEqual([]);
  world.rewrite = (_operation, body) => body;
  expect(await gateways(world)).toHaveLength(1);
});

test("capa-bugs 24: a list that lags behind ends in one gateway per zone all the same", async () => {
  const world = await new AwsWorld().start();
  let stale = 4;
  world.rewrite = (operation, body) => {
    if (operation !== "DescribeNatGateways" || stale === 0) return body;
    stale -= 1;
    return body.replace(/<natGatewaySet>.*<\/natGatewaySet>/s, "<natGatewaySet/>");
  };
  await world.withCluster();
  await world.kernel.runFor(15 * minute);
  expect(await gateways(world)).toHaveLength(1);
  expect(await addresses(world)).toHaveLength(1);
});
