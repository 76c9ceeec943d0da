import { expect, test } from "vitest";
import { Kernel } from "../../kernel/kernel.ts";
import { createFakeAws } from "../fake-aws.ts";

const lagMs = 5000;
/** Every read lags, by exactly this. */
const consistency = { chance: 1, span: { min: lagMs, max: lagMs } };

interface Family {
  readonly name: string;
  readonly service?: "iam";
  /** Calls before, in order; each may use the IDs of those before it. */
  readonly needs?: readonly string[];
  readonly make: readonly [operation: string, input: (ids: Ids) => object];
  readonly end: readonly [operation: string, input: (ids: Ids) => object];
  readonly list: string;
  /** What the answer of `make` calls it. */
  readonly id: string;
}

type Ids = Readonly<Record<string, string>>;

const iamStatement = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "ec2:*", Resource: "*" }],
});
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});

/** An action and its opposite on something that is known by one ID. */
function family(
  noun: string,
  id: string,
  input: (ids: Ids) => object = () => ({}),
  more: Partial<Family> = {},
): Family {
  return {
    name: noun,
    make: [`Create${noun}`, input],
    end: [`Delete${noun}`, (ids) => ({ [id]: ids[id] })],
    list: `Describe${noun}s`,
    id,
    ...more,
  };
}

const inVpc = ({ VpcId }: Ids) => ({ VpcId });
const families: readonly Family[] = [
  family("Vpc", "VpcId", () => ({ CidrBlock: "10.1.0.0/16" })),
  family("Subnet", "SubnetId", ({ VpcId }) => ({ VpcId, CidrBlock: "10.0.9.0/24" })),
  family("InternetGateway", "InternetGatewayId"),
  family("EgressOnlyInternetGateway", "EgressOnlyInternetGatewayId", inVpc),
  family("CarrierGateway", "CarrierGatewayId", inVpc),
  family("RouteTable", "RouteTableId", inVpc),
  family("NetworkAcl", "NetworkAclId", inVpc),
  family("SecurityGroup", "GroupId", (ids) => ({
    ...inVpc(ids),
    GroupName: "g",
    Description: "d",
  })),
  family("NetworkInterface", "NetworkInterfaceId", ({ SubnetId }) => ({ SubnetId })),
  family(
    "DhcpOptions",
    "DhcpOptionsId",
    () => ({ DhcpConfigurations: [{ Key: "domain-name", Values: ["x"] }] }),
    { list: "DescribeDhcpOptions" },
  ),
  family("ManagedPrefixList", "PrefixListId", () => ({
    PrefixListName: "p",
    AddressFamily: "IPv4",
    MaxEntries: 1,
  })),
  family("LaunchTemplate", "LaunchTemplateId", () => ({
    LaunchTemplateName: "lt-",
    LaunchTemplateData: { InstanceType: "t3.micro" },
  })),
  family("Volume", "VolumeId", () => ({ AvailabilityZone: "eu-west-1a", Size: 1 })),
  family("Snapshot", "SnapshotId", ({ VolumeId }) => ({ VolumeId }), { needs: ["Volume"] }),
  family("KeyPair", "KeyPairId", () => ({ KeyName: "k" })),
  family("Address", "AllocationId", () => ({}), {
    make: ["AllocateAddress", () => ({})],
    end: ["ReleaseAddress", ({ AllocationId }) => ({ AllocationId })],
    list: "DescribeAddresses",
  }),
  family("Host", "HostIds", undefined, {
    make: [
      "AllocateHosts",
      () => ({ AvailabilityZone: "eu-west-1a", InstanceType: "m5.large", Quantity: 1 }),
    ],
    end: ["ReleaseHosts", ({ HostIds }) => ({ HostIds: [HostIds] })],
  }),
  family("PlacementGroup", "GroupId", () => ({ GroupName: "pg", Strategy: "cluster" }), {
    end: ["DeletePlacementGroup", () => ({ GroupName: "pg" })],
  }),
  family(
    "VpcEndpoint",
    "VpcEndpointId",
    ({ VpcId }) => ({ VpcId, ServiceName: "com.amazonaws.eu-west-1.s3" }),
    {
      end: ["DeleteVpcEndpoints", ({ VpcEndpointId }) => ({ VpcEndpointIds: [VpcEndpointId] })],
    },
  ),
  family("Role", "Arn", () => ({ RoleName: "r", AssumeRolePolicyDocument: trust }), {
    service: "iam",
    end: ["DeleteRole", () => ({ RoleName: "r" })],
    list: "ListRoles",
  }),
  family("User", "Arn", () => ({ UserName: "u" }), {
    service: "iam",
    end: ["DeleteUser", () => ({ UserName: "u" })],
    list: "ListUsers",
  }),
  family("Policy", "Arn", () => ({ PolicyName: "p", PolicyDocument: iamStatement }), {
    service: "iam",
    end: ["DeletePolicy", ({ Arn }) => ({ PolicyArn: Arn })],
    list: "ListPolicies",
  }),
  family("InstanceProfile", "Arn", () => ({ InstanceProfileName: "i" }), {
    service: "iam",
    end: ["DeleteInstanceProfile", () => ({ InstanceProfileName: "i" })],
    list: "ListInstanceProfiles",
  }),
  family(
    "OpenIDConnectProvider",
    "OpenIDConnectProviderArn",
    () => ({ Url: "https://o.example.com" }),
    {
      service: "iam",
      end: [
        "DeleteOpenIDConnectProvider",
        (ids) => ({ OpenIDConnectProviderArn: ids["OpenIDConnectProviderArn"] }),
      ],
      list: "ListOpenIDConnectProviders",
    },
  ),
];

/** A cloud in which every read lags. */
class World {
  readonly kernel = new Kernel({ seed: "1" });
  readonly aws = createFakeAws({
    clock: this.kernel.clock,
    random: this.kernel.random,
    profile: "lenient",
    consistency,
  });

  async ask(service: string, operation: string, input: object): Promise<string> {
    const call = { service, region: "eu-west-1", accessKeyId: "any", operation };
    const answer = await this.aws.call({ ...call, input: input as Record<string, unknown> });
    return JSON.stringify(answer?.output);
  }

  /** Makes something and waits until everybody knows it. */
  async make(operation: string, input: object, id: string, service = "ec2"): Promise<string> {
    const made = await this.ask(service, operation, input);
    await this.kernel.runFor(lagMs + 1);
    return new RegExp(`"${id}":\\[?"([^"]+)"`).exec(made)?.[1] ?? "";
  }
}

// Red when: `LaggingReads.region` or `.account` gives the present.
test.each(families)(
  "a read that lags misses a new $name, and still shows one that is gone",
  async ({ service = "ec2", needs = [], make, end, list, id }) => {
    const world = new World();
    const VpcId = await world.make("CreateVpc", { CidrBlock: "10.0.0.0/16" }, "VpcId");
    const subnet = { VpcId, CidrBlock: "10.0.0.0/24" };
    const SubnetId = await world.make("CreateSubnet", subnet, "SubnetId");
    const ids: Record<string, string> = { VpcId, SubnetId };
    for (const need of families.filter(({ name }) => needs.includes(name))) {
      ids[need.id] = await world.make(need.make[0], need.make[1](ids), need.id);
    }
    await world.ask(service, list, {});
    const made = await world.ask(service, make[0], make[1](ids));
    const own = new RegExp(`"${id}":\\[?"([^"]+)"`).exec(made)?.[1] ?? "nothing";
    expect(await world.ask(service, list, {})).not.toContain(own);
    await world.kernel.runFor(lagMs + 1);
    expect(await world.ask(service, list, {})).toContain(own);
    await world.ask(service, end[0], end[1]({ ...ids, [id]: own }));
    expect(await world.ask(service, list, {})).toContain(own);
    await world.kernel.runFor(lagMs + 1);
    expect(await world.ask(service, list, {})).not.toContain(own);
    world.aws.close();
  },
);

test("states, tags and attributes that have changed look as before for a while", async () => {
  const world = new World();
  const VpcId = await world.make("CreateVpc", { CidrBlock: "10.0.0.0/16" }, "VpcId");
  const SubnetId = await world.make(
    "CreateSubnet",
    { VpcId, CidrBlock: "10.0.0.0/24" },
    "SubnetId",
  );
  const one = { ImageId: "ami-12c6146b", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 };
  const InstanceId = await world.make("RunInstances", { ...one, SubnetId }, "InstanceId");
  const shown = async () => {
    const instances = await world.ask("ec2", "DescribeInstances", { InstanceIds: [InstanceId] });
    const tagged = await world.ask("tagging", "GetResources", {});
    const subnets = await world.ask("ec2", "DescribeSubnets", { SubnetIds: [SubnetId] });
    return {
      state: /"State":\{"Code":\d+,"Name":"([a-z-]+)"\}/.exec(instances)?.[1],
      tagged: tagged.includes('"Key":"k"'),
      isPublic: subnets.includes('"MapPublicIpOnLaunch":true'),
    };
  };
  expect(await shown()).toEqual({ state: "running", tagged: false, isPublic: false });
  await world.ask("ec2", "CreateTags", { Resources: [VpcId], Tags: [{ Key: "k", Value: "v" }] });
  await world.ask("ec2", "ModifySubnetAttribute", {
    SubnetId,
    MapPublicIpOnLaunch: { Value: true },
  });
  await world.ask("ec2", "TerminateInstances", { InstanceIds: [InstanceId] });
  expect(await shown()).toEqual({ state: "running", tagged: false, isPublic: false });
  await world.kernel.runFor(lagMs + 1);
  expect(await shown()).toEqual({ state: "terminated", tagged: true, isPublic: true });
  world.aws.close();
});

test("a write may not know what was made a moment ago, and the present is not delayed for it", async () => {
  const world = new World();
  const made = await world.ask("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16" });
  const VpcId = /"VpcId":"([^"]+)"/.exec(made)?.[1];
  const subnet = { VpcId, CidrBlock: "10.0.0.0/24" };
  await expect(world.ask("ec2", "CreateSubnet", subnet)).rejects.toThrow("does not exist");
  expect(world.aws.inventory()).toContain(`vpc/${VpcId}`);
  await world.kernel.runFor(lagMs + 1);
  await expect(world.ask("ec2", "CreateSubnet", subnet)).resolves.toContain("SubnetId");
  world.aws.close();
});
