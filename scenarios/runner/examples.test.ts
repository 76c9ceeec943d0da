import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { createAwsClientFactory } from "@seatrial/controllers/aws/clients.ts";
import { InProcessRequestHandler } from "@seatrial/fakecloud/wire/request-handler.ts";
import { parseManifests } from "./parse-manifests.ts";
import { parseScenario } from "./parse-scenario.ts";
import { runScenario } from "./run-scenario.ts";
import type { Manifest } from "./scenario.ts";
import { unconverged } from "./snapshot.ts";
import { createWorld, type World } from "./world.ts";

const minute = 60_000;

function manifestsOf(name: string, variables: Readonly<Record<string, string>> = {}) {
  const file = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  return parseManifests(readFileSync(file, "utf8"), name, variables);
}

/** The example as a scenario: it is applied, has to converge, and is then asked this. */
function scenarioOf(name: string, expr: string) {
  const text = `apiVersion: seatrial/v1
kind: Scenario
metadata: { name: example }
world: { manifests: [${name}] }
expect:
  rest: skip
  at: [{ time: end, expr: ${JSON.stringify(expr)} }]
`;
  return parseScenario(text, name);
}

async function run(
  name: string,
  expr: string,
  options: {
    readonly variables?: Readonly<Record<string, string>>;
    readonly inspect?: (world: World) => void;
  } = {},
) {
  const { variables, ...rest } = options;
  const manifests = new Map([[name, manifestsOf(name, variables)]]);
  const loaded = { file: name, scenario: scenarioOf(name, expr), manifests };
  return runScenario(loaded, { seed: "1", awsWire: false, ...rest });
}

test("spot.yaml: a pool at the normal price and one of spot instances join", async () => {
  let pools: readonly (string | undefined)[] = [];
  const { violations } = await run("spot.yaml", "nodes.size() == 5 && nodes.all(n, n.ready)", {
    inspect: ({ aws }) => (pools = aws.instances().map(({ tags }) => tags["lifecycle"])),
  });
  expect(violations).toEqual([]);
  expect(pools.filter((pool) => pool === "spot")).toHaveLength(3);
});

test("template.yaml: it is whole with its defaults, and works with variables of one's own", async () => {
  const [cluster] = manifestsOf("template.yaml");
  expect(cluster?.metadata.name).toBe("templated");
  const variables = {
    CLUSTER_NAME: "mine",
    WORKER_MACHINE_COUNT: "1",
    KUBERNETES_VERSION: "v1.33.4",
  };
  const expr = "nodes.size() == 2 && nodes.all(n, n.ready && n.version == 'v1.33.4')";
  const { violations } = await run("template.yaml", expr, { variables });
  expect(violations).toEqual([]);
});

/** A VPC with a public and a private subnet, as somebody would have made it with other tools. */
async function makeNetwork(ec2: EC2Client): Promise<Readonly<Record<string, string>>> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const VpcId = Vpc!.VpcId!;
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const GatewayId = InternetGateway!.InternetGatewayId!;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
  const subnet = async (third: number) => {
    const request = { VpcId, CidrBlock: `10.9.${third}.0/24`, AvailabilityZone: "eu-west-1a" };
    return (await ec2.send(new CreateSubnetCommand(request))).Subnet!.SubnetId!;
  };
  const [open, closed] = [await subnet(0), await subnet(1)];
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const { NatGateway } = await ec2.send(
    new CreateNatGatewayCommand({ SubnetId: open, AllocationId }),
  );
  const route = async (SubnetId: string, target: object) => {
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
    const { RouteTableId } = RouteTable!;
    const DestinationCidrBlock = "0.0.0.0/0";
    await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, ...target }));
    await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
  };
  await route(open, { GatewayId });
  await route(closed, { NatGatewayId: NatGateway!.NatGatewayId! });
  return { VPC_ID: VpcId, PUBLIC_SUBNET_ID: open, PRIVATE_SUBNET_ID: closed };
}

test("own-network.yaml: a cluster lives in a network that exists, and leaves it as it was", async () => {
  const manifests = new Map<string, readonly Manifest[]>();
  const world = createWorld({
    seed: "1",
    cloud: { profile: "lenient" },
    keepTrace: false,
    awsWire: false,
    excepted: new Set(),
    manifests,
  });
  try {
    const { clock, random } = world.kernel;
    // Isolated, as all clients of a simulation: nothing is read from files or the environment.
    const { ec2 } = createAwsClientFactory({
      clock,
      random,
      isolated: true,
      credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "any" },
      requestHandler: new InProcessRequestHandler({
        handle: (request) => world.aws.handle(request),
        clock,
        random,
      }),
    }).clients("eu-west-1");
    const act = (work: Promise<unknown>) => world.kernel.complete(work, { horizonMs: 10 * minute });
    await world.kernel.runFor(minute);
    const variables = await world.kernel.complete(makeNetwork(ec2), { horizonMs: minute });
    const before = world.aws.inventory();
    manifests.set("own-network.yaml", manifestsOf("own-network.yaml", variables));
    await act(world.perform({ apply: { manifests: ["own-network.yaml"] } }));
    await world.kernel.runFor(30 * minute);
    const running = world.snapshot();
    expect(unconverged(running)).toEqual([]);
    expect(running.instances.map(({ state }) => state)).toEqual(["running", "running", "running"]);
    await act(world.perform({ delete: { target: "cluster/own-network" } }));
    await world.kernel.runFor(90 * minute);
    expect(world.aws.inventory()).toEqual(before);
  } finally {
    world.close();
  }
});
