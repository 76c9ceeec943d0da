import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateEgressOnlyInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeImagesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { AWSCluster } from "../../api/aws/v1beta2.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import { AwsWorld, minute, namespace } from "../aws-world.ts";

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
