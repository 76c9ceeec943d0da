import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
} from "@aws-sdk/client-ec2";
import { CreateLoadBalancerCommand as CreateClassicCommand } from "@aws-sdk/client-elastic-load-balancing";
import {
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { AWSCluster } from "../../api/aws/v1beta2.ts";
import { Cluster } from "../../api/core/v1beta2.ts";
import { AwsWorld, minute, namespace } from "../aws-world.ts";

const tagsOf = (service: string) => [
  { Key: "kubernetes.io/cluster/test", Value: "owned" },
  { Key: "kubernetes.io/service-name", Value: service },
];

async function placeOf(world: AwsWorld) {
  const { spec, status } = await world.cluster();
  const subnet = spec!.network!.subnets!.find(({ isPublic }) => isPublic === true)!;
  return {
    VpcId: spec!.network!.vpc!.id!,
    subnet: subnet.resourceID!,
    node: status!.networkStatus!.securityGroups!["node"]!.id,
  };
}

/** What a cloud controller manager makes for a Service: a group of its own that the nodes let in, and a load balancer. */
async function createClassicService(world: AwsWorld, name: string): Promise<void> {
  const { VpcId, subnet, node } = await placeOf(world);
  const cluster = tagsOf(name).slice(0, 1);
  const { GroupId } = await world.send(({ ec2 }) =>
    ec2.send(
      new CreateSecurityGroupCommand({
        VpcId,
        GroupName: `k8s-elb-${name}`,
        Description: "Security group for a Service",
        TagSpecifications: [{ ResourceType: "security-group", Tags: cluster }],
      }),
    ),
  );
  const UserIdGroupPairs = [{ GroupId }];
  await world.send(({ ec2 }) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: node,
        IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs }],
      }),
    ),
  );
  const listener = { Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 30_080 };
  await world.send(({ elb }) =>
    elb.send(
      new CreateClassicCommand({
        LoadBalancerName: name,
        Listeners: [listener],
        Subnets: [subnet],
        SecurityGroups: [GroupId!],
        Tags: tagsOf(`default/${name}`),
      }),
    ),
  );
}

async function createNetworkService(world: AwsWorld, name: string): Promise<void> {
  const { VpcId, subnet } = await placeOf(world);
  const Tags = tagsOf(`default/${name}`);
  const request = { Name: name, Type: "network" as const, Subnets: [subnet], Tags };
  await world.send(({ elbv2 }) => elbv2.send(new CreateLoadBalancerCommand(request)));
  const group = { Name: name, Protocol: "TCP" as const, Port: 30_080, VpcId, Tags };
  await world.send(({ elbv2 }) => elbv2.send(new CreateTargetGroupCommand(group)));
}

test("capa-bugs 34, 63: load balancers, target groups and groups of Services go with their cluster, however many", async () => {
  const world = await new AwsWorld().start();
  const before = world.aws.inventory();
  await world.withCluster();
  await createClassicService(world, "web");
  for (let index = 0; index < 25; index += 1) await createNetworkService(world, `api-${index}`);
  await world.deleteCluster();
  expect(world.aws.inventory()).toEqual(before);
});

test("a load balancer that is nobody's Service, or another cluster's, stays", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  const other = tagsOf("default/x").map(({ Key, Value }) => ({
    Key: Key.replace("/test", "/other"),
    Value,
  }));
  const { VpcId } = await placeOf(world);
  const group = { Name: "others", Protocol: "TCP" as const, Port: 80, VpcId, Tags: other };
  await world.send(({ elbv2 }) => elbv2.send(new CreateTargetGroupCommand(group)));
  await world.deleteCluster();
  expect(world.aws.inventory().filter((entry) => entry.includes("others"))).toHaveLength(1);
});

test("what the annotations exclude is left alone, and the condition tells what waits for it", async () => {
  const world = await (await new AwsWorld().start()).withCluster();
  await createClassicService(world, "web");
  const key = "aws.cluster.x-k8s.io/external-resource-gc";
  await world.patch(AWSCluster, "test", { metadata: { annotations: { [key]: "false" } } });
  await world.run(world.client.delete(Cluster, { namespace, name: "test" }));
  await world.kernel.runFor(5 * minute);
  expect((await world.clusterCondition("Ready"))?.message).toContain("mapped public address");
  await world.patch(AWSCluster, "test", { metadata: { annotations: { [key]: "true" } } });
  await world.kernel.runFor(30 * minute);
  expect(world.aws.inventory().filter((entry) => entry.includes("web"))).toEqual([]);
});
