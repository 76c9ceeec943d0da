import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { WorkQueue } from "@seatrial/controllers/runtime/work-queue.ts";
import { createFakeAws } from "@seatrial/fakecloud/aws/fake-aws.ts";
import { fixtureKeyPairs } from "@seatrial/fakecloud/kernel/fixture-key-pairs.ts";
import { Kernel } from "@seatrial/fakecloud/kernel/kernel.ts";
import { Heartbeats } from "@seatrial/fakecloud/machines/kubelet/heartbeats.ts";
import { createMachines } from "@seatrial/fakecloud/machines/machines.ts";
import { expect, test } from "vitest";
import { scaledClock } from "./scaled-clock.ts";
import { durations, durationsTable } from "./tables/durations.ts";

const scale = 60;
const second = 1000;
const minute = 60 * second;

type Answer = Readonly<Record<string, unknown>>;

/** A fake AWS and its machines whose delays pass faster than the virtual time of day. */
class World {
  readonly kernel = new Kernel({ seed: "1" });
  readonly clock;
  readonly aws;
  readonly machines;
  readonly faster: number;

  constructor(faster: number) {
    const { random } = this.kernel;
    this.faster = faster;
    this.clock = scaledClock(this.kernel.clock, faster);
    const { clock } = this;
    this.aws = createFakeAws({ clock, random, profile: "faithful" });
    this.machines = createMachines({
      clock,
      wallClock: this.kernel.clock,
      random,
      aws: this.aws,
      keyPairs: fixtureKeyPairs(random),
      onDefect: (error) => this.kernel.fail(error),
    });
  }

  async call(operation: string, input: object, service = "ec2", version = ""): Promise<Answer> {
    const at = { service, region: "eu-west-1", accessKeyId: "AKIA", operation };
    const versioned = version === "" ? at : { ...at, version };
    const answer = await this.aws.call({ ...versioned, input: { ...input } });
    return (answer?.output ?? {}) as Answer;
  }

  /** How long, by the time of day, until it holds. Looks a thousand times or so. */
  async until(holds: () => Promise<boolean> | boolean, aboutMs: number): Promise<number> {
    const startedMs = this.kernel.clock.now();
    for (let looks = 0; looks < 5000; looks += 1) {
      if (await holds()) return this.kernel.clock.now() - startedMs;
      await this.kernel.runFor(aboutMs / 400 / this.faster);
    }
    throw new Error("it never holds");
  }

  async launch(): Promise<string> {
    const { Images = [] } = (await this.call("DescribeImages", {})) as {
      readonly Images?: readonly { readonly ImageId: string }[];
    };
    const what = { ImageId: Images[0]?.ImageId, InstanceType: "t3.large" };
    const run = await this.call("RunInstances", { ...what, MinCount: 1, MaxCount: 1 });
    const { Instances } = run as { readonly Instances: readonly [{ readonly InstanceId: string }] };
    return Instances[0].InstanceId;
  }

  /** Running, if nothing else is said. */
  async inState(id: string, state: string, aboutMs = minute): Promise<number> {
    return this.until(() => (this.aws.instance(id)?.state ?? "gone") === state, aboutMs);
  }

  async subnets(): Promise<readonly string[]> {
    const { Subnets } = (await this.call("DescribeSubnets", {})) as {
      readonly Subnets: readonly { readonly SubnetId: string }[];
    };
    return Subnets.map(({ SubnetId }) => SubnetId);
  }

  async classicBalancer(): Promise<string> {
    const answer = await this.call(
      "CreateLoadBalancer",
      {
        LoadBalancerName: "one",
        Listeners: [
          { Protocol: "TCP", LoadBalancerPort: 80, InstanceProtocol: "TCP", InstancePort: 80 },
        ],
        Subnets: await this.subnets(),
      },
      "elasticloadbalancing",
      "2012-06-01",
    );
    return String(answer["DNSName"]);
  }

  resolves(host: string): boolean {
    const reach = this.aws.network.canReach({ from: "internet" }, host, 80);
    return reach.reachable || reach.obstacle.code !== "DnsNameNotFound";
  }
}

const classic = ["elasticloadbalancing", "2012-06-01"] as const;
const secrets = "secretsmanager";

async function interfaces(world: World): Promise<number> {
  const { NetworkInterfaces } = (await world.call("DescribeNetworkInterfaces", {})) as {
    readonly NetworkInterfaces: readonly unknown[];
  };
  return NetworkInterfaces.length;
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

/** How long each takes by the time of day. */
const probes: Readonly<
  Record<Exclude<keyof typeof durations, "timeOfDay">, (world: World) => Promise<number>>
> = {
  instanceStart: async (world) => world.inState(await world.launch(), "running"),
  instanceStop: async (world) => {
    const id = await world.launch();
    await world.inState(id, "running");
    await world.call("StopInstances", { InstanceIds: [id] });
    return world.inState(id, "stopped");
  },
  termination: async (world) => {
    const id = await world.launch();
    await world.call("TerminateInstances", { InstanceIds: [id] });
    return world.inState(id, "terminated");
  },
  afterlife: async (world) => {
    const id = await world.launch();
    await world.call("TerminateInstances", { InstanceIds: [id] });
    await world.inState(id, "terminated");
    return world.inState(id, "gone", 60 * minute);
  },
  statusChecks: async (world) => {
    const id = await world.launch();
    await world.inState(id, "running");
    return world.until(async () => {
      const answer = await world.call("DescribeInstanceStatus", { InstanceIds: [id] });
      return JSON.stringify(answer).includes('"passed"');
    }, minute);
  },
  natGateway: async (world) => {
    const [SubnetId] = await world.subnets();
    const { AllocationId } = await world.call("AllocateAddress", {});
    await world.call("CreateNatGateway", { SubnetId, AllocationId });
    return world.until(async () => {
      const answer = await world.call("DescribeNatGateways", {});
      return JSON.stringify(answer).includes('"available"');
    }, minute);
  },
  classicBalancer: async (world) => {
    const host = await world.classicBalancer();
    return world.until(() => world.resolves(host), minute);
  },
  networkBalancer: async (world) => {
    const at = ["elasticloadbalancing", "2015-12-01"] as const;
    const input = { Name: "two", Type: "network", Subnets: await world.subnets() };
    await world.call("CreateLoadBalancer", input, ...at);
    return world.until(async () => {
      const answer = await world.call("DescribeLoadBalancers", {}, ...at);
      return JSON.stringify(answer).includes('"active"');
    }, minute);
  },
  balancerInterfaces: async (world) => {
    await world.classicBalancer();
    await world.call("DeleteLoadBalancer", { LoadBalancerName: "one" }, ...classic);
    return world.until(async () => (await interfaces(world)) === 0, minute);
  },
  healthChecks: async (world) => {
    await world.classicBalancer();
    const id = await world.launch();
    await world.inState(id, "running");
    const one = { LoadBalancerName: "one", Instances: [{ InstanceId: id }] };
    await world.call("RegisterInstancesWithLoadBalancer", one, ...classic);
    return world.until(async () => {
      const answer = await world.call("DescribeInstanceHealth", one, ...classic);
      return JSON.stringify(answer).includes("UnhealthyThreshold");
    }, minute);
  },
  throttle: async (world) => {
    const id = await world.launch();
    const taken = () => succeeds(world.call("StartInstances", { InstanceIds: [id] }));
    while (await taken()) await world.kernel.runFor(0);
    return world.until(taken, 10 * second);
  },
  boot: async (world) => {
    const id = await world.launch();
    await world.inState(id, "running");
    return world.until(
      () => world.machines.bootLog(id).some(({ text }) => text.includes("reached target")),
      minute,
    );
  },
  requeue: async ({ kernel, faster }) => {
    const queue = new WorkQueue({ name: "q", clock: kernel.clock, delayScale: faster });
    const startedMs = kernel.clock.now();
    let readyMs = 0;
    queue.onReady(() => (readyMs = kernel.clock.now()));
    queue.addAfter("key", minute);
    await kernel.runFor(2 * minute);
    return readyMs - startedMs;
  },
  secretWindow: async (world) => {
    await world.call("CreateSecret", { Name: "s", SecretString: "x" }, secrets);
    await world.call("DeleteSecret", { SecretId: "s", RecoveryWindowInDays: 7 }, secrets);
    const startedMs = world.kernel.clock.now();
    while (await succeeds(world.call("DescribeSecret", { SecretId: "s" }, secrets))) {
      await world.kernel.runFor(60 * minute);
    }
    return world.kernel.clock.now() - startedMs;
  },
  heartbeat: async ({ kernel }) => {
    const heartbeats = new Heartbeats(kernel.clock, "cluster");
    const startedMs = kernel.clock.now();
    let heardMs = 0;
    heartbeats.add({
      beat: () => {
        heardMs ||= kernel.clock.now();
      },
    });
    await kernel.runFor(minute);
    heartbeats.close();
    return heardMs - startedMs;
  },
};

test.each(Object.entries(probes))(
  "%s passes at the pace that the table says",
  async (key, probe) => {
    const { pace } = durations[key as keyof typeof durations];
    const [slow, fast] = [new World(1), new World(scale)];
    const ratio = (await probe(slow)) / (await probe(fast));
    for (const { aws, machines } of [slow, fast]) {
      machines.close();
      aws.close();
    }
    const wanted = pace === "scaled" ? scale : 1;
    expect(ratio).toBeGreaterThan(wanted * 0.9);
    expect(ratio).toBeLessThan(wanted * 1.1);
  },
);

/** SEATRIAL_UPDATE=1 writes the table. */
test("the README of the fake cloud shows the table", () => {
  const readme = fileURLToPath(new URL("../../fakecloud/README.md", import.meta.url));
  const [begin, end] = [
    "<!-- durations: generated, see ../scenarios/factory/durations.test.ts -->\n",
    "<!-- end of durations -->",
  ];
  const text = readFileSync(readme, "utf8");
  const from = text.indexOf(begin) + begin.length;
  expect(from).toBeGreaterThanOrEqual(begin.length);
  if (process.env["SEATRIAL_UPDATE"] !== undefined) {
    writeFileSync(
      readme,
      text.slice(0, from) + durationsTable() + "\n" + text.slice(text.indexOf(end)),
    );
    return;
  }
  // Formatting pads the cells of a table.
  const squeeze = (one: string) => one.replaceAll(/[ -]+/g, " ");
  expect(squeeze(text.slice(from, text.indexOf(end)))).toContain(squeeze(durationsTable()).trim());
});
