import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AssociateVpcCidrBlockCommand,
  AttachInternetGatewayCommand,
  CreateEgressOnlyInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteNatGatewayCommand,
  DeleteTagsCommand,
  DeleteVpcEndpointsCommand,
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { AWSCluster } from "../../api/aws/v1beta2.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import { AwsWorld, minute, namespace, oneZone } from "../aws-world.ts";

test("a VPC of one's own is used, tagged for the cloud controller, and left as it was", async () => {
  const world = await new AwsWorld().start();
  const send = <T>(work: Promise<T>) => world.run(work);
  const { Vpc } = await send(world.ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" })));
  const VpcId = Vpc!.VpcId!;
  const { InternetGateway } = await send(world.ec2.send(new CreateInternetGatewayCommand({})));
  const InternetGatewayId = InternetGateway!.InternetGatewayId!;
  await send(world.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId })));
  const makeSubnet = async (CidrBlock: string) => {
    const request = new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone: "eu-west-1a" });
    const { Subnet } = await send(world.ec2.send(request));
    return Subnet!.SubnetId!;
  };
  const [open, closed] = [await makeSubnet("10.9.0.0/24"), await makeSubnet("10.9.1.0/24")];
  const { RouteTable } = await send(world.ec2.send(new CreateRouteTableCommand({ VpcId })));
  const RouteTableId = RouteTable!.RouteTableId!;
  await send(
    world.ec2.send(
      new CreateRouteCommand({
        RouteTableId,
        DestinationCidrBlock: "0.0.0.0/0",
        GatewayId: InternetGatewayId,
      }),
    ),
  );
  await send(world.ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: open })));
  const before = world.aws.inventory();
  await world.createCluster({
    network: { vpc: { id: VpcId }, subnets: [{ id: open }, { id: closed }] },
  });
  await world.clusterReady();
  const cluster = await world.get(AWSCluster, "test");
  expect(cluster?.spec?.network?.subnets?.map(({ isPublic }) => isPublic === true)).toEqual([
    true,
    false,
  ]);
  const { Subnets = [] } = await send(
    world.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [open] })),
  );
  const tags = Object.fromEntries(Subnets[0]!.Tags!.map(({ Key = "", Value }) => [Key, Value]));
  expect(tags).toMatchObject({
    "kubernetes.io/cluster/test": "shared",
    "kubernetes.io/role/elb": "1",
  });
  await world.createMachine("worker");
  await world.machineReady("worker");
  expect((await world.instances())[0]?.SubnetId).toBe(closed);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("a bastion, secondary ranges and an emptied default group come and go with the spec", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  const Filters = [
    { Name: "owner-id", Values: ["819546954734"] },
    { Name: "name", Values: ["capa-ami-ubuntu-24.04-?1.34.2-*"] },
    { Name: "architecture", Values: ["x86_64"] },
  ];
  const { Images = [] } = await world.run(world.ec2.send(new DescribeImagesCommand({ Filters })));
  const [image] = Images;
  await world.createCluster({
    bastion: { enabled: true, ami: image!.ImageId!, instanceType: "t3.micro" },
    network: {
      vpc: {
        secondaryCidrBlocks: [{ ipv4CidrBlock: "10.1.0.0/16" }],
        emptyRoutesDefaultVPCSecurityGroup: true,
        privateDnsHostnameTypeOnLaunch: "resource-name",
        availabilityZoneUsageLimit: 1,
      },
    },
    controlPlaneLoadBalancer: { scheme: "internal" },
  });
  await world.clusterReady();
  const cluster = await world.get(AWSCluster, "test");
  const [bastion] = await world.instances();
  expect(cluster?.status).toMatchObject({
    bastion: { id: bastion!.InstanceId },
    networkStatus: { apiServerElb: { scheme: "internal" } },
  });
  const vpcId = cluster!.spec!.network!.vpc!.id!;
  const { Vpcs = [] } = await world.run(
    world.ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] })),
  );
  expect(Vpcs[0]!.CidrBlockAssociationSet).toMatchObject([
    { CidrBlock: "10.0.0.0/16" },
    { CidrBlock: "10.1.0.0/16" },
  ]);
  const { SecurityGroups = [] } = await world.run(
    world.ec2.send(
      new DescribeSecurityGroupsCommand({
        Filters: [
          { Name: "vpc-id", Values: [vpcId] },
          { Name: "group-name", Values: ["default"] },
        ],
      }),
    ),
  );
  expect(SecurityGroups[0]).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
  await world.run(
    world.client.mergePatch(
      AWSCluster,
      { namespace, name: "test" },
      { spec: { bastion: { enabled: false } } },
    ),
  );
  await world.kernel.runFor(10 * minute);
  expect((await world.get(AWSCluster, "test"))?.status?.bastion).toBeUndefined();
  await world.deleteCluster();
  await world.kernel.runFor(90 * minute);
  expect(world.aws.inventory()).toEqual(before);
});

test("a field that the provider does not act on is refused by name", async () => {
  const world = await new AwsWorld().start();
  const vpc = { ipamPool: { id: "ipam-pool-1" }, ipv6: { ipamPool: { id: "ipam-pool-1" } } };
  await expect(world.createCluster({ network: { vpc } })).rejects.toThrow(
    /spec\.network\.vpc\.ipamPool: .*spec\.network\.vpc\.ipv6\.ipamPool: /,
  );
});

async function tables(world: AwsWorld, region: string) {
  const { ec2 } = world.clientsIn(region);
  const { RouteTables = [] } = await world.run(ec2.send(new DescribeRouteTablesCommand({})));
  return RouteTables.flatMap(({ Tags = [], Routes = [] }) => {
    const name = Tags.find(({ Key }) => Key === "Name")?.Value;
    const routes = Routes.filter(({ GatewayId }) => GatewayId !== "local").map((route) => {
      const target =
        route.GatewayId ??
        route.NatGatewayId ??
        route.EgressOnlyInternetGatewayId ??
        route.CarrierGatewayId;
      const to = route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock;
      return `${to} by ${target?.split("-")[0]}`;
    });
    return name === undefined ? [] : [`${name}: ${routes.join(", ")}`];
  });
}

test("capa-bugs 29: a dual-stack network has ranges, routes, rules and a gateway of its own, and leaves other gateways alone", async () => {
  const world = await new AwsWorld().start();
  const { Vpcs = [] } = await world.send(({ ec2 }) => ec2.send(new DescribeVpcsCommand({})));
  const VpcId = Vpcs[0]!.VpcId!;
  await world.send(({ ec2 }) => ec2.send(new CreateEgressOnlyInternetGatewayCommand({ VpcId })));
  const before = world.aws.inventory();
  await world.withCluster({
    network: { vpc: { ipv6: {}, availabilityZoneUsageLimit: 1 } },
    controlPlaneLoadBalancer: { loadBalancerType: "nlb" },
  });
  const { vpc, subnets = [] } = (await world.cluster()).spec!.network!;
  expect(vpc?.ipv6).toMatchObject({
    cidrBlock: expect.stringMatching(/::\/56$/),
    egressOnlyInternetGatewayId: expect.stringMatching(/^eigw-/),
  });
  expect(subnets.map(({ isIpv6, ipv6CidrBlock }) => [isIpv6, ipv6CidrBlock?.slice(-6)])).toEqual([
    [true, expect.stringMatching(/1::\/64$/)],
    [true, expect.stringMatching(/2::\/64$/)],
  ]);
  expect(await tables(world, "eu-west-1")).toEqual([
    "test-rt-public-eu-west-1a: 0.0.0.0/0 by igw, ::/0 by igw",
    "test-rt-private-eu-west-1a: 0.0.0.0/0 by nat, ::/0 by eigw",
  ]);
  const { Subnets = [] } = await world.send(({ ec2 }) =>
    ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpc!.id!] }] })),
  );
  expect(Subnets.every((subnet) => subnet.AssignIpv6AddressOnCreation === true)).toBe(true);
  expect(await world.clusterCondition("EgressOnlyInternetGatewayReady")).toMatchObject({
    status: "True",
  });
  await world.kernel.runFor(15 * minute);
  world.calls.length = 0;
  await world.kernel.runFor(15 * minute);
  expect(world.writes()).toEqual([]);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("edge zones have no gateway, load balancer or control plane of their own, and a wavelength zone leads to its carrier", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  const subnet = (zone: string, third: number, isPublic: boolean) => ({
    id: `${isPublic ? "public" : "private"}-${zone}`,
    availabilityZone: zone,
    cidrBlock: `10.0.${third}.0/24`,
    isPublic,
  });
  const [local, wavelength] = ["us-east-1-bos-1a", "us-east-1-wl1-bos-wlz-1"];
  await world.withCluster({
    region: "us-east-1",
    network: {
      subnets: [
        subnet("us-east-1a", 0, true),
        subnet("us-east-1a", 1, false),
        subnet(local, 2, true),
        subnet(local, 3, false),
        subnet(wavelength, 4, true),
        subnet(wavelength, 5, false),
      ],
    },
  });
  expect(await tables(world, "us-east-1")).toEqual([
    "test-rt-public-us-east-1a: 0.0.0.0/0 by igw",
    "test-rt-private-us-east-1a: 0.0.0.0/0 by nat",
    `test-rt-public-${local}: 0.0.0.0/0 by igw`,
    `test-rt-private-${local}: 0.0.0.0/0 by nat`,
    `test-rt-public-${wavelength}: 0.0.0.0/0 by cagw`,
    `test-rt-private-${wavelength}: 0.0.0.0/0 by nat`,
  ]);
  const cluster = await world.cluster();
  expect(cluster.spec?.network?.subnets?.map(({ zoneType }) => zoneType)).toEqual([
    ...Array.from({ length: 2 }, () => "availability-zone"),
    ...Array.from({ length: 2 }, () => "local-zone"),
    ...Array.from({ length: 2 }, () => "wavelength-zone"),
  ]);
  expect(cluster.status?.networkStatus?.natGatewaysIPs).toHaveLength(1);
  expect(cluster.status?.failureDomains).toMatchObject({
    "us-east-1a": { controlPlane: true },
    [local]: { controlPlane: false },
    [wavelength]: { controlPlane: false },
  });
  const { ec2 } = world.clientsIn("us-east-1");
  const { Subnets = [] } = await world.run(
    ec2.send(
      new DescribeSubnetsCommand({
        Filters: [{ Name: "availability-zone", Values: [wavelength] }],
      }),
    ),
  );
  expect(Subnets.some(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch)).toBe(false);
  const keys = Subnets.flatMap(({ Tags = [] }) => Tags.map(({ Key }) => Key));
  expect(keys.filter((key) => key?.startsWith("kubernetes.io/role/"))).toEqual([]);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

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

/** The default VPC of the account, as a network that the user brings. */
async function defaultNetwork(world: AwsWorld) {
  const Filters = [{ Name: "default-for-az", Values: ["true"] }];
  const { Subnets = [] } = await world.send(({ ec2 }) =>
    ec2.send(new DescribeSubnetsCommand({ Filters })),
  );
  const [first, second] = Subnets;
  return {
    vpc: { id: first!.VpcId! },
    subnets: [{ id: first!.SubnetId! }, { id: second!.SubnetId! }],
  };
}

async function tagsOf(world: AwsWorld, id: string) {
  const Filters = [{ Name: "resource-id", Values: [id] }];
  const { Tags = [] } = await world.send(({ ec2 }) =>
    ec2.send(new DescribeTagsCommand({ Filters })),
  );
  return Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

const someAddress = { Domain: "vpc" } as const;

test("capa-bugs 35, 36, 38, 44: a user's network, even the default one, keeps its addresses, ranges, groups and tags", async () => {
  const world = await new AwsWorld().start();
  await world.send(({ ec2 }) => ec2.send(new AllocateAddressCommand(someAddress)));
  const network = await defaultNetwork(world);
  const CidrBlock = "10.77.0.0/16";
  await world.send(({ ec2 }) =>
    ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: network.vpc.id, CidrBlock })),
  );
  const [{ id }] = network.subnets as [{ id: string }];
  const tags = await tagsOf(world, id);
  const before = world.aws.inventory();
  const secondaryCidrBlocks = [{ ipv4CidrBlock: CidrBlock }];
  await world.withCluster({
    network: { ...network, vpc: { ...network.vpc, secondaryCidrBlocks } },
    controlPlaneLoadBalancer: { scheme: "internet-facing" },
  });
  expect(await tagsOf(world, id)).toMatchObject({ "kubernetes.io/cluster/test": "shared" });
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
  expect(world.calls).not.toContain("DisassociateVpcCidrBlock");
  expect(world.calls).not.toContain("ReleaseAddress");
  const { "kubernetes.io/role/elb": _role, ...left } = await tagsOf(world, id);
  expect(left).toEqual(tags);
});

test("capa-bugs 40: tags of a user's subnet are the user's: kept, and not put back when the user takes them off", async () => {
  const world = await new AwsWorld().start();
  const network = await defaultNetwork(world);
  const [{ id }] = network.subnets as [{ id: string }];
  const Tags = [
    { Key: "Name", Value: "mine" },
    { Key: "cost-centre", Value: "7" },
  ];
  await world.send(({ ec2 }) => ec2.send(new CreateTagsCommand({ Resources: [id], Tags })));
  await world.withCluster({ network });
  expect(await tagsOf(world, id)).toMatchObject({ Name: "mine", "cost-centre": "7" });
  await world.send(({ ec2 }) =>
    ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: "cost-centre" }] })),
  );
  await world.kernel.runFor(25 * minute);
  expect(await tagsOf(world, id)).not.toHaveProperty("cost-centre");
  expect(await tagsOf(world, id)).toMatchObject({ Name: "mine" });
});

test("capa-bugs 28: of two clusters in one network of the user's, each takes only its own along", async () => {
  const world = await new AwsWorld().start();
  const network = await defaultNetwork(world);
  const before = world.aws.inventory();
  await world.withCluster({ network });
  const inventory = world.aws.inventory();
  const other = { name: "other", namespace };
  const apiGroup = "infrastructure.cluster.x-k8s.io";
  await world.create(AWSCluster, { metadata: other, spec: { region: "eu-west-1", network } });
  await world.create(Cluster, {
    metadata: other,
    spec: { infrastructureRef: { apiGroup, kind: "AWSCluster", name: "other" } },
  });
  await world.until(
    async () => (await world.get(AWSCluster, "other"))?.status?.ready === true,
    "the other cluster",
  );
  await world.run(world.client.delete(Cluster, other));
  await world.until(
    async () => (await world.get(Cluster, "other")) === undefined,
    "the end of the other cluster",
  );
  expect(world.aws.inventory()).toEqual(inventory);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("capa-bugs 33: nothing is deleted before what uses it", async () => {
  const world = await (await new AwsWorld().start()).withCluster({});
  await world.deleteCluster();
  expect(world.refusals.filter((call) => call.includes("DependencyViolation"))).toEqual([]);
});

test("capa-bugs 48: a range that is none is refused before AWS sees it", async () => {
  const world = await new AwsWorld().start();
  const rule = { description: "office", protocol: "tcp", fromPort: 6443, toPort: 6443 };
  const ingressRules = [{ ...rule, cidrBlocks: ["192.168.12.22/24"] }];
  await expect(world.createCluster({ controlPlaneLoadBalancer: { ingressRules } })).rejects.toThrow(
    /192\.168\.12\.22\/24.*is not the address of a network/,
  );
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

test("capa-bugs 37: what a user has put into the cluster's VPC is told as what holds it, and its removal is enough", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  await world.withCluster();
  const VpcId = (await world.cluster()).spec!.network!.vpc!.id!;
  const ServiceName = "com.amazonaws.eu-west-1.s3";
  const { VpcEndpoint } = await world.send(({ ec2 }) =>
    ec2.send(new CreateVpcEndpointCommand({ VpcId, ServiceName })),
  );
  await world.run(world.client.delete(Cluster, { namespace, name: "test" }));
  await world.kernel.runFor(3 * minute);
  expect(await world.clusterCondition("VpcReady")).toMatchObject({
    status: "False",
    reason: "Deleting",
    message: expect.stringContaining("has dependencies"),
  });
  const VpcEndpointIds = [VpcEndpoint!.VpcEndpointId!];
  await world.send(({ ec2 }) => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds })));
  await world.kernel.runFor(3 * minute);
  expect(await world.get(AWSCluster, "test")).toBeUndefined();
  expect(world.aws.inventory()).toEqual(before);
});
