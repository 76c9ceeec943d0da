import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { AWSCluster } from "../../api/aws/v1beta2.ts";
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
  await world.createCluster({ network: { vpc: { ipv6: {} } } });
  await world.kernel.runFor(minute);
  expect(await world.clusterCondition("VpcReady")).toMatchObject({
    status: "False",
    message: "not supported by this version of the provider: spec.network.vpc.ipv6",
  });
});
