import {
  AllocateAddressCommand,
  AssociateVpcCidrBlockCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { AWSCluster } from "../../api/aws/v1beta2.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import { AwsWorld, minute, namespace } from "../aws-world.ts";

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
