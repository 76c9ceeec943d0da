import fc from "fast-check";
import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import type { FakeAws, FakeAwsOptions } from "../contract.ts";
import { createFakeAws } from "../fake-aws.ts";

const span = { min: 1, max: 8000 };
const lagging = { chance: 0.8, span };

/** The families of a VPC, and how each is listed. */
const lists = {
  DescribeAddresses: "Addresses",
  DescribeInternetGateways: "InternetGateways",
  DescribeNetworkAcls: "NetworkAcls",
  DescribeNetworkInterfaces: "NetworkInterfaces",
  DescribeRouteTables: "RouteTables",
  DescribeSecurityGroups: "SecurityGroups",
  DescribeSubnets: "Subnets",
  DescribeVpcs: "Vpcs",
} as const;
const ids = {
  DescribeAddresses: "AllocationId",
  DescribeInternetGateways: "InternetGatewayId",
  DescribeNetworkAcls: "NetworkAclId",
  DescribeNetworkInterfaces: "NetworkInterfaceId",
  DescribeRouteTables: "RouteTableId",
  DescribeSecurityGroups: "GroupId",
  DescribeSubnets: "SubnetId",
  DescribeVpcs: "VpcId",
} as const;
type List = keyof typeof lists;
const listNames = Object.keys(lists) as List[];

type Kind = "group" | "gateway" | "ip" | "node" | "subnet" | "table" | "vpc";

/** IDs of everything ever made: calls also meet what is gone. */
type Ids = Readonly<Record<Kind, string[]>>;

interface Write {
  readonly action: string;
  readonly kind?: Kind;
  readonly input: (id: (kind: Kind) => string, number: number) => object;
}

const tagged = (id: string, number: number) => ({
  Resources: [id],
  Tags: [{ Key: "k", Value: `${number}` }],
});

const writes: readonly Write[] = [
  { action: "CreateVpc", kind: "vpc", input: () => ({ CidrBlock: "10.0.0.0/16" }) },
  {
    action: "CreateSubnet",
    kind: "subnet",
    input: (id, n) => ({ VpcId: id("vpc"), CidrBlock: `10.0.${n}.0/24` }),
  },
  { action: "CreateInternetGateway", kind: "gateway", input: () => ({}) },
  { action: "CreateRouteTable", kind: "table", input: (id) => ({ VpcId: id("vpc") }) },
  {
    action: "CreateSecurityGroup",
    kind: "group",
    input: (id, n) => ({ VpcId: id("vpc"), GroupName: `g${n}`, Description: "d" }),
  },
  { action: "CreateNetworkInterface", kind: "node", input: (id) => ({ SubnetId: id("subnet") }) },
  { action: "AllocateAddress", kind: "ip", input: () => ({}) },
  {
    action: "AttachInternetGateway",
    input: (id) => ({ InternetGatewayId: id("gateway"), VpcId: id("vpc") }),
  },
  {
    action: "DetachInternetGateway",
    input: (id) => ({ InternetGatewayId: id("gateway"), VpcId: id("vpc") }),
  },
  {
    action: "AssociateAddress",
    input: (id) => ({ AllocationId: id("ip"), NetworkInterfaceId: id("node") }),
  },
  {
    action: "CreateRoute",
    input: (id, n) => ({
      RouteTableId: id("table"),
      DestinationCidrBlock: `192.168.${n}.0/24`,
      GatewayId: id("gateway"),
    }),
  },
  {
    action: "AssociateRouteTable",
    input: (id) => ({ RouteTableId: id("table"), SubnetId: id("subnet") }),
  },
  {
    action: "AuthorizeSecurityGroupIngress",
    input: (id, n) => ({
      GroupId: id("group"),
      IpPermissions: [
        { IpProtocol: "tcp", FromPort: n, ToPort: n, IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
      ],
    }),
  },
  {
    action: "ModifySubnetAttribute",
    input: (id, n) => ({ SubnetId: id("subnet"), MapPublicIpOnLaunch: { Value: n % 2 === 0 } }),
  },
  { action: "CreateTags", input: (id, n) => tagged(id("vpc"), n) },
  { action: "CreateTags", input: (id, n) => tagged(id("subnet"), n) },
  { action: "DeleteSubnet", input: (id) => ({ SubnetId: id("subnet") }) },
  { action: "DeleteVpc", input: (id) => ({ VpcId: id("vpc") }) },
  { action: "DeleteInternetGateway", input: (id) => ({ InternetGatewayId: id("gateway") }) },
  { action: "DeleteRouteTable", input: (id) => ({ RouteTableId: id("table") }) },
  { action: "DeleteSecurityGroup", input: (id) => ({ GroupId: id("group") }) },
  { action: "DeleteNetworkInterface", input: (id) => ({ NetworkInterfaceId: id("node") }) },
  { action: "ReleaseAddress", input: (id) => ({ AllocationId: id("ip") }) },
];

interface Outcome {
  readonly output?: Readonly<Record<string, unknown>>;
  readonly code?: string;
}

function ask(aws: FakeAws, operation: string, input: object): Promise<Outcome> {
  const place = { service: "ec2", region: "eu-west-1", accessKeyId: "any" };
  return aws.call({ ...place, operation, input: input as Record<string, unknown> }).then(
    (answer) => ({ output: structuredClone(answer?.output) as Readonly<Record<string, unknown>> }),
    (error: unknown) => ({ code: (error as { readonly code: string }).code }),
  );
}

/** What every list said from one moment on. */
interface Moment {
  readonly sinceMs: number;
  readonly lists: ReadonlyMap<List, unknown>;
}

/** The cloud whose reads lag, and its twin: the same calls at the same times, but reads that never lag. */
class World {
  readonly kernel = new Kernel({ seed: "1" });
  readonly aws = this.#cloud({ consistency: lagging });
  readonly twin = this.#cloud({});
  readonly ids: Ids = { group: [], gateway: [], ip: [], node: [], subnet: [], table: [], vpc: [] };
  readonly madeAtMs = new Map<string, number>();
  readonly truth: Moment[] = [];
  /** What reads showed of the past, and writes that met something too young to be known. */
  readonly seen = { missing: 0, changed: 0, deleted: 0, unknown: 0 };

  #cloud(options: Pick<FakeAwsOptions, "consistency">): FakeAws {
    const { clock } = this.kernel;
    const { random } = new Kernel({ seed: "twins" });
    return createFakeAws({ clock, random, profile: "lenient", ...options });
  }

  now(): number {
    return this.kernel.clock.now();
  }

  async begin(): Promise<void> {
    await ask(this.aws, "DescribeVpcs", {});
    await this.#remember();
  }

  async #remember(): Promise<void> {
    const said = new Map<List, unknown>();
    for (const list of listNames) said.set(list, (await ask(this.twin, list, {})).output);
    this.truth.push({ sinceMs: this.now(), lists: said });
  }

  async write(one: Write, which: number, number: number): Promise<void> {
    const met: string[] = [];
    const input = one.input((kind) => {
      const id = this.ids[kind][which % this.ids[kind].length] ?? `none-${kind}`;
      met.push(id);
      return id;
    }, number);
    const seen = await ask(this.aws, one.action, input);
    if (seen.code?.endsWith(".NotFound") === true && this.#areYoung(met)) {
      this.seen.unknown += 1;
      return; // It may or may not be so in the twin.
    }
    const meant = await ask(this.twin, one.action, input);
    expect(seen, `${one.action} ${JSON.stringify(input)}`).toEqual(meant);
    if (seen.code !== undefined) return;
    if (one.kind !== undefined) this.#made(one.kind, seen.output ?? {});
    await this.#remember();
  }

  #areYoung(ids: readonly string[]): boolean {
    return ids.some((id) => this.now() - (this.madeAtMs.get(id) ?? 0) < span.max);
  }

  #made(kind: Kind, output: Readonly<Record<string, unknown>>): void {
    const id =
      /"(?:AllocationId|GroupId|InternetGatewayId|NetworkInterfaceId|RouteTableId|SubnetId|VpcId)":"([^"]+)"/;
    const prefix = {
      group: "sg",
      gateway: "igw",
      ip: "eipalloc",
      node: "eni",
      subnet: "subnet",
      table: "rtb",
      vpc: "vpc",
    };
    const text = JSON.stringify(output);
    const found = new RegExp(`"(${prefix[kind]}-[0-9a-f]+)"`).exec(text)?.[1] ?? id.exec(text)?.[1];
    this.ids[kind].push(found ?? "");
    this.madeAtMs.set(found ?? "", this.now());
  }

  /** Each resource in a list, and each that is missing, must be so as the twin said at some time in the recent past. */
  async read(list: List): Promise<void> {
    const { output } = await ask(this.aws, list, {});
    const shown = byId(list, output);
    const since = this.now() - span.max;
    const recent = this.truth
      .filter((_, index) => (this.truth[index + 1]?.sinceMs ?? Number.POSITIVE_INFINITY) >= since)
      .map((moment) => byId(list, moment.lists.get(list)));
    const present = recent.at(-1);
    const all = new Set([...shown.keys(), ...recent.flatMap((moment) => [...moment.keys()])]);
    for (const id of all) {
      const said = shown.get(id);
      this.#count(said, present?.get(id));
      if (recent.some((moment) => moment.get(id) === said)) continue;
      expect(said, `${list} shows no recent past of ${id}`).toBe(present?.get(id));
    }
  }
  #count(said: string | undefined, present: string | undefined): void {
    if (said === present) return;
    if (said === undefined) this.seen.missing += 1;
    else if (present === undefined) this.seen.deleted += 1;
    else this.seen.changed += 1;
  }

  /** When nothing has changed for long enough. */
  async settle(): Promise<void> {
    await this.kernel.runFor(span.max);
    for (const list of listNames) {
      const { output } = await ask(this.aws, list, {});
      expect(output, `${list} is the present at last`).toEqual(this.truth.at(-1)?.lists.get(list));
    }
    expect(this.aws.inventory()).toEqual(this.twin.inventory());
  }

  close(): void {
    this.aws.close();
    this.twin.close();
  }
}

/** What a list says of each resource, as text; a resource is known by its first ID of the right kind. */
function byId(list: List, output: unknown): ReadonlyMap<string, string> {
  const items = (output as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>)[
    lists[list]
  ];
  const idOf = ids[list];
  return new Map((items ?? []).map((item) => [String(item[idOf]), JSON.stringify(item)]));
}

/** A command of fast-check. */
class Step implements fc.AsyncCommand<object, World> {
  readonly #words: string;
  readonly #run: (world: World) => Promise<void>;

  constructor(words: string, run: (world: World) => Promise<void>) {
    this.#words = words;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  run(_model: object, world: World): Promise<void> {
    return this.#run(world);
  }

  toString(): string {
    return this.#words;
  }
}

const commands = [
  fc
    .tuple(fc.constantFrom(...writes), fc.nat(2), fc.nat(5))
    .map(
      ([write, which, number]) =>
        new Step(`${write.action}(${which}, ${number})`, (world) =>
          world.write(write, which, number),
        ),
    ),
  fc.constantFrom(...listNames).map((list) => new Step(list, (world) => world.read(list))),
  fc
    .integer({ min: 1, max: 5000 })
    .map((ms) => new Step(`wait ${ms}`, (world) => world.kernel.runFor(ms))),
];

// Red when: `at` (history.ts) gives the copy before the one that it should, or `LaggingReads` draws three times the lag, or none.
test("with lag on, every read of the VPC family is some recent past, and finally the present", async () => {
  const numRuns = process.env["SEATRIAL_FULL"] === undefined ? 80 : 1000;
  const seen = { missing: 0, changed: 0, deleted: 0, unknown: 0 };
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 80, size: "max" }), async (steps) => {
      const world = new World();
      await world.begin();
      await fc.asyncModelRun(() => ({ model: {}, real: world }), steps);
      await world.settle();
      for (const what of Object.keys(seen) as (keyof typeof seen)[]) seen[what] += world.seen[what];
      world.close();
    }),
    { numRuns, seed: 7 },
  );
  // Otherwise nothing lagged, and nothing was shown.
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(0);
}, 240_000);
